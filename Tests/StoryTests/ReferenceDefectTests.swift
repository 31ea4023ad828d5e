import Controllers
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Defects that the reference system's workflow was found to have, and where a test shows that this one doesn't have them. Those
/// of its live stream, web page, database and sign-in are tested with ours.
///
/// | | defect | test |
/// |---|---|---|
/// | W5 | a stop while an approved tool runs lets the next message run it again | here; `SafetyStoryTests`, `CrashTests` |
/// | W6 | after one failed turn no later one gets an answer | `ConversationStoryTests`: a failed turn doesn't spoil the next one |
/// | W7 | the newest message is cut when a conversation gets long | `ContextWindowTests`, `ContextTests` |
/// | W8 | approvals in another order are lost, and reads behind a write wait | here; `ApprovalStoryTests`: several writes … |
/// | W9 | a message while an approval waits is lost, and what was done is forgotten | here |
/// | W10 | arguments that are no JSON are repaired by guessing | `BadInputStoryTests`: calls that make no sense … |
/// | W11 | calls of tools that aren't offered are dropped in silence | here; `ToolRegistryTests` |
/// | W12 | a stop while text streams is a completed turn | here; `SafetyStoryTests`: a stop ends a model that thinks |
/// | W13 | a stream that breaks off counts as whole | `CutStreamTests`, `WorkflowStateMachineTests`: calls of a reply that was cut off … |
/// | W14 | a turn lives as long as a browser's request | `ProcessCrashTests`, `WorkerStoryTests` |
/// | W18 | the limit of replies counts something else | here; `EndingTests` |
/// | W19 | a decision that is repeated, or about nothing, costs another reply | here; `ReplayAttackTests` |
/// | W21 | several histories drift apart, and are written as a whole each time | here; `TranscriptTests`, `RequestBudgetTests` |
/// | W22 | calls of a cancelled turn stay "executing" for ever | here; `WorkflowStateMachineTests` |
/// | W24 | results have no limit, and the context is counted in messages | `LongResultTests`, `ContextTests`, `HistorySummaryTests` |
/// | W25 | the model isn't told why a call was denied, and asks again at once | `ApprovalStoryTests`: a denial …, a denied call … |
/// | W26 | approvals never end, and hold whatever has changed | `ApprovalStoryTests`, `MovedTargetAttackTests` |
/// | W27 | errors are told apart by words in their text, and waits aren't shown | `ProviderErrorTests`, `RetryPolicyTests`, `OpenAIModelTests`: a wait … is told |
@Suite struct ReferenceDefectTests {
    private static func isFinished(_ conversation: Conversation) -> Bool {
        conversation.status.calls.values.allSatisfy(\.state.isFinal)
    }

    @Test func `W5, W22: a stop while an approved write is under way lets nothing run again, and no call stays open`()
        async throws
    {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Fine."))
        try await Story.run(nil) { story in
            let hook = Hook(where: { $0.path.hasSuffix("/deployments/web/scale") && !$0.isReadOnly }) { _ in
                true
            } then: {
                try await story.change(spec: ["stop": true])
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let stopped = try await story.untilPhase(.stopped)
                #expect(Self.isFinished(stopped) && stopped.status.changes.count == 1)
                try await story.change(spec: [
                    "stop": false, "messages": [["content": "scale web to 3"], ["content": "hello?"]],
                ])
                let done = try await story.untilPhase(.completed, turn: 2)
                #expect(done.status.calls.count == 1 && Self.isFinished(done))
                #expect(log.writes.count == 1)
                #expect(try await story.replicas() == 3)
            }
        }
    }

