import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import Synchronization
import WorkflowEngine
import Writes

/// What a model is told of a namespace: what the conversation's ServiceAccount may do in it, and what is managed from elsewhere.
///
/// Hints, never safeguards: they spare the model calls that the API server refuses, and changes that somebody takes back. So
/// what was found a while ago will do, what can't be found out is left out, and no turn waits long for it.
final class NamespaceFactsCache: Sendable {
    static let lifetime = Duration.seconds(300)
    /// In bytes.
    static let limit = 480

    private struct Place: Hashable {
        var namespace: String
        var user: String
    }

    private struct Facts {
        var access: AccessSummary?
        /// `Helm release shop (web, api)`
        var managers: [String]
    }

    /// How long a turn waits for them.
    private let patience: Duration
    private let found = Mutex<[Place: (facts: Facts, at: Duration)]>([:])

    init(patience: Duration = .seconds(10)) { self.patience = patience }

    /// One or two sentences; empty where nothing is known.
    ///
    /// - Parameter isReadOnly: nothing is said of changes.
    func text(
        namespace: String, identity: Impersonation, isReadOnly: Bool, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> String {
        let facts = try await facts(of: namespace, identity: identity, api: api, clock: clock)
        var sentences: [String] = []
        if let access = facts.access { sentences.append("Its rights here: \(access.text(isReadOnly: isReadOnly)).") }
        if !isReadOnly, !facts.managers.isEmpty {
            sentences.append("Managed from elsewhere: \(facts.managers.joined(separator: ", ")).")
        }
        return sentences.joined(separator: " ").bounded(to: Self.limit)
    }

    private func facts(
        of namespace: String, identity: Impersonation, api: any KubeAPI, clock: any RuntimeClock
    ) async throws -> Facts {
        let (place, now) = (Place(namespace: namespace, user: identity.user), clock.uptime)
        if let known = found.withLock({ $0[place] }), now - known.at < Self.lifetime { return known.facts }
        let reader = ReadOnlyAPI(api.impersonating(identity))
        let facts = try await withDeadline(.now.advanced(by: patience)) {
            async let access = Self.access(in: namespace, reader)
            async let managers = Self.managers(in: namespace, reader)
            return Facts(access: try await access, managers: try await managers)
        }
        // The next turn may have more luck.
        guard let known = facts else { return Facts(access: nil, managers: []) }
        found.withLock { found in
            found = found.filter { now - $0.value.at < Self.lifetime }
            found[place] = (known, now)
        }
        return known
    }

    private static func access(in namespace: String, _ api: ReadOnlyAPI) async throws -> AccessSummary? {
        let body: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
            "spec": ["namespace": .string(namespace)],
        ]
        let request = KubeRequest(
            .post, path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", contentType: "application/json",
            body: JSONWriter.string(body))
        return try await ifAnswered { try await api.call(request)["status"].map { AccessSummary($0) } } ?? nil
    }

    /// By the marks of the workloads that people change most. Without their specs, which may be large.
    private static func managers(in namespace: String, _ api: ReadOnlyAPI) async throws -> [String] {
        let resource = APIResource.deployments
        let request = KubeRequest(
            .get, path: resource.path(namespace: namespace), query: [.init("limit", value: "100")],
            accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json")
        let items = try await ifAnswered { KubeList(try await api.call(request)).items } ?? []
        return ManagedObjects.summary(
            items.map { item in
                var object = KubeObject(["metadata": item.metadata])
                object["apiVersion"] = .string(resource.apiVersion)
                object["kind"] = .string(resource.kind)
                return object
            })
    }

    /// nil where the API server gives no answer, or refuses to: the model does without.
    private static func ifAnswered<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }
}
