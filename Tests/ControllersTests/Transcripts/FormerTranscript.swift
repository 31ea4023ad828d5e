import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import Transcripts
import WorkflowEngine

@testable import Controllers

/// The conversation of a ``Scene`` as the version before left it: a turn is over, and its transcript is in three Secrets
/// beside it, which it owns.
struct FormerTranscript {
    static let events: [TurnEvent] = [
        .turnStarted(number: 1, message: "scale it"), .modelReplied(ModelTurn(content: "It has two replicas.")),
        .turnEnded(TurnEnd(.completed, reason: .answered, answer: "It has two replicas.")),
    ]

    let scene: Scene
    let prefix: String
    private(set) var head = ""

    init(in scene: Scene) throws {
        self.scene = scene
        let talk = try #require(scene.cluster.object(.conversations, "talk"))
        prefix = TranscriptPlace(beside: Conversation(talk)).prefix
        var chain = TranscriptChain()
        for (number, event) in Self.events.enumerated() {
            let line = chain.append(.init(at: scene.dependencies.clock.now, event: event))
            var secret = KubeObject(
                .secrets, namespace: "shop", name: "\(prefix)-\(number)",
                members: [
                    "type": "skyflo.ai/transcript",
                    "data": ["000000.jsonl": .string(Base64.encode(Array(line.utf8)))],
                ])
            if number + 1 < Self.events.count { secret["immutable"] = true }
            secret.ownerReferences = [OwnerReference(controller: talk)]
            scene.cluster.put(secret, in: .secrets)
        }
        head = chain.head
        var position = TranscriptPosition(secretPrefix: prefix, secrets: 3, entries: 3, bytes: 300, head: head)
        position.formerSecrets = nil
        let progress = ConversationProgress(uid: talk.uid, turn: 1, undosTaken: 0)
        scene.cluster.change(
            .conversations, "talk",
            [
                "metadata": ["annotations": .object([ConversationProgress.annotation: .string(progress.text)])],
                "status": [
                    "uid": .string(talk.uid), "turn": 1, "phase": "Completed",
                    "observedGeneration": JSONValue(talk.generation), "transcript": position.json,
                ],
            ])
        scene.dependencies.conversations.insert(try #require(scene.cluster.object(.conversations, "talk")))
    }

    var conversation: Conversation {
        get throws { Conversation(try #require(scene.cluster.object(.conversations, "talk"))) }
    }

    var own: [KubeObject] { scene.cluster.secrets(namespace: "skyflo-system") }
    var beside: [KubeObject] { scene.cluster.secrets(namespace: "shop") }

    /// What people read of it now.
    func read() async throws -> TranscriptReading {
        try await SecretTranscriptReader(api: scene.cluster, namespace: "skyflo-system").read(try conversation)
    }
}
