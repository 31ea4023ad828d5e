import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

@Suite struct TurnRecordsTests {
    @Test func `a turn that waits is kept, and of those that have ended the newest`() async throws {
        try await Scene.run { scene in
            let records = TurnRecords()
            scene.store.log(.turnStarted(number: 1, message: "scale it"))
            records.keep(scene.store.record, for: "waits")
            scene.store.log(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "Done.")))
            for number in 0...TurnRecords.ended { records.keep(scene.store.record, for: "ended-\(number)") }
            #expect(records.take("waits") != nil)
            #expect(records.take("ended-0") == nil && records.take("ended-1") != nil)
            #expect(records.take("ended-1") == nil)
            records.forget(scene.store.conversation.key)
            #expect(records.take("ended-2") == nil)
        }
    }

    @Test func `the next turn is claimed anew, under the epoch after this one's`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            scene.store.log(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "Done.")))
            try await scene.store.flush()
            try await scene.store.writeStatus()
            var record = scene.store.record
            #expect(record.claim.expected == 1)
            for _ in 0..<2 { record.letGo() }
            #expect(!record.claim.isHeld && record.claim.epoch == 2 && record.claim.expected == 1)
            #expect(record.references == nil)
        }
    }
}