    @Test func `W8: a read behind a write that waits has its result, and both decisions count in any order`()
        async throws
    {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Done.") }
            return .calls(
                ("k8s_scale", ["name": "web", "resource_type": "deployment", "replicas": 3]),
                ("k8s_get", ["resource_type": "deployments"]),
                ("k8s_scale", ["name": "catalog", "resource_type": "deployment", "replicas": 2]))
        }
        try await Story.run(model) { story in
            try await story.ask("scale both and list them")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.calls["c2"]?.state == .succeeded)
            try await story.approve("c3")
            try await story.until("the last one is told as done") { $0.status.calls["c3"]?.state == .succeeded }
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded)
            #expect(try await story.replicas() == 3)
            #expect(try await story.replicas("catalog") == 2)
        }
    }

    @Test func `W9: a message while an approval waits is the next turn, which knows what was done`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Scaled.") }
            if case .user("and now?") = request.messages.last { return .says("It has 3.") }
            return .scale(to: 3)
        }
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.change(spec: ["messages": [["content": "scale web to 3"], ["content": "and now?"]]])
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed, turn: 2)
            #expect(done.status.answer == "It has 3.")
            let messages = try #require(model.requests.last?.messages)
            #expect(messages.contains { if case .assistant(_, let calls, _) = $0 { calls.count == 1 } else { false } })
            #expect(model.toolResults.count == 1 && model.toolResults[0].contains("Verified by code:"))
        }
    }

    @Test func `W11: a call of a tool that isn't offered is told to the model, and the turn goes on`() async throws {
        let model = ScriptedModel(.calls(("k8s_teleport", ["name": "web"])), .says("Sorry."))
        try await Story.run(model) { story in
            try await story.ask("move web")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .failed)
            #expect(model.toolResults.count == 1 && model.toolResults[0].contains("k8s_teleport"))
        }
    }

    /// Says something, then takes its time.
    private final class TalkingModel: LanguageModel, Sendable {
        let name = "talking"
        let isTalking = Gate()

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            onDelta(.content("I have already "))
            onDelta(.toolCall(name: "k8s_scale"))
            isTalking.open()
            try await Task.sleep(for: .seconds(60))
            return .scale(to: 3)
        }
    }

    private struct TalkingProvider: ModelProvider {
        var talking: TalkingModel

        func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel { talking }
    }

    @Test func `W12: a stop after the first words of a reply is a stop, and nothing of the reply counts`() async throws
    {
        let model = TalkingModel()
        try await Story.run(TalkingProvider(talking: model)) { story in
            try await story.ask("scale web to 3")
            await model.isTalking.wait()
            try await story.change(spec: ["stop": true])
            let stopped = try await story.untilPhase(.stopped)
            #expect(stopped.status.calls.isEmpty && stopped.status.answer == nil)
            #expect(stopped.status.conditions[type: "Completed"]?.status == .false)
        }
    }

    @Test func `W18: the limit of replies is a number of replies, however many calls they have`() async throws {
        let model = ScriptedModel { request, turn in
            if request.tools.isEmpty { return .says("That is all.") }
            return .calls(
                ("k8s_get", ["resource_type": "pods", "name": .string("a\(turn)")]),
                ("k8s_get", ["resource_type": "pods", "name": .string("b\(turn)")]))
        }
        try await Story.run(model) { story in
            try await story.ask("look", spec: ["limits": ["modelTurns": 5]])
            let done = try await story.untilPhase(.completed)
            #expect(model.requests.count == 5 && done.status.usage.toolCalls == 8)
            #expect(done.status.answer == "That is all.")
        }
    }

    @Test func `W19: decisions that are repeated, or about nothing, ask no model`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Scaled.") }
            if case .user("again") = request.messages.last { return .says("No more.") }
            return .scale(to: 3)
        }
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide(["c99": ["decision": "Approved", "decidedBy": "alice"]])
            try await story.approve("c1")
            try await story.untilPhase(.completed)
            try await story.decide(["c1": ["decision": "Approved", "decidedBy": "alice", "reason": "again"]])
            try await story.change(spec: ["messages": [["content": "scale web to 3"], ["content": "again"]]])
            let done = try await story.untilPhase(.completed, turn: 2)
            #expect(model.requests.count == 3 && done.status.usage.modelCalls == 3)
            #expect(done.status.changes.count == 1)
        }
    }

    @Test func `W21: each fact is stored once, and a turn appends to what is there`() async throws {
        let model = ScriptedModel(.says(String(repeating: "long ", count: 400)))
        try await Story.run(model) { story in
            var messages = ["m1"]
            var sizes: [Int] = []
            try await story.ask("m1")
            for turn in 1...4 {
                let done = try await story.untilPhase(.completed, turn: turn)
                sizes.append(done.status.transcriptPosition?.bytes ?? 0)
                messages.append("m\(turn + 1)")
                guard turn < 4 else { break }
                try await story.change(spec: ["messages": .array(messages.map { ["content": .string($0)] })])
            }
            let growth = zip(sizes.dropFirst(), sizes).map { $0 - $1 }
            // Not more with each turn, as where the whole is written anew.
            #expect((growth.max() ?? 0) - (growth.min() ?? 0) < 400, "\(sizes)")
        }
    }
}
