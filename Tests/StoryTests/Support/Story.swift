import ControllerRuntime
import Controllers
import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// The whole operator against an API server of its own, with the shop of config/samples in it.
struct Story: Sendable {
    let cluster: LocalCluster
    let endpoint: LocalCluster.Endpoint
    /// The administrator.
    let api: KubeClient
    let logger: Logger
    let operators = RunningOperators()

    static let namespace = "shop"
    /// The operator's own.
    static let systemNamespace = "skyflo-system"

    /// - Parameters:
    ///   - installs: manifests of the repository to apply first.
    ///   - models: nil starts no operator; the test does.
    static func run(
        _ models: (any ModelProvider)?, samples: [String] = ["0-shop.yaml", "1-copilot.yaml"],
        audit: (@Sendable (AuditEvent) -> Void)? = nil,
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        var logger = Logger(label: "story")
        logger.logLevel = .critical
        try await LocalCluster.withRunning(.init(audit: audit)) { cluster, endpoint in
            let configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
            try await withKubeClient(configuration, logger: logger) { api in
                let story = Story(cluster: cluster, endpoint: endpoint, api: api, logger: logger)
                for folder in ["crds", "rbac"] { try await story.applyAll(in: folder) }
                for sample in samples { try await story.apply(file: "config/samples/shop/\(sample)") }
                if samples.contains("0-shop.yaml") { try await story.untilShopIsUp() }
                guard let models else { return try await body(story) }
                try await story.withOperator(models) { try await body(story) }
            }
        }
    }

