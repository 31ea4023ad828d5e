import FakeKubeAPI
import Foundation
import KubeClient
import KubeModel
import LocalCluster
import Logging
import SkyfloAPI
import Testing

@testable import ArgoTools
@testable import ToolKit
@testable import Writes

let redactor = Redactor(key: Array("a key for tests only".utf8))
let clock = KubeTime(seconds: 1_800_000_000)
let tools = ToolRegistry(ArgoToolset.all(now: { clock }))

/// The tools with a LocalCluster that plays the controllers of Argo and Flux.
struct Bench: Sendable {
    static let administrator = Impersonation(user: "alice", groups: ["system:masters"])

    let client: KubeClient
    let context: ToolContext
    let mapper: RESTMapper
    var registry = tools

    /// - Parameter definitions: whether Argo and Flux are installed.
    static func with(
        definitions: Bool = true, simulation: Bool = true, _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: simulation)) { _, endpoint in
            let configuration = ClusterConfiguration(
                server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
                credentials: .token(endpoint.token))
            try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                let mapper = RESTMapper(api: client, reloadInterval: .zero)
                let context = ToolContext(
                    api: ReadOnlyAPI(client.impersonating(administrator)), mapper: mapper, namespace: "default",
                    redactor: redactor)
                let bench = Bench(client: client, context: context, mapper: mapper)
                if definitions { try await bench.install() }
                try await body(bench)
            }
        }
    }

    private func install() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../../config/playground/delivery.yaml")
        let documents = try YAML.parseAll(String(contentsOf: file, encoding: .utf8)).filter { !$0.isNull }
        for document in documents {
            _ = try await client.apply(
                KubeObject(document), in: .customResourceDefinitions, options: WriteOptions(fieldManager: "test"))
        }
        for document in documents {
            let name = KubeObject(document).name
            try await eventually("\(name) is served") { (try? await mapper.match(name)) != nil }
        }
    }

    // MARK: - Objects

    func resource(_ kind: String) async throws -> APIResource { try await mapper.match(kind).resource }

    @discardableResult
    func apply(_ manifest: String, namespace: String = "default") async throws -> KubeObject {
        var object = yaml(manifest)
        object.json[path: ["metadata", "namespace"]] = object.namespace.map(JSONValue.string) ?? .string(namespace)
        let resource = try await mapper.resource(
            for: GroupVersionKind(
                group: object.groupVersion?.group ?? "", version: object.groupVersion?.version ?? "", kind: object.kind)
        )
        return try await client.apply(
            object, in: resource, options: WriteOptions(fieldManager: "test", force: true))
    }

    func get(_ kind: String, _ name: String, namespace: String = "default") async throws -> KubeObject {
        try await client.get(try await resource(kind), namespace: namespace, name: name)
    }

    /// Puts a status in place, as a controller would.
    func setStatus(_ kind: String, _ name: String, _ status: JSONValue, subresource: String? = "status") async throws {
        let resource = try await resource(kind)
        _ = try await client.call(
            KubeRequest(
                .patch, path: resource.path(namespace: "default", name: name, subresource: subresource),
                contentType: "application/merge-patch+json", body: JSONWriter.string(["status": status])))
    }

    func wait(for kind: String, _ name: String, _ what: Comment, _ condition: @escaping (KubeObject) -> Bool)
        async throws
    {
        try await eventually(what) { condition(try await get(kind, name)) }
    }

    func waitForPhase(_ phase: ArgoRolloutStatus.Phase, _ name: String = "web") async throws {
        try await wait(for: "rollouts", name, "\(name) is \(phase.rawValue)") {
            ArgoRolloutStatus($0).phase == phase && ArgoRolloutStatus($0).isObserved
        }
    }

    // MARK: - Tools

    func call(_ name: String, _ arguments: JSONValue) async throws -> ToolOutcome {
        try await registry.call(name: name, arguments: JSONWriter.string(arguments), in: context)
    }

    func output(_ name: String, _ arguments: JSONValue = ["name": "web"]) async throws -> String {
        guard case .output(let text) = try await call(name, arguments) else {
            Issue.record("a proposal where an output was expected")
            return ""
        }
        return text
    }

    func propose(_ name: String, _ arguments: JSONValue = ["name": "web"]) async throws -> WriteProposal {
        let outcome = try await call(name, arguments)
        guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
        return proposal
    }

    /// What the model is told when a call fails.
    func failure(_ name: String, _ arguments: JSONValue = ["name": "web"]) async -> String {
        do {
            Issue.record("no failure: \(try await call(name, arguments))")
            return ""
        } catch let failure as ToolFailure {
            return failure.message
        } catch {
            Issue.record("another error: \(error)")
            return ""
        }
    }

    /// Previews and sends. What a controller has moved meanwhile without touching what is approved is planned again, as the
    /// operator does it.
    @discardableResult
    func carryOut(_ proposal: WriteProposal) async throws -> Preview {
        let preview = try await preview(of: proposal)
        for write in preview.writes {
            var write = write
            try await eventually("\(write.target.text) is written") {
                let outcome = await write.execute(
                    api: client.impersonating(Self.administrator), redactor: redactor, at: KubeTime(seconds: 0))
                if case .applied = outcome { return true }
                guard case .stale = outcome, let moved = try await write.refresh(api: context.api, redactor: redactor)
                else { throw ToolFailure("\(outcome)") }
                write = moved
                return false
            }
        }
        return preview
    }

    private func preview(of proposal: WriteProposal) async throws -> Preview {
        var proposal = proposal
        var preview: Preview?
        try await eventually("\(proposal.summary) is previewed") {
            do {
                preview = try await Preview.of(proposal, api: context.api, redactor: redactor)
                return true
            } catch let failure as ToolFailure where failure.isStale {
                for (position, planned) in proposal.requests.enumerated() {
                    let target = planned.target
                    let live = try await client.get(target.resource, namespace: target.namespace, name: target.name)
                    var moved = try #require(planned.pinned(to: live.resourceVersion))
                    moved.before = live
                    proposal.writes[position] = PlannedWrite(moved)
                }
                return false
            }
        }
        return try #require(preview)
    }

    /// Waits until all post-conditions but those about warnings hold, and returns what shows it.
    func evidence(_ proposal: WriteProposal) async throws -> [String] {
        var texts: [String] = []
        for condition in proposal.postConditions where !condition.comesLast {
            let scope = condition.scope
            var found = ""
            try await eventually("\(condition.title)") {
                let object = try await client.find(
                    scope.resource, namespace: scope.namespace, name: condition.subject.name)
                switch condition.evaluate(observed: object) {
                case .met(let text):
                    found = text
                    return true
                case .failed(let text):
                    found = "failed: \(text)"
                    return true
                case .pending: return false
                }
            }
            texts.append(found)
        }
        return texts
    }

    @discardableResult
    func run(_ name: String, _ arguments: JSONValue = ["name": "web"]) async throws -> [String] {
        let proposal = try await propose(name, arguments)
        try await carryOut(proposal)
        return try await evidence(proposal)
    }
}

