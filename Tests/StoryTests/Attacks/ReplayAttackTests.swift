import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing
import WorkflowEngine

/// Decisions that were made for something else: earlier, later, for another call, another conversation, other requests.
@Suite struct ReplayAttackTests {
    @Test func `a decision on a call that is done decides nothing about the next one`() async throws {
        try await Self.run(.scale(to: 3), .scale(to: 4), .says("Done.")) { story, log in
            try await story.ask("scale web")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.until("c2 waits") { $0.status.calls["c2"]?.state == .awaitingApproval }
            try await story.approve("c1")
            try await story.decide(["c2": ["decision": "Denied", "decidedBy": "bob"]])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c2"]?.state == .denied)
            #expect(log.writes.count == 1)
            #expect(try await story.replicas() == 3)
        }
    }

    /// Providers that count calls from 0 in each reply give the same ids again and again.
    @Test func `a call with the id and the arguments of an approved one is a call of its own`() async throws {
        try await Self.run(.scale(to: 3), .scale(to: 2), .scale(to: 3), .says("Done.")) { story, log in
            try await story.ask("scale web up and down and up")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.until("c2 waits") { $0.status.calls["c2"]?.state == .awaitingApproval }
            try await story.approve("c2")
            let waiting = try await story.until("c3 waits") { $0.status.calls["c3"]?.state == .awaitingApproval }
            #expect(waiting.status.approvals["c3"]?.decision == nil)
            #expect(log.writes.count == 2)
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `a decision on a call that isn't there yet decides nothing when it comes`() async throws {
        try await Self.run(.scale(to: 3), .scale(to: 4), .says("Done.")) { story, log in
            try await story.ask("scale web")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide([
                "c1": ["decision": "Approved", "decidedBy": "alice"],
                "c2": [
                    "decision": "Approved", "decidedBy": "mallory", "votes": ["mallory": ["decision": "Approved"]],
                ],
            ])
            let waiting = try await story.until("c2 waits") { $0.status.calls["c2"]?.state == .awaitingApproval }
            #expect(waiting.status.approvals["c2"]?.votes.isEmpty == true)
            #expect(log.writes.count == 1)
        }
    }

    /// Whoever can write the entry can write its digest too. Only what the operator asked for counts.
    @Test func `requests that were changed together with their digest aren't executed`() async throws {
        try await Self.run(.scale(to: 3), .says("Done.")) { story, log in
            try await story.ask("scale web to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let entry = try #require(waiting.status.approvals["c1"])
            var requests = entry.requests
            requests[0]["body"] = .string(requests[0]["body"]?.string?.replacing("3", with: "9") ?? "")
            let digest = Digest.of(
                conversationUID: waiting.uid, turn: 1, callID: "c1", identity: waiting.identity, tool: entry.tool,
                arguments: entry.arguments, requests: requests,
                postConditions: entry.json["postConditions"]?.array ?? [])
            try await story.decide([
                "c1": [
                    "requests": .array(requests), "digest": .string(digest), "decision": "Approved",
                    "decidedBy": "mallory",
                ]
            ])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .denied)
            #expect(log.writes.isEmpty)
        }
    }

    /// A person reads one conversation, and before the command is entered another one has its name.
    @Test func `the command that was shown approves nothing in another conversation of the same name`() async throws {
        try await Self.run(.scale(to: 3), .scale(to: 0), .says("Done.")) { story, log in
            try await story.ask("scale web to 3")
            let shown = try await story.untilPhase(.awaitingApproval)
            let patch = try Self.patch(in: shown.status.approvals["c1"]?.json["command"]?.string ?? "")
            try await story.api.delete(.conversations, namespace: Story.namespace, name: "talk")
            try await eventually("it is gone") {
                try await story.api.find(.conversations, namespace: Story.namespace, name: "talk") == nil
            }
            try await story.ask("scale web to 0")
            let other = try await story.untilPhase(.awaitingApproval)
            #expect(other.uid != shown.uid && other.status.approvals["c1"]?.digest != nil)
            _ = try await story.api.patch(
                .conversations, namespace: Story.namespace, name: "talk", subresource: "status", patch: .merge(patch))
            try await story.untilPhase(.completed)
            #expect(log.writes.isEmpty)
            #expect(try await story.replicas() == 2)
        }
    }

    private static func patch(in command: String) throws -> JSONValue {
        let text = try #require(command.split(separator: "-p '").last)
        let user = try #require(text.split(separator: "'\"$(").last?.split(separator: ")\"'").first)
        return try JSONParser.parse(
            String(text.dropLast()).replacing("'\"$(\(user))\"'", with: "alice"))
    }

    private static func run(
        _ replies: ModelReply..., body: @escaping @Sendable (Story, RequestLog) async throws -> Void
    ) async throws {
        let log = RequestLog()
        let model = ScriptedModel { _, turn in replies[min(turn, replies.count - 1)] }
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) { try await body(story, log) }
        }
    }
}
