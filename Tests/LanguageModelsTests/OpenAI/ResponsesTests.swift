import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

struct ResponsesTests {
    private let api = TestAPI.responses()

    private func decode(_ name: String) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        try Recorded(api, "responses/\(name).sse").decode()
    }

    @Test func `text is read`() throws {
        let (decoded, deltas) = try decode("text")
        #expect(decoded.reply.content == "web has 3 replicas — all ready.")
        #expect(decoded.reply.usage == TokenUsage(prompt: 36, completion: 11, cached: 20))
        #expect(decoded.attached == .null)
        #expect(deltas == [.content("web has "), .content("3 replicas — all ready.")])
    }

    @Test func `reasoning goes back encrypted as it came, before what it led to`() throws {
        let decoded = try decode("tool-calls").reply
        #expect(decoded.reply.usage.reasoning == 832)
        #expect(decoded.reply.finish == .toolCalls)
        let results: [ChatMessage] = decoded.reply.toolCalls.map { .tool(callID: $0.id, content: "r") }
        let body = try api.body(ModelRequest(messages: [.user("x"), try api.message(decoded)] + results))
        #expect(
            body["input"] == [
                ["role": "user", "content": "x"],
                ["id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "gAAAAABpLEncrypted+/=="],
                ["role": "assistant", "content": "Looking.", "phase": "commentary"],
                [
                    "type": "function_call", "call_id": "call_12xyz", "name": "k8s_get",
                    "arguments": "{\"resource_type\":\"deployments\"}",
                ],
                [
                    "type": "function_call", "call_id": "call_13xyz", "name": "k8s_scale",
                    "arguments": "{\"name\":\"web\",\"replicas\":3}",
                ],
                ["type": "function_call_output", "call_id": "call_12xyz", "output": "r"],
                ["type": "function_call_output", "call_id": "call_13xyz", "output": "r"],
            ])
    }

    @Test func `a call that was cut off is none`() throws {
        var assembler = ResponsesAssembler()
        _ = try assembler.add([
            "type": "response.output_item.added", "output_index": 0,
            "item": ["type": "function_call", "name": "k8s_scale", "arguments": ""],
        ])
        let error = #expect(throws: LanguageModelError.self) {
            try assembler.add(["type": "response.completed", "response": ["status": "completed"]])
        }
        #expect(error?.code == .incomplete)
        // Whatever ended early has no call with half its arguments.
        let cut = try #require(throws: LanguageModelError.self) { try decode("incomplete") }
        #expect(cut.message.contains("token limit"))
    }

    @Test func `ends of other kinds are told apart`() throws {
        #expect(try decode("filtered").reply.reply.finish == .contentFilter)
        #expect(try decode("refusal").reply.reply.content == "I can't help with that.")
        #expect(try decode("refusal").deltas == [.content("I can't help with that.")])
        let failed = try Recorded(api, "responses/failed.sse").failure()
        #expect(failed.code == .unavailable)
        #expect(failed.message.contains("failed to generate"))
        #expect(try Recorded(api, "responses/error.sse").failure().code == .rateLimited)
    }

    @Test func `a response that isn't streamed is read`() throws {
        let whole: JSONValue = [
            "object": "response", "status": "completed", "usage": ["input_tokens": 3, "output_tokens": 4],
            "output": [
                ["type": "message", "content": [["type": "output_text", "text": "Hi"]]],
                ["type": "function_call", "call_id": "a", "name": "get", "arguments": "{}"],
            ],
        ]
        let (decoded, deltas) = try RecordedStream.decode(JSONWriter.bytes(whole), with: api.decoder(limit: 1000))
        #expect(decoded.reply.toolCalls == [ModelToolCall(id: "a", name: "get", arguments: "{}")])
        #expect(deltas == [.content("Hi")])
    }

    @Test func `what would be looked for in vain isn't sent back`() throws {
        var assembler = ResponsesAssembler()
        let output: JSONValue = [
            ["type": "reasoning", "id": "rs_1", "summary": []], ["type": "message", "content": [["text": "Hi"]]],
        ]
        _ = try assembler.add([
            "type": "response.completed", "response": ["status": "completed", "output": output],
        ])
        #expect(try assembler.reply().attached == .null)
    }

    @Test func `a conversation is mapped, and nothing of it is stored there`() throws {
        let body = try TestAPI.responses("gpt-4.1").body(
            ModelRequest(
                messages: [
                    .system("s"), .user("u"), .assistant("a", toolCalls: []), .system("note"), .user("v"),
                ],
                tools: [ToolSchema(name: "get", description: "d", parameters: ["type": "object"])], maxTokens: 9),
            options: ModelOptions(temperature: 0.5))
        #expect(
            body == [
                "model": "gpt-4.1", "instructions": "s", "store": false, "stream": true, "max_output_tokens": 9,
                "temperature": 0.5,
                "input": [
                    ["role": "user", "content": "u"], ["role": "assistant", "content": "a"],
                    ["role": "developer", "content": "note"], ["role": "user", "content": "v"],
                ],
                "tools": [
                    [
                        "type": "function", "name": "get", "description": "d", "parameters": ["type": "object"],
                        "strict": false,
                    ]
                ],
            ])
    }

    @Test(
        arguments: [
            ("gpt-5-mini", nil, "high"), ("gpt-5.5", "low", "low"), ("o3", nil, "high"), ("o4-mini", nil, "high"),
            ("gpt-4o", nil, nil), ("gpt-4o", "medium", "medium"), ("gpt-5-chat-latest", nil, nil), ("omni-x", nil, nil),
            ("openai/gpt-oss-120b", nil, "high"),
        ] as [(String, String?, String?)])
    func `models that reason do so hard`(model: String, effort: String?, sent: String?) throws {
        let body = try TestAPI.responses(model).body(
            ModelRequest(messages: [.user("u")]), options: ModelOptions(reasoningEffort: effort))
        #expect(body["reasoning", "effort"]?.string == sent)
        #expect((body["include"] == ["reasoning.encrypted_content"]) == (sent != nil))
    }

    @Test(arguments: [
        ("https://api.openai.com", "https://api.openai.com/v1/responses", "authorization", "Bearer k"),
        ("https://h/x/responses", "https://h/x/responses", "authorization", "Bearer k"),
        ("https://r.openai.azure.com", "https://r.openai.azure.com/openai/v1/responses", "api-key", "k"),
    ])
    func `the address is made from what people configure`(base: String, url: String, header: String, value: String)
        throws
    {
        let request = try OpenAIResponsesAPI(model: "m", baseURL: base, apiKey: Credential("k")).request(
            ModelRequest(messages: [.user("u")]), options: ModelOptions())
        #expect(request.url == url)
        #expect(request.headers[header] == [value])
    }
}
