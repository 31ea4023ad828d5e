import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

@Suite struct ConversationStoreTests {
    @Test func `a claim writes the next epoch, under the version that was read`() async throws {
        try await Scene.run { scene in
            scene.store.log(.turnStarted(number: 1, message: "scale it"))
            try await scene.store.claim()
            let status = scene.store.conversation.status
            #expect(status.workerEpoch == 1 && status.workerIdentity == "worker-1")
            #expect(scene.store.record.claim.isHeld)
        }
    }

    @Test func `of two workers that claim at once one is refused`() async throws {
        try await Scene.run { scene in
            var other = try await scene.restarted()
            other.log(.turnStarted(number: 1, message: "scale it"))
            try await other.claim()
            scene.store.log(.turnStarted(number: 1, message: "scale it"))
            await #expect { try await scene.store.claim() } throws: { ($0 as? APIStatus)?.isConflict == true }
        }
    }

    @Test func `a conflict is followed by another look, and the write`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.before(KubeRequest.isStatusWrite) { cluster in
                cluster.change(.conversations, "talk", ["metadata": ["labels": ["a": "b"]]])
            }
            scene.store.incomplete["c1"] = "somebody else has to approve"
            try await scene.store.writeStatus()
            #expect(scene.store.conversation.object.labels == ["a": "b"])
            #expect(scene.store.conversation.status.approvals["c1"]?.waitingFor == "somebody else has to approve")
        }
    }

    @Test func `who has to decide anew is told that the conversation has moved on`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            scene.cluster.forgetSent()
            guard case .outdated = try await scene.store.tryWriteStatus() else {
                Issue.record("written over a conversation that had moved on")
                return
            }
            #expect(scene.store.conversation.spec.stop, "it was read again")
            #expect(scene.cluster.writes.count == 1)
        }
    }

    @Test func `a decision of a person survives a status write that didn't know of it`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.decide("Approved")
            try await scene.store.writeStatus()
            #expect(scene.store.conversation.status.approvals["c1"]?.votes.map(\.user) == ["alice"])
        }
    }

    @Test func `who meets another worker's epoch is fenced out`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.change(
                .conversations, "talk", ["status": ["worker": ["epoch": 2, "identity": "worker-2"]]])
            scene.cluster.forgetSent()
            await #expect { try await scene.store.writeStatus() } throws: {
                ($0 as? ConversationStore.FencedOut)?.by == "worker-2"
            }
            #expect(scene.cluster.object(.conversations, "talk")?["status", "worker", "epoch"] == 2)
            await #expect(throws: ConversationStore.FencedOut.self) { try await scene.store.refresh() }
        }
    }

    @Test(arguments: [true, false])
    func `a conversation that is gone, or another of its name, is a 404`(_ isReplaced: Bool) async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.cluster.remove(.conversations, "talk")
            if isReplaced {
                scene.cluster.put(
                    KubeObject(.conversations, namespace: "shop", name: "talk", members: ["spec": [:]]),
                    in: .conversations)
            }
            await #expect { try await scene.store.writeStatus() } throws: { ($0 as? APIStatus)?.isNotFound == true }
            await #expect { try await scene.store.refresh() } throws: { ($0 as? APIStatus)?.isNotFound == true }
        }
    }

    @Test func `a server that refuses the annotation doesn't hold the turn up, and is asked once`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            let isAnnotation: @Sendable (KubeRequest) -> Bool = { $0.method == .patch && $0.path.hasSuffix("/talk") }
            scene.cluster.before(isAnnotation) { _ in
                throw APIStatus(code: 403, reason: .forbidden, message: "no")
            }
            try await scene.store.keepProgress()
            scene.cluster.forgetSent()
            try await scene.store.keepProgress()
            #expect(scene.cluster.sent.isEmpty)
        }
    }

    @Test func `facts that were taken back are neither in the state nor in the transcript`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            try await scene.store.flush()
            let before = scene.store.record
            scene.store.log(.writeStarted(id: "c1"))
            scene.store.takeBack(to: before)
            try await scene.store.flush()
            try await scene.store.writeStatus()
            #expect(try scene.c1.state == .awaitingApproval)
            let other = try await scene.restarted()
            #expect(other.machine.call("c1")?.state == .awaitingApproval)
        }
    }
}
