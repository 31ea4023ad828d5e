import KubeModel
import LanguageModels
import SkyfloAPI
import Telemetry
import Testing
import Tracing
import WorkflowEngine

@testable import Controllers

@Suite struct TurnTelemetryTests {
    private struct EchoModel: LanguageModel {
        let name = "echo"

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            var reply = ModelReply(content: "Hello.", usage: .init(prompt: 90, completion: 10, cached: 5))
            reply.timeToFirstToken = 0.25
            return reply
        }
    }

    /// A turn of one reply, with its spans.
    private static func spans(capturesContent: Bool) async throws -> [FinishedSpan] {
        let queue = SpanQueue()
        let telemetry = TurnTelemetry(
            tracer: OTLPTracer(queue: queue), sampler: TraceSampler(ratio: 1), capturesContent: capturesContent)
        try await Scene.run { scene in
            var dependencies = scene.dependencies
            dependencies.options.telemetry = telemetry
            scene.store.log(.turnStarted(number: 1, message: "my password: hunter2hunter2"))
            try await scene.store.claim()
            scene.references.languageModel = EchoModel()
            let watcher = StopWatcher(
                conversations: dependencies.conversations, skyfloAIs: dependencies.skyfloAIs, clock: dependencies.clock)
            let caller = ModelCaller(
                dependencies: dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
            try await caller.ask(in: &scene.store, scene.references)
            telemetry.turnEnded(
                TurnEnd(.completed, reason: .answered), of: scene.store.conversation, machine: scene.store.machine,
                now: scene.store.now)
        }
        return queue.take().spans
    }

    @Test func `a reply is a span of the turn's, with what it used and without what was said`() async throws {
        let spans = try await Self.spans(capturesContent: false)
        let chat = try #require(spans.first { $0.name.hasPrefix("chat ") })
        let turn = try #require(spans.first { $0.name == "invoke_agent skyflo" })
        #expect(chat.parent == turn.context && chat.context.traceID == turn.context.traceID && turn.parent == nil)
        #expect(chat.attributes.get("gen_ai.usage.input_tokens") == .int64(90))
        #expect(chat.attributes.get("gen_ai.usage.cache_read.input_tokens") == .int64(5))
        #expect(chat.attributes.get("gen_ai.response.time_to_first_chunk") == .double(0.25))
        #expect(chat.attributes.get("gen_ai.response.finish_reasons") == .stringArray(["stop"]))
        #expect(turn.attributes.get("gen_ai.usage.output_tokens") == .int64(10))
        #expect(chat.attributes.get("gen_ai.input.messages") == nil)
    }

    @Test func `content is redacted where it is switched on`() async throws {
        let spans = try await Self.spans(capturesContent: true)
        let chat = try #require(spans.first { $0.name.hasPrefix("chat ") })
        guard case .string(let text) = chat.attributes.get("gen_ai.input.messages") else {
            Issue.record("there is no content")
            return
        }
        #expect(text.contains("password") && !text.contains("hunter2hunter2"))
    }
}
