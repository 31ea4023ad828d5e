import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import Logging
import OfflineModel
import SkyfloAPI
import Testing
import ToolKit
import Transcripts
import WorkflowEngine
import Writes

@testable import Controllers

/// A conversation `talk` in namespace `shop`, whose turn asks for leave to scale Deployments, with the parts that work on it.
struct Scene: Sendable {
    static let worker = Impersonation.serviceAccount(namespace: "shop", name: "copilot")

    let cluster: FakeCluster
    let dependencies: ConversationReconciler.Dependencies
    var references: ResolvedReferences
    let gate: ApprovalGate
    let coordinator: WriteCoordinator
    let tools: ToolCallRunner
    var store: ConversationStore

    /// - Parameter approvals: of the SkyfloAI's spec.
    static func run(
        approvals: JSONValue = ["allowUnproven": true], spec: JSONValue = [:], clock: any RuntimeClock = SystemClock(),
        verificationTimeout: Duration = .seconds(60),
        _ body: @escaping @Sendable (inout Scene) async throws -> Void
    ) async throws {
        let cluster = FakeCluster()
        cluster.put(
            KubeObject(.skyfloAIs, namespace: "shop", name: "sky", members: ["spec": ["approvals": approvals]]),
            in: .skyfloAIs)
        for name in ["web", "api"] {
            cluster.put(
                KubeObject(.deployments, namespace: "shop", name: name, members: ["spec": ["replicas": 2]]),
                in: .deployments)
        }
        cluster.put(KubeObject(.serviceAccounts, namespace: "shop", name: "copilot"), in: .serviceAccounts)
        let own: JSONValue = ["serviceAccountName": "copilot", "messages": [["content": "scale it"]]]
        let talk = cluster.put(
            KubeObject(
                .conversations, namespace: "shop", name: "talk", members: ["spec": MergePatch.apply(spec, to: own)]),
            in: .conversations)
        let dependencies = makeDependencies(cluster, clock, verificationTimeout)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for informer in [dependencies.conversations, dependencies.skyfloAIs] {
                group.addTask { await informer.run() }
                try await informer.waitForSync()
            }
            defer { group.cancelAll() }
            var scene = try await Scene(cluster, dependencies, talk)
            try await body(&scene)
        }
    }

    private static func makeDependencies(
        _ cluster: FakeCluster, _ clock: any RuntimeClock, _ verificationTimeout: Duration
    ) -> ConversationReconciler.Dependencies {
        var logger = Logger(label: "scene")
        logger.logLevel = .critical
        return ConversationReconciler.Dependencies(
            api: cluster, conversations: Informer(api: cluster, resource: .conversations, logger: logger),
            skyfloAIs: Informer(api: cluster, resource: .skyfloAIs, logger: logger),
            mapper: RESTMapper(api: cluster), tools: ToolRegistry([]),
            models: BuiltInModelProvider(logger: logger, environment: [:]),
            events: EventRecorder(api: cluster, component: "test", logger: logger), clock: clock,
            logger: logger,
            options: .init(
                identity: "worker-1", user: "system:serviceaccount:skyflo-system:operator",
                redactionKey: Array("a key for tests only".utf8), verificationTimeout: verificationTimeout,
                progressInterval: .milliseconds(20)))
    }

    private init(
        _ cluster: FakeCluster, _ dependencies: ConversationReconciler.Dependencies, _ talk: KubeObject
    ) async throws {
        self.cluster = cluster
        self.dependencies = dependencies
        let sky = try #require(cluster.object(.skyfloAIs, "sky"))
        references = ResolvedReferences(
            skyfloAI: ObjectKey(namespace: "shop", name: "sky"),
            model: try #require(SkyfloAI(sky).model(named: nil)), languageModel: OfflineLanguageModel(),
            identity: Self.worker, toolsets: nil, definitions: [], tools: dependencies.tools, systemPrompt: "")
        gate = ApprovalGate(dependencies)
        let watcher = StopWatcher(
            conversations: dependencies.conversations, skyfloAIs: dependencies.skyfloAIs, clock: dependencies.clock)
        coordinator = WriteCoordinator(dependencies, gate: gate, stopWatcher: watcher)
        tools = ToolCallRunner(dependencies, gate: gate, stopWatcher: watcher)
        store = try await Self.freshStore(dependencies, talk)
        store.references = references
    }

    private static func freshStore(
        _ dependencies: ConversationReconciler.Dependencies, _ talk: KubeObject
    ) async throws -> ConversationStore {
        let conversation = Conversation(talk)
        let record = try await TurnRecord.load(
            conversation, from: dependencies.transcripts(of: conversation), now: dependencies.clock.now
        ) { $0 }
        return ConversationStore(dependencies, conversation: conversation, record: record)
    }

    /// What another worker, or this one after a crash, knows: what is stored.
    func restarted() async throws -> ConversationStore {
        var store = try await Self.freshStore(dependencies, try #require(cluster.object(.conversations, "talk")))
        store.references = references
        for event in store.machine.missing(from: store.conversation.status) { store.log(event) }
        return store
    }

    // MARK: The turn

    /// Begins the turn and asks for one call that scales these Deployments, as `c1`.
    mutating func ask(toScale names: String..., to replicas: Int = 3) async throws {
        try await ask([names], to: replicas, arguments: "{}")
    }

    /// Begins the turn and asks for calls of which one is to be chosen, each of which scales one of these Deployments.
    mutating func ask(toScaleEither names: String...) async throws {
        try await ask(names.map { [$0] }, to: 3, arguments: #"{"alternative_group":"either"}"#)
    }

    private mutating func ask(_ calls: [[String]], to replicas: Int, arguments: String) async throws {
        store.log(.turnStarted(number: 1, message: "scale it"))
        try await store.claim()
        store.log(
            .modelReplied(
                ModelTurn(
                    content: "",
                    calls: calls.indices.map { .init(modelID: "m\($0)", tool: "k8s_scale", arguments: arguments) })))
        for (names, call) in zip(calls, store.machine.calls) {
            let proposal = WriteProposal(
                summary: "Scale \(names.joined(separator: " and "))",
                requests: try names.map { try planned($0, replicas) }, risk: .low)
            let preview = try await Preview.of(
                proposal, api: tools.access.acting(for: Self.worker), redactor: tools.redactor)
            let isAsked = tools.request(
                approvalOf: proposal, preview: preview, for: call, in: &store, references: references)
            #expect(isAsked)
        }
        try await tools.showApprovals(Set(store.machine.calls.map(\.id)), in: &store)
    }

    private func planned(_ name: String, _ replicas: Int) throws -> PlannedRequest {
        let live = try #require(cluster.object(.deployments, name))
        let body: JSONValue = [
            "metadata": ["resourceVersion": .string(live.resourceVersion), "uid": .string(live.uid)],
            "spec": ["replicas": JSONValue(replicas)],
        ]
        let request = KubeRequest(
            .patch, path: APIResource.deployments.path(namespace: "shop", name: name),
            query: [.init("fieldManager", value: KubernetesBackend.fieldManager)],
            contentType: Patch.merge(.null).contentType, body: JSONWriter.string(body))
        return PlannedRequest(
            request: request,
            target: .init(
                resource: .deployments, namespace: "shop", name: name, uid: live.uid,
                resourceVersion: live.resourceVersion), before: live)
    }

    /// A person decides about `c1`; the operator hasn't looked yet.
    func decide(_ decision: String, by user: String = "alice") {
        cluster.change(
            .conversations, "talk",
            [
                "status": [
                    "approvals": ["c1": ["votes": .object([user: ["decision": .string(decision)]])]]
                ]
            ])
    }

    /// A person approves `c1`, and the operator takes it in.
    mutating func approve(by user: String = "alice") async throws {
        decide("Approved", by: user)
        try await store.refresh()
        try await gate.applyDecisions(to: &store, references)
        #expect(store.machine.call("c1")?.decision?.approved == true)
    }

    var c1: Call {
        get throws { try #require(store.machine.call("c1")) }
    }

    mutating func execute() async throws { try await coordinator.execute("c1", in: &store, references: references) }

    func replicas(_ name: String = "web") -> Int? { cluster.object(.deployments, name)?["spec", "replicas"]?.int }
}

extension KubeRequest {
    /// Writes of a conversation's status.
    static let isStatusWrite: @Sendable (KubeRequest) -> Bool = {
        $0.method == .patch && $0.path.hasSuffix("/talk/status")
    }

    static func isWrite(of deployment: String) -> @Sendable (KubeRequest) -> Bool {
        { !$0.isReadOnly && $0.path.hasSuffix("/deployments/\(deployment)") }
    }
}
