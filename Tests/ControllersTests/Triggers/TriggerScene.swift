import ControllerRuntime
import KubeModel
import SkyfloAPI
import Testing

@testable import Controllers

/// A SkyfloAI `sky` in namespace `shop` with triggers, and what makes their Conversations.
struct TriggerScene: Sendable {
    static let key = ObjectKey(namespace: "shop", name: "sky")
    static let token = "0123456789abcdef"

    let cluster: FakeCluster
    let dependencies: ConversationReconciler.Dependencies
    let clock: SteppedClock
    let journal = TriggerJournal()

    static func run(
        _ triggers: JSONValue..., spec: JSONValue = [:],
        _ body: @escaping @Sendable (TriggerScene) async throws -> Void
    ) async throws {
        let clock = SteppedClock()
        try await Scene.run(clock: clock) { scene in
            let own = TriggerScene(cluster: scene.cluster, dependencies: scene.dependencies, clock: clock)
            // Nothing but what triggers make.
            own.cluster.remove(.conversations, "talk")
            own.change(MergePatch.apply(spec, to: ["triggers": .array(triggers)]))
            own.putSecret(["token": token])
            try await body(own)
        }
    }

    static func cron(_ cron: JSONValue, _ more: JSONValue = [:]) -> JSONValue {
        MergePatch.apply(
            more, to: ["name": "nightly", "serviceAccountName": "copilot", "message": "Look around.", "cron": cron])
    }

    static func alerts(_ alertmanager: JSONValue = [:], _ more: JSONValue = [:]) -> JSONValue {
        let own = MergePatch.apply(alertmanager, to: ["secretRef": ["name": "hook"]])
        return MergePatch.apply(
            more, to: ["name": "page", "serviceAccountName": "copilot", "message": "Why?", "alertmanager": own])
    }

    /// Changes the SkyfloAI's spec, and lets the operator know.
    func change(_ spec: JSONValue) {
        cluster.change(.skyfloAIs, "sky", ["spec": spec])
        if let object = cluster.object(.skyfloAIs, "sky") { dependencies.skyfloAIs.insert(object) }
    }

    func putSecret(_ data: [String: String], type: String = "Opaque") {
        var secret = KubeObject(.secrets, namespace: "shop", name: "hook", members: ["type": .string(type)])
        secret["data"] = JSONValue(data.mapValues { Base64.encode(Array($0.utf8)) })
        cluster.put(secret, in: .secrets)
    }

    func reconcile() async throws -> ReconcileResult {
        try await TriggerReconciler(dependencies, journal: journal).reconcile(Self.key)
    }

    var made: [Conversation] {
        let paths = cluster.writes.filter { $0.request.method == .post && $0.request.path.hasSuffix("/conversations") }
        let names = paths.compactMap {
            $0.request.body.flatMap { try? JSONParser.parse($0) }?["metadata", "name"]?.string
        }
        return Set(names).sorted().compactMap { cluster.object(.conversations, $0).map { Conversation($0) } }
    }

    func status(_ trigger: String) throws -> TriggerStatus {
        let object = try #require(cluster.object(.skyfloAIs, "sky"))
        return try #require(SkyfloAI(object).status.triggers.first { $0.name == trigger })
    }

    /// The turn of a Conversation ends.
    func finish(_ conversation: Conversation) {
        cluster.change(.conversations, conversation.object.name, ["status": ["turn": 1, "phase": "Completed"]])
        tell(conversation)
    }

    /// The operator hears of a change.
    func tell(_ conversation: Conversation) {
        if let object = cluster.object(.conversations, conversation.object.name) {
            dependencies.conversations.insert(object)
        }
    }
}
