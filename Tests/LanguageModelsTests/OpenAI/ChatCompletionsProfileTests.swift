import KubeModel
import Testing

@testable import LanguageModels

/// What is sent to servers that differ from OpenAI.
@Suite struct ChatCompletionsProfileTests {
    private func body(_ provider: String? = nil, at baseURL: String = "http://gateway/v1") throws -> JSONValue {
        let api = try OpenAIChatAPI(model: "m", baseURL: baseURL, apiKey: nil, provider: provider)
        let schema: JSONValue = [
            "type": "object", "additionalProperties": false,
            "properties": [
                "const": ["type": "string", "const": "a"], "n": ["type": "integer", "exclusiveMinimum": 0],
            ],
        ]
        let request = ModelRequest(
            messages: [
                .assistant("", toolCalls: [ModelToolCall(id: "call_1", name: "get pods!", arguments: "{}")]),
                .tool(callID: "call_1", content: "r"),
            ], tools: [ToolSchema(name: "get", description: "d", parameters: schema)], maxTokens: 9)
        let options = ModelOptions(reasoningEffort: "high", thinkingBudget: 7)
        let sent = try api.request(request.prepared(for: api.author, ids: api.callIDs), options: options)
        return try JSONParser.parse(sent.body)
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://api.groq.com/openai/v1", "max_completion_tokens"),
        ("https://API.X.AI/v1", "max_completion_tokens"), ("https://api.deepseek.com", "max_tokens"),
        ("http://localhost:11434/v1", "max_tokens"), ("https://notapi.x.ai.example/v1", "max_tokens"),
    ])
    func `the token limit has the field that the address knows`(baseURL: String, field: String) throws {
        let body = try body(at: baseURL)
        #expect(body[field] == 9)
        #expect(["max_tokens", "max_completion_tokens"].filter { body[$0] != nil } == [field])
        #expect(body["reasoning_effort"] == "high" && body["stream_options"] != nil)
    }

    @Test func `Mistral gets ids of nine characters, and nothing that it refuses`() throws {
        let body = try body("Mistral")
        #expect(body["messages"]?[0]?["tool_calls"]?[0]?["id"] == "call00001")
        #expect(body["messages"]?[1]?["tool_call_id"] == "call00001")
        #expect(body["stream_options"] == nil && body["max_tokens"] == 9)
    }

    @Test func `OpenRouter takes what is to be thought in one object`() throws {
        let body = try body("OpenRouter")
        #expect(body["reasoning"] == ["effort": "high", "max_tokens": 7])
        #expect(body["reasoning_effort"] == nil)
    }

    @Test func `Google gets no words of JSON Schema that it refuses, and all properties`() throws {
        let body = try body(at: "https://generativelanguage.googleapis.com/v1beta/openai")
        #expect(
            body["tools"]?[0]?["function", "parameters"] == [
                "type": "object",
                "properties": ["const": ["type": "string"], "n": ["type": "integer"]],
            ])
        #expect(body["extra_body", "google", "thinking_config", "thinking_budget"] == 7)
    }

    @Test func `a name that a model made up can't poison the conversation`() throws {
        #expect(try body()["messages"]?[0]?["tool_calls"]?[0]?["function", "name"] == "get_pods_")
    }
}