    /// Runs an operator, with the rights that rbac/ gives it, while `body` runs.
    ///
    /// - Parameter wrap: puts something between the operator and its client, to watch or to break it.
    func withOperator(
        _ models: any ModelProvider, identity: String = "operator-1", lease: WorkerLease? = nil,
        defaultSkyfloAI: ObjectKey? = nil, verificationTimeout: Duration = .seconds(20),
        progressInterval: Duration = .seconds(1), live: LiveConfiguration? = nil,
        scheduleClock: any RuntimeClock = SystemClock(), components: ComponentsConfiguration = .init(),
        wrap: @escaping @Sendable (any KubeAPI) -> any KubeAPI = { $0 },
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let own = try await operatorEndpoint()
        let configuration = try ClusterConfiguration.kubeconfig(text: own.kubeconfig())
        try await withKubeClient(configuration, logger: logger) { client in
            let program = Operator(
                api: wrap(client),
                configuration: .init(
                    identity: identity, defaultSkyfloAI: defaultSkyfloAI, lease: lease,
                    verificationTimeout: verificationTimeout, progressInterval: progressInterval,
                    live: live, scheduleClock: scheduleClock, components: components),
                models: models, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await program.run() }
                group.addTask {
                    operators.count.add(1, ordering: .relaxed)
                    defer { operators.count.subtract(1, ordering: .relaxed) }
                    try await body()
                }
                try await group.next()
                group.cancelAll()
                while let _ = try? await group.next() {}
            }
        }
    }

    /// How many operators of the story run.
    final class RunningOperators: Sendable {
        fileprivate let count = Atomic(0)

        var areRunning: Bool { count.load(ordering: .relaxed) > 0 }
    }

    /// With a new token of the operator's ServiceAccount.
    func operatorEndpoint() async throws -> LocalCluster.Endpoint {
        let path = APIResource.serviceAccounts.path(
            namespace: "skyflo-system", name: "skyflo-operator", subresource: "token")
        let body: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]]
        let request = KubeRequest(.post, path: path, contentType: "application/json", body: JSONWriter.string(body))
        var own = endpoint
        own.token = try #require(try await api.call(request)["status", "token"]?.string)
        return own
    }

    // MARK: Objects

    /// The Secrets of all transcripts.
    func transcriptSecrets() async throws -> [KubeObject] {
        try await api.list(.secrets, namespace: Self.systemNamespace).items.filter {
            $0["type"]?.string == "skyflo.ai/transcript"
        }
    }

    /// Lets the operator itself read what SkyfloAIs name of Secrets.
    func letOperatorReadSecrets() async throws { try await apply(file: "rbac/optional/read-secrets.yaml") }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()

    /// Gives the conversations' ServiceAccount all rights.
    func letCopilotAdminister() async throws {
        try await apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: copilot-administers}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
    }

    func applyAll(in folder: String) async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.root + folder).sorted()
        for name in names where name.hasSuffix(".yaml") {
            try await apply(file: "\(folder)/\(name)")
        }
    }

    func apply(file: String, untilSeen: Bool = true) async throws {
        try await apply(String(contentsOf: URL(filePath: Self.root + file), encoding: .utf8), untilSeen: untilSeen)
    }

    /// - Parameter untilSeen: waits until an operator that runs has seen a SkyfloAI.
    func apply(_ yaml: String, untilSeen: Bool = true) async throws {
        let mapper = RESTMapper(api: api)
        for json in try YAML.parseAll(yaml) {
            let object = KubeObject(json)
            let groupVersion = try #require(object.groupVersion)
            let resource = try await mapper.resource(
                for: GroupVersionKind(group: groupVersion.group, version: groupVersion.version, kind: object.kind))
            let applied = try await api.apply(
                object, in: resource, options: WriteOptions(fieldManager: "test", force: true))
            if untilSeen, object.kind == APIResource.skyfloAIs.kind { try await untilOperatorHasSeen(applied) }
        }
    }

    /// Waits until an operator that runs has seen a SkyfloAI as it is now.
    func untilOperatorHasSeen(_ skyfloAI: KubeObject) async throws {
        guard operators.areRunning else { return }
        try await eventually("the operator has seen the change of \(skyfloAI.name)") {
            let found = try await api.get(.skyfloAIs, namespace: skyfloAI.namespace, name: skyfloAI.name)
            return (found["status", "observedGeneration"]?.int ?? 0) >= skyfloAI.generation
        }
    }

    /// Creates a Conversation in the shop.
    @discardableResult
    func ask(_ messages: String..., name: String = "talk", spec: JSONValue = [:]) async throws -> KubeObject {
        var object = KubeObject(.conversations, namespace: Self.namespace, name: name, members: ["spec": spec])
        if spec["serviceAccountName"] == nil { object["spec", "serviceAccountName"] = "copilot" }
        object["spec", "messages"] = .array(messages.map { ["content": .string($0)] })
        return try await api.create(object, in: .conversations)
    }

    func change(_ name: String = "talk", spec: JSONValue) async throws {
        _ = try await api.patch(
            .conversations, namespace: Self.namespace, name: name, patch: .merge(["spec": spec]))
    }

    /// Patches what people may write.
    func decide(_ decisions: KeyValuePairs<String, JSONValue>, _ name: String = "talk") async throws {
        let approvals = JSONObject(decisions.map { ($0.key, $0.value) })
        _ = try await api.patch(
            .conversations, namespace: Self.namespace, name: name, subresource: "status",
            patch: .merge(["status": ["approvals": .object(approvals)]]))
    }

    func approve(_ ids: String..., in name: String = "talk") async throws {
        for id in ids { try await decide([id: ["decision": "Approved", "decidedBy": "alice"]], name) }
    }

    func replicas(_ deployment: String = "web") async throws -> Int? {
        try await api.get(.deployments, namespace: Self.namespace, name: deployment)["spec", "replicas"]?.int
    }

    // MARK: Waiting

    /// Waits until the conversation is so; fails with its status after three minutes: a busy machine takes its time.
    @discardableResult
    func until(
        _ what: String, of name: String = "talk", sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: (Conversation) -> Bool
    ) async throws -> Conversation {
        let deadline = ContinuousClock.now + .seconds(180)
        while true {
            let conversation = Conversation(
                try await api.get(.conversations, namespace: Self.namespace, name: name))
            if condition(conversation) { return conversation }
            guard ContinuousClock.now < deadline else {
                Issue.record("not \(what): \(conversation.status.json)", sourceLocation: sourceLocation)
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @discardableResult
    func untilPhase(
        _ phase: ConversationStatus.Phase, _ name: String = "talk", turn: Int = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Conversation {
        try await until("\(phase.rawValue) in turn \(turn)", of: name, sourceLocation: sourceLocation) {
            $0.status.phase == phase && $0.status.turn == turn
        }
    }

    private func untilShopIsUp() async throws {
        try await eventually("web is up") {
            try await api.get(.deployments, namespace: Self.namespace, name: "web")["status", "readyReplicas"]?.int == 2
        }
    }
}
