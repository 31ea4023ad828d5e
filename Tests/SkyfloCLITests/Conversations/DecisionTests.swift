import KubeModel
import SkyfloAPI
import Testing

@testable import ConversationAccess
@testable import SkyfloCLI

@Suite struct DecisionTests {
    @Test func `a decision is bound to the object, its version and the digest`() throws {
        let conversation = try Samples.conversation()
        let entry = try #require(conversation.pendingApprovals.first)
        let patch = DecisionPatch(conversation: conversation, decision: .approved, decidedBy: "alice", reason: nil)
        let operations = try JSONPatch(patch.operations(for: [entry]))
        let done = try operations.apply(to: conversation.object.json)
        #expect(done["status", "approvals", "c1", "decision"] == "Approved")
        #expect(done["status", "approvals", "c1", "decidedBy"] == "alice")
        for path in [["metadata", "uid"], ["metadata", "resourceVersion"], ["status", "approvals", "c1", "digest"]] {
            var other = conversation.object.json
            other[path: path] = "other"
            #expect(throws: JSONPatch.Failure.self) { try operations.apply(to: other) }
        }
    }

    @Test func `only what the operator asked for and nobody decided is pending`() throws {
        #expect(try Samples.conversation().pendingApprovals.map(\.id) == ["c1"])
        #expect(try Samples.conversation(approval: ["decision": "Denied"]).pendingApprovals.isEmpty)
        #expect(try Samples.conversation(approval: ["digest": .null]).pendingApprovals.isEmpty)
    }

    @Test func `where one decision isn't enough, the next person's is a vote`() throws {
        for (votes, expected) in [(nil, "a~b"), (["carol": ["decision": "Approved"]] as JSONValue?, "a~b")] {
            let conversation = try Samples.conversation(approval: [
                "decision": "Approved", "decidedBy": "alice", "waitingFor": "1 more approval", "votes": votes ?? .null,
            ])
            let entry = try #require(conversation.pendingApprovals.first)
            let patch = DecisionPatch(
                conversation: conversation, decision: .approved, decidedBy: expected, reason: "ok")
            let done = try JSONPatch(patch.operations(for: [entry])).apply(to: conversation.object.json)
            let approval = done["status", "approvals", "c1"]
            #expect(approval?["votes", expected] == ["decision": "Approved", "reason": "ok"])
            #expect(approval?["decision"] == "Approved" && approval?["decidedBy"] == "alice")
            #expect(approval?["votes", "carol", "decision"] == votes?["carol", "decision"])
        }
        let decided: KeyValuePairs<String, JSONValue> = ["decision": "Approved", "decidedBy": "alice"]
        #expect(try Samples.conversation(approval: decided).pendingApprovals.isEmpty)
    }

    @Test func `a digest is named by its beginning`() throws {
        let entry = try #require(try Samples.conversation().pendingApprovals.first)
        #expect(entry.hasDigest(entry.shortDigest) && entry.hasDigest(entry.digest))
        #expect(!entry.hasDigest("") && !entry.hasDigest("sha256:") && !entry.hasDigest("zz"))
    }

    @Test func `a token of a JSON pointer can't leave its place`() { #expect(JSONPointer.escape("a/b~c") == "a~1b~0c") }

    @Test(arguments: [
        ("Completed", 1, TurnOutcome.ended(.success)), ("Failed", 1, .ended(.turnFailed)),
        ("Stopped", 1, .ended(.refused)),
        ("AwaitingApproval", 1, .waiting), ("Planning", 1, .waiting), ("Planning", 2, .ended(.success)),
        ("Completed", 0, .running),
    ])
    func `how a turn stands`(phase: String, turn: Int, outcome: TurnOutcome) throws {
        var object = try Samples.conversation().object
        object["status", "phase"] = .string(phase)
        object["status", "turn"] = JSONValue(turn)
        #expect(TurnOutcome(of: Conversation(object), turn: 1) == outcome)
    }
}
