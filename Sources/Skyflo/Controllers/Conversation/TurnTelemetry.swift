import KubeModel
import LanguageModels
import SkyfloAPI
import Telemetry
import Tracing
import WorkflowEngine
import Writes

/// The spans of turns: `invoke_agent` for a turn, and under it `chat` for each reply of a model and `execute_tool` for each call.
///
/// A turn's span is known before it is made: its ids follow from the conversation's uid and the turn's number, so that what other
/// processes did for the turn belongs to it. It is exported when the turn ends.
package struct TurnTelemetry: Sendable {
    package var tracer: any Tracer
    package var sampler: TraceSampler
    /// Whether messages, arguments and results are part of spans, redacted.
    package var capturesContent: Bool

    package init(tracer: any Tracer, sampler: TraceSampler, capturesContent: Bool) {
        self.tracer = tracer
        self.sampler = sampler
        self.capturesContent = capturesContent
    }

    /// The agent's name in spans.
    static let agent = "skyflo"

    // MARK: The turn

    func root(of conversation: Conversation, turn: Int) -> TraceContext? {
        let bytes = Digest.bytes(of: "\(conversation.uid)/\(turn)")
        let traceID = Array(bytes.prefix(16))
        return TraceContext(
            traceID: traceID, spanID: Array(bytes.dropFirst(16).prefix(8)), isSampled: sampler.samples(traceID))
    }

    private func context(of conversation: Conversation, turn: Int) -> ServiceContext {
        var context = ServiceContext.topLevel
        context.traceContext = root(of: conversation, turn: turn)
        return context
    }

    func turnEnded(_ end: TurnEnd, of conversation: Conversation, machine: WorkflowStateMachine, now: KubeTime) {
        var context = ServiceContext.topLevel
        context.plannedSpan = root(of: conversation, turn: machine.turn)
        tracer.withAnySpan(
            "invoke_agent \(Self.agent)", at: Instant(machine.startedAt), context: context, ofKind: .internal
        ) { span in
            var attributes = Self.attributes(of: conversation, operation: "invoke_agent")
            // The conventions have no place for estimates.
            let usage = machine.turnUsage
            attributes["gen_ai.usage.input_tokens"] = usage.prompt - usage.estimated.prompt
            attributes["gen_ai.usage.output_tokens"] = usage.completion - usage.estimated.completion
            attributes["skyflo.turn.number"] = machine.turn
            attributes["skyflo.turn.reason"] = end.reason.rawValue
            span.attributes = attributes
            if end.kind == .failed { span.setStatus(SpanStatus(code: .error)) }
            span.end(at: Instant(now))
        }
    }

    private static func attributes(of conversation: Conversation, operation: String) -> SpanAttributes {
        var attributes: SpanAttributes = [:]
        attributes["gen_ai.operation.name"] = operation
        attributes["gen_ai.agent.name"] = agent
        attributes["gen_ai.conversation.id"] = conversation.uid
        attributes["k8s.namespace.name"] = conversation.namespace
        attributes["skyflo.conversation.name"] = conversation.object.name
        return attributes
    }

    // MARK: Replies

    func chat(
        _ request: ModelRequest, in conversation: Conversation, turn: Int, by references: ResolvedReferences,
        shown: ShownArguments, ask: () async throws -> ModelReply
    ) async throws -> ModelReply {
        let model = references.model
        return try await tracer.withAnySpan(
            "chat \(model.model)", context: context(of: conversation, turn: turn), ofKind: .client
        ) { span in
            var attributes = Self.attributes(of: conversation, operation: "chat")
            attributes["gen_ai.provider.name"] = GenAI.provider(model)
            attributes["gen_ai.request.model"] = model.model
            attributes["gen_ai.request.stream"] = true
            if let most = request.maxTokens { attributes["gen_ai.request.max_tokens"] = most }
            if let temperature = model.temperature { attributes["gen_ai.request.temperature"] = temperature }
            span.attributes = attributes
            do {
                let reply = try await ask()
                note(reply, to: request, of: references.model(of: reply), shown: shown, on: span)
                return reply
            } catch {
                span.attributes["error.type"] =
                    (error as? LanguageModelError)?.code.description ?? "\(type(of: error))"
                throw error
            }
        }
    }

    private func note(
        _ reply: ModelReply, to request: ModelRequest, of model: SkyfloAI.Model, shown: ShownArguments,
        on span: any Span
    ) {
        var attributes = span.attributes
        attributes["gen_ai.response.model"] = model.model
        attributes["gen_ai.response.finish_reasons"] = [GenAI.finishReason(reply.finish)]
        attributes["gen_ai.usage.input_tokens"] = reply.usage.prompt
        attributes["gen_ai.usage.output_tokens"] = reply.usage.completion
        if reply.usage.cached > 0 { attributes["gen_ai.usage.cache_read.input_tokens"] = reply.usage.cached }
        if reply.usage.reasoning > 0 { attributes["gen_ai.usage.reasoning.output_tokens"] = reply.usage.reasoning }
        if let time = reply.timeToFirstToken { attributes["gen_ai.response.time_to_first_chunk"] = time }
        if capturesContent {
            let content = GenAI.Content(shown: shown)
            attributes["gen_ai.input.messages"] = JSONWriter.string(content.messages(of: request))
            attributes["gen_ai.output.messages"] = JSONWriter.string(content.messages(of: reply))
        }
        span.attributes = attributes
    }

    // MARK: Calls

    /// - Parameter text: what of the result is shown; nil for none.
    func executeTool<Result>(
        _ call: Call, in conversation: Conversation, turn: Int, shown: ShownArguments, text: (Result) -> String?,
        run: () async throws -> Result
    ) async throws -> Result {
        try await tracer.withAnySpan(
            "execute_tool \(call.tool)", context: context(of: conversation, turn: turn), ofKind: .internal
        ) { span in
            var attributes = Self.attributes(of: conversation, operation: "execute_tool")
            attributes["gen_ai.tool.name"] = call.tool
            attributes["gen_ai.tool.type"] = "function"
            attributes["gen_ai.tool.call.id"] = call.id
            if capturesContent, let arguments = shown(call) {
                attributes["gen_ai.tool.call.arguments"] = arguments
            }
            span.attributes = attributes
            do {
                let result = try await run()
                if capturesContent, let text = text(result) {
                    span.attributes["gen_ai.tool.call.result"] = shown.redactor.redact(text: text)
                }
                return result
            } catch {
                span.attributes["error.type"] = "\(type(of: error))"
                throw error
            }
        }
    }
}

/// A moment of the wall clock, for spans.
private struct Instant: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    init(_ time: KubeTime) { nanosecondsSinceEpoch = UInt64(max(0, time.microseconds)) * 1000 }

    static func < (a: Instant, b: Instant) -> Bool { a.nanosecondsSinceEpoch < b.nanosecondsSinceEpoch }
}