/// Waits for a condition, and fails the test when it isn't met in time.
func eventually(
    within limit: Duration = .seconds(60), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The bodies of a proposal, without the preconditions, which are checked here.
func bodies(_ proposal: WriteProposal) throws -> [JSONValue] {
    try proposal.requests.map { planned in
        #expect(planned.hasPreconditions)
        var body = try JSONParser.parse(planned.request.body ?? "")
        if let operations = body.array { return .array(Array(operations.dropFirst(2))) }
        body["metadata", "uid"] = nil
        body["metadata", "resourceVersion"] = nil
        if body["metadata"]?.object?.isEmpty == true { body["metadata"] = nil }
        return body
    }
}

/// `PATCH /apis/… application/merge-patch+json`
func lines(_ proposal: WriteProposal) -> [String] {
    proposal.requests.map {
        "\($0.request.method.rawValue) \($0.request.target) \($0.request.contentType ?? "")"
    }
}

func rollout(_ image: String = "shop/app:1", strategy: String, replicas: Int = 4) -> String {
    """
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: web}}
      strategy: \(strategy)
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: app, image: "\(image)"}]}
    """
}

let canary = "{canary: {steps: [{setWeight: 25}, {pause: {}}, {setWeight: 50}, {pause: {}}]}}"
let blueGreen = "{blueGreen: {activeService: web, previewService: web-next, autoPromotionEnabled: false}}"
