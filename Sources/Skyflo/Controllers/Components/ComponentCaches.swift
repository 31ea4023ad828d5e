import Concurrency
import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Synchronization

/// What exists of components, followed from when the first SkyfloAI asks for one: an installation without components has no
/// watch for them, and needs no right to.
final class ComponentCaches: Sendable {
    private struct State {
        /// Those that tell of changes, by what they are of.
        var known: Set<String> = []
        /// The SkyfloAIs that depend on one named object.
        var dependents: [String: Set<ObjectKey>] = [:]
        var enqueue: @Sendable (ObjectKey) -> Void = { _ in }
    }

    /// For how long a first list is waited for.
    private static let limit = Duration.seconds(10)
    /// What was made for SkyfloAIs is found by its labels.
    static let labelled: [APIResource] = [
        .serviceAccounts, .networkPolicies, .services, .disruptionBudgets, .deployments, .ingresses, .replicaSets,
        .pods,
    ]

    /// Has to be run for anything to be followed.
    let informers: SharedInformers
    private let api: any KubeAPI
    private let state = Mutex(State())

    init(api: any KubeAPI, logger: Logger) {
        self.api = api
        informers = SharedInformers(api: api, usesWatchList: false, logger: logger)
    }

    /// Whom to tell that something of a SkyfloAI has changed.
    func connect(_ enqueue: @escaping @Sendable (ObjectKey) -> Void) {
        state.withLock { $0.enqueue = enqueue }
    }

    // MARK: By labels

    func labelled(_ resource: APIResource, in namespace: String) -> Informer {
        let informer = informers.informer(
            for: resource, namespace: namespace, labelSelector: ComponentNames.selector)
        follow(informer, as: "\(resource) \(namespace)") { object in ComponentNames.owners(of: object) }
        return informer
    }

    /// Returns when all that carries the labels in that namespace is known.
    ///
    /// - Throws: ``ComponentsForbidden``; what the API server couldn't answer just now.
    func waitForAll(in namespace: String, with further: [APIResource]) async throws {
        let isFirst = state.withLock { !$0.known.contains("\(APIResource.deployments) \(namespace)") }
        // A watch that is refused would be tried again and again.
        if isFirst { try await check([.deployments], namespace: namespace) }
        let all = (Self.labelled + further).map { labelled($0, in: namespace) }
        try await wait(for: all, namespace: namespace)
    }

    // MARK: By name

    /// The one object of that name, whoever made it.
    ///
    /// - Throws: ``ComponentsForbidden``; what the API server couldn't answer just now.
    func named(_ resource: APIResource, key: ObjectKey, for dependent: ObjectKey) async throws -> KubeObject? {
        let id = "\(resource) \(key)"
        let isFirst = state.withLock { state in
            state.dependents[id, default: []].insert(dependent)
            return !state.known.contains(id)
        }
        let selector = "metadata.name=\(key.name)"
        if isFirst { try await check([resource], namespace: key.namespace ?? "", fieldSelector: selector) }
        let informer = informers.informer(for: resource, namespace: key.namespace, fieldSelector: selector)
        follow(informer, as: id) { [weak self] _ in
            self.map { caches in caches.state.withLock { Array($0.dependents[id] ?? []) } } ?? []
        }
        try await wait(for: [informer], namespace: key.namespace ?? "")
        return informer.get(key)
    }

    /// Puts the result of a write into the cache of ``named(_:key:for:)``.
    func insert(_ object: KubeObject, of resource: APIResource) {
        informers.informer(
            for: resource, namespace: object.namespace, fieldSelector: "metadata.name=\(object.name)"
        ).insert(object)
    }

    // MARK: All

    private func follow(_ informer: Informer, as id: String, owners: @escaping @Sendable (KubeObject) -> [ObjectKey]) {
        guard state.withLock({ $0.known.insert(id).inserted }) else { return }
        informer.addHandler { [weak self] event in
            guard let self else { return }
            let enqueue = state.withLock(\.enqueue)
            var keys = owners(event.object)
            // What was taken away may be what said whose it is.
            if let old = event.old { keys += owners(old).filter { !keys.contains($0) } }
            for key in keys { enqueue(key) }
        }
    }

    private func wait(for all: [Informer], namespace: String) async throws {
        let done: Bool? = try await withDeadline(.now + Self.limit) {
            for informer in all { try await informer.waitForSync() }
            return true
        }
        guard done == nil else { return }
        try await check(all.filter { !$0.hasSynced }.map(\.resource), namespace: namespace)
        throw KubeClientError(.timeout, message: "components in the namespace \(namespace) can't be listed just now")
    }

    private func check(_ resources: [APIResource], namespace: String, fieldSelector: String? = nil) async throws {
        for resource in resources {
            do {
                _ = try await api.list(
                    resource, namespace: namespace, options: ListOptions(fieldSelector: fieldSelector, limit: 1))
            } catch let status as APIStatus where status.isForbidden {
                throw ComponentsForbidden(
                    message:
                        "the operator may not list \(resource) in the namespace \(namespace): bind the ClusterRole "
                        + "skyflo-components to it there (\(status))")
            } catch let status as APIStatus where status.isNotFound {
                throw ComponentsForbidden(message: "\(resource) are not served by this API server")
            }
        }
    }
}

/// The error of an operator that lacks a right to make components.
struct ComponentsForbidden: Error {
    var message: String
}

/// Answers of the API server to what was applied, where they never say what was wished: a webhook changes it, or it is
/// written another way. They aren't applied again as long as nothing changes.
final class AppliedAnswers: Sendable {
    private let answers = Mutex<[String: JSONValue]>([:])

    func remember(_ answer: KubeObject, to wanted: WantedObject) {
        let text = Self.text(answer)
        answers.withLock { $0[Self.id(wanted)] = text }
    }

    func has(_ live: KubeObject, of wanted: WantedObject) -> Bool {
        let digest = ComponentNames.digestAnnotation
        guard live.annotations[digest] == wanted.object.annotations[digest] else { return false }
        return answers.withLock { $0[Self.id(wanted)] } == Self.text(live)
    }

    private static func id(_ wanted: WantedObject) -> String { "\(wanted.resource) \(wanted.object.key)" }

    /// Without what changes by itself.
    private static func text(_ object: KubeObject) -> JSONValue {
        var object = object.withoutServerFields()
        object["status"] = nil
        object["metadata", "annotations", "deployment.kubernetes.io/revision"] = nil
        return object.json
    }
}
