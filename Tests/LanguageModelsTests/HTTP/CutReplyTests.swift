import KubeModel
import Testing

@testable import LanguageModels

/// What is known of the tokens of a reply that broke off.
@Suite(.timeLimit(.minutes(1)))
struct CutReplyTests {
    private static let begun = [
        #"{"choices":[{"delta":{"role":"assistant"}}]}"#, #"{"choices":[{"delta":{"content":"Hel"}}]}"#,
        #"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"get","arguments":"{\"na"}}]}}]}"#,
    ]
    /// Of the texts of ``begun``.
    private static let bytes = 3 + 2 + 4
    private static let whole = [
        #"{"choices":[{"delta":{"content":"Hello"}}]}"#, #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#, "[DONE]",
    ]
    private let request = ModelRequest(messages: [.user("hi")])

    @Test func `a try whose connection was lost says how much of a reply had come`() async throws {
        let request = request
        try await ScriptedServer.with([.stream(Self.begun, then: [.cut]), .stream(Self.whole)]) { model, _ in
            let reply = try await model.reply(to: request)
            #expect(reply.content == "Hello" && reply.usage == TokenUsage(prompt: 3, completion: 2))
            #expect(reply.failedUsage == [FailedUsage(TokenUsage(), uncounted: Self.bytes)])
        }
    }

    @Test func `so does a time-out, with the tries before it`() async throws {
        let request = request
        let options = ModelOptions.quick.with { $0.timeouts.silence = .milliseconds(200) }
        let script: [ScriptedServer.Answer] = [
            .stream(Self.begun, then: [.cut]), .stream(Array(Self.begun.prefix(2)), then: [.stall]),
        ]
        try await ScriptedServer.with(script, options: options) { model, _ in
            let error = await #expect(throws: LanguageModelError.self) { try await model.reply(to: request) }
            #expect(error?.code == .timeout)
            #expect(error?.failedUsage.map(\.uncounted) == [Self.bytes, 3])
        }
    }

    @Test func `and whoever gives up is told`() async throws {
        let request = request
        let stalled = ScriptedServer.Answer.stream(Self.begun, then: [.stall])
        try await ScriptedServer.with([stalled]) { model, _ in
            let told = await Self.abandon(model, request, after: 3)
            #expect(told == [[FailedUsage(TokenUsage(), uncounted: Self.bytes)]])
        }
        try await ScriptedServer.with([stalled]) { model, _ in
            let fallback = FallbackLanguageModel(
                .init(label: "main", model: FailingModel()), others: [.init(label: "spare", model: model)],
                breakers: CircuitBreakers())
            let told = await Self.abandon(fallback, request, after: 4)
            #expect(
                told == [
                    [
                        FailedUsage(TokenUsage(prompt: 7), model: "main"),
                        FailedUsage(TokenUsage(), model: "spare", uncounted: Self.bytes),
                    ]
                ])
        }
    }

    @Test func `of a reply that the provider has counted nothing is left to estimate`() async throws {
        let request = request
        let counted =
            Array(Self.begun.prefix(2)) + [#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#]
        try await ScriptedServer.with([.stream(counted, then: [.cut]), .stream(Self.whole)]) { model, _ in
            let reply = try await model.reply(to: request)
            #expect(reply.failedUsage == [FailedUsage(TokenUsage(prompt: 3, completion: 1))])
        }
        try await ScriptedServer.with([.status(503), .stream([], then: [.cut]), .stream(Self.whole)]) { model, _ in
            let reply = try await model.reply(to: request)
            #expect(reply.failedUsage.isEmpty, "nothing had come")
        }
    }

    @Test func `Anthropic's count of the prompt stands, and that of the reply at its beginning is none`() async throws {
        let request = request
        let begun = [
            #"{"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"get","input":{}}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"na"}}"#,
        ]
        let end = [
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}"#,
        ]
        let api: @Sendable (String) throws -> any ProviderAPI = {
            try AnthropicAPI(model: "m", baseURL: $0, apiKey: Credential("sk-test-key"))
        }
        for (script, expected) in [
            (begun, FailedUsage(TokenUsage(prompt: 25, completion: 1), uncounted: 4)),
            (
                begun + [#"{"type":"error","error":{"type":"overloaded_error","message":"no"}}"#],
                FailedUsage(TokenUsage(prompt: 25, completion: 1), uncounted: 4)
            ),
        ] {
            let answers: [ScriptedServer.Answer] = [
                .stream(script, then: [.cut]), .stream(begun.dropLast() + [begun[2].replacing("na", with: "}")] + end),
            ]
            try await ScriptedServer.with(answers, api: api) { model, _ in
                let reply = try await model.reply(to: request)
                #expect(reply.usage == TokenUsage(prompt: 25, completion: 9))
                #expect(reply.failedUsage == [expected])
            }
        }
    }

    private struct FailingModel: LanguageModel {
        let name = "failing"

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            var error = LanguageModelError(.unavailable, message: "no")
            error.failedUsage = [FailedUsage(TokenUsage(prompt: 7))]
            throw error
        }
    }

    /// Cancels a reply after so many pieces of it.
    /// - Returns: what was told of what it took.
    private static func abandon(
        _ model: some LanguageModel, _ request: ModelRequest, after count: Int
    ) async -> [[FailedUsage]] {
        let (pieces, piece) = AsyncStream.makeStream(of: ModelDelta.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    _ = try await model.reply(to: request) { piece.yield($0) }
                }
            }
            var seen = 0
            for await _ in pieces {
                seen += 1
                if seen == count { break }
            }
            group.cancelAll()
        }
        piece.finish()
        var told: [[FailedUsage]] = []
        for await case .abandoned(let parts) in pieces { told.append(parts) }
        return told
    }
}
