import KubeModel
import Testing

@testable import LanguageModels

/// Two replies of each provider over HTTP: a tool is called, and its result is answered.
@Suite(.timeLimit(.minutes(1)))
struct ProviderTurnTests {
    struct Turn: Sendable, CustomTestStringConvertible {
        var name: String
        var streams: [String]
        var header: String
        var secret: String
        var api: @Sendable (String) throws -> any ProviderAPI

        var testDescription: String { name }
    }

    private static let key = Credential("test-key-0123456789")

    static let turns = [
        Turn(
            name: "Anthropic", streams: ["anthropic/thinking.sse", "anthropic/text.sse"], header: "x-api-key",
            secret: key.secret, api: { try AnthropicAPI(model: "claude-opus-4-6", baseURL: $0, apiKey: key) }),
        Turn(
            name: "Gemini", streams: ["gemini/tool-calls.sse", "gemini/text.sse"], header: "x-goog-api-key",
            secret: key.secret, api: { try GeminiAPI(model: "gemini-3-pro", baseURL: $0, apiKey: key) }),
        Turn(
            name: "OpenAI's responses", streams: ["responses/tool-calls.sse", "responses/text.sse"],
            header: "authorization", secret: key.secret,
            api: { try OpenAIResponsesAPI(model: "gpt-5", baseURL: $0, apiKey: key) }),
        Turn(
            name: "Azure", streams: ["azure/tool-call.sse", "azure/asynchronous-filter.sse"], header: "api-key",
            secret: key.secret, api: { try AzureOpenAIAPI(model: "d", baseURL: $0, apiKey: key) }),
        Turn(
            name: "Bedrock", streams: ["bedrock/tool-calls.jsonl", "bedrock/text.jsonl"], header: "authorization",
            secret: "AKIDEXAMPLE",
            api: {
                try BedrockAPI(
                    model: "anthropic.claude-sonnet-4-6", region: "eu-central-1", baseURL: $0,
                    proof: .signature(TestAPI.awsKeys), now: { TestAPI.moment })
            }),
    ]

    private static func answer(_ file: String) throws -> ScriptedServer.Answer {
        let bytes = try file.hasSuffix(".jsonl") ? RecordedStream.eventStream(file) : RecordedStream.bytes(file)
        // In pieces, as they come over a network.
        let size = 50
        return ScriptedServer.Answer(
            pieces: stride(from: 0, to: bytes.count, by: size).map {
                .bytes(Array(bytes[$0..<min($0 + size, bytes.count)]))
            })
    }

    @Test(arguments: turns)
    func `a tool is called and its result is answered`(turn: Turn) async throws {
        try await ScriptedServer.with(try turn.streams.map(Self.answer), api: turn.api) { model, server in
            var request = ModelRequest(messages: [.user("x")])
            request.tools = [ToolSchema(name: "k8s_get", description: "d", parameters: ["type": "object"])]
            let first = try await model.reply(to: request)
            #expect(first.finish == .toolCalls)
            #expect(Set(first.toolCalls.map(\.id)).count == first.toolCalls.count)
            request.messages.append(
                .assistant(first.content, toolCalls: first.toolCalls, providerData: first.providerData))
            request.messages += first.toolCalls.map { .tool(callID: $0.id, content: "r") }
            #expect(try await model.reply(to: request).content.hasPrefix("web has 3 replicas"))
            #expect(server.requests.count == 2)
            #expect(server.requests.allSatisfy { $0.headers[turn.header]?.contains(turn.secret) == true })
            let sent = JSONWriter.string(try #require(server.requests.last?.body))
            for call in first.toolCalls { #expect(sent.contains(call.name)) }
        }
    }

    @Test(arguments: turns)
    func `a reply that breaks off in the middle is asked for again, and nothing of it is left`(turn: Turn) async throws
    {
        var cut = try Self.answer(turn.streams[0])
        cut.pieces = Array(cut.pieces.prefix(cut.pieces.count / 2)) + [.cut]
        try await ScriptedServer.with([cut, try Self.answer(turn.streams[1])], api: turn.api) { model, server in
            let reply = try await model.reply(to: ModelRequest(messages: [.user("x")]))
            #expect(reply.content.hasPrefix("web has 3 replicas"))
            #expect(reply.toolCalls.isEmpty)
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: turns)
    func `the key is in no error, also where the provider quotes it`(turn: Turn) async throws {
        let body = "{\"message\":\"bad key \(turn.secret)\",\"error\":{\"message\":\"bad key \(turn.secret)\"}}"
        try await ScriptedServer.with([.status(401, body)], api: turn.api) { model, _ in
            let error = await #expect(throws: LanguageModelError.self) {
                try await model.reply(to: ModelRequest(messages: [.user("x")]))
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.message.contains(turn.secret) == false)
            #expect(error?.message.contains("bad key") == true)
        }
    }
}
