import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import Testing
import Transcripts
import WorkflowEngine

@testable import Controllers

/// Transcripts that the version before kept beside their conversations.
@Suite struct TranscriptMovingTests {
    private static let talk = ObjectKey(namespace: "shop", name: "talk")

    @Test func `one is moved as it is, and the old Secrets are removed once the status says so`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.forgetSent()
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.own.count == 3 && former.beside.isEmpty)
            #expect(former.own.map { $0["immutable"]?.bool ?? false } == [true, true, false])
            #expect(former.own.allSatisfy { $0.ownerReferences.isEmpty && $0["metadata", "finalizers"] == nil })
            let position = try #require(try former.conversation.status.transcriptPosition)
            #expect(
                position.namespace == "skyflo-system" && position.formerSecrets == 0 && position.head == former.head)
            let reading = try await former.read()
            #expect(reading.fault == nil && reading.entries.map(\.event) == FormerTranscript.events)
            let requests = scene.cluster.writes.map(\.request)
            let told = try #require(requests.firstIndex(where: KubeRequest.isStatusWrite))
            let removed = try #require(requests.firstIndex { $0.method == .delete })
            #expect(told < removed)
        }
    }

    @Test func `once moved it isn't looked at again`() async throws {
        try await Scene.run { scene in
            _ = try FormerTranscript(in: scene)
            let reconciler = ConversationReconciler(scene.dependencies)
            _ = try await reconciler.reconcile(Self.talk)
            scene.cluster.forgetSent()
            #expect(try await reconciler.reconcile(Self.talk) == .done)
            #expect(scene.cluster.sent.isEmpty)
        }
    }

    /// Whatever request the process dies before, or right after.
    @Test(arguments: [false, true]) func `a crash at any point loses nothing`(afterIt: Bool) async throws {
        var point = 0
        var isThrough = false
        while !isThrough {
            isThrough = try await Self.crash(at: point, afterIt: afterIt)
            point += 1
        }
        #expect(point > 12, "each request was a point")
    }

    /// - Returns: whether there was no such request any more.
    private static func crash(at point: Int, afterIt: Bool) async throws -> Bool {
        let count = Mutex(0)
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            let isPoint: @Sendable (KubeRequest) -> Bool = { _ in
                count.withLock { count in
                    count += 1
                    return count == point + 1
                }
            }
            let die: @Sendable (FakeCluster) throws -> Void = { _ in
                throw KubeClientError(.unreachable, message: "the process died")
            }
            if afterIt { scene.cluster.after(isPoint, die) } else { scene.cluster.before(isPoint, die) }
            _ = try? await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            scene.cluster.forgetFaults()
            // Another process.
            scene.dependencies.conversations.insert(try #require(scene.cluster.object(.conversations, "talk")))
            #expect(try await former.read().fault == nil, "at \(point): it can be read in between")
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            let reading = try await former.read()
            #expect(reading.fault == nil && reading.entries.map(\.event) == FormerTranscript.events, "at \(point)")
            #expect(former.beside.isEmpty && former.own.count == 3, "at \(point)")
            #expect(try former.conversation.status.transcriptPosition?.isToBeMoved == false, "at \(point)")
        }
        return count.withLock { $0 <= point }
    }

    @Test func `an earlier version can't append any more to what is being moved`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.before({ $0.method == .post && $0.path.hasSuffix("/secrets") }) { _ in
                throw KubeClientError(.unreachable, message: "the process died")
            }
            _ = try? await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.beside.count == 3 && former.beside.allSatisfy { $0["immutable"]?.bool == true })
        }
    }

    @Test func `what was changed isn't moved, and nothing is removed`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.change(
                .secrets, "\(former.prefix)-1", ["data": ["000000.jsonl": .string(Base64.encode(Array("{}".utf8)))]])
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.own.isEmpty && former.beside.count == 3)
            #expect(try former.conversation.status.conditions[type: "Failed"]?.reason == "TranscriptLost")
        }
    }

    @Test func `a copy that somebody else put there first isn't believed`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            let place = TranscriptPlace(of: try former.conversation, in: "skyflo-system")
            scene.cluster.put(
                KubeObject(
                    .secrets, namespace: "skyflo-system", name: place.name(0),
                    members: ["data": ["000000.jsonl": .string(Base64.encode(Array("{}".utf8)))]]), in: .secrets)
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.beside.count == 3, "what counts is still there")
            #expect(try former.conversation.status.conditions[type: "Failed"]?.reason == "TranscriptLost")
        }
    }

    @Test func `without the right the conversation waits and says which`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.before({ $0.method == .get && $0.path.contains("/shop/secrets/") }) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "secrets is forbidden")
            }
            let reconciler = ConversationReconciler(scene.dependencies)
            #expect(try await reconciler.reconcile(Self.talk) == .requeue(after: .seconds(10)))
            let status = try former.conversation.status
            #expect(status.conditions[type: "Accepted"]?.reason == "TranscriptNotMoved")
            #expect(
                status.conditions[type: "Accepted"]?.message.contains("rbac/optional/move-transcripts.yaml") == true)
            #expect(status.phase == .completed && status.transcript.head == former.head)
            // With the right it goes on by itself.
            _ = try await reconciler.reconcile(Self.talk)
            #expect(former.beside.isEmpty)
            #expect(try former.conversation.status.conditions[type: "Accepted"]?.status == .true)
        }
    }

    @Test func `where removing isn't allowed the conversation goes on with the new ones`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.before({ $0.method == .delete }) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "secrets is forbidden")
            }
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.beside.count == 3 && former.own.count == 3)
            #expect(try former.conversation.status.transcriptPosition?.formerSecrets == 3)
            #expect(try await former.read().fault == nil)
        }
    }

    @Test func `a Secret beside it that is somebody else's is never removed`() async throws {
        try await Scene.run { scene in
            let former = try FormerTranscript(in: scene)
            scene.cluster.before({ $0.method == .delete }) { cluster in
                cluster.change(.secrets, "\(former.prefix)-2", ["metadata": ["ownerReferences": []]])
            }
            _ = try await ConversationReconciler(scene.dependencies).reconcile(Self.talk)
            #expect(former.beside.map(\.name) == ["\(former.prefix)-2"])
        }
    }
}
