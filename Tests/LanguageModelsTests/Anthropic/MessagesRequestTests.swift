import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

struct MessagesRequestTests {
    private let get = ToolSchema(name: "get", description: "d", parameters: ["type": "object"])
    private let call = ModelToolCall(id: "call_1", name: "get", arguments: "{\"a\":1}")

    private func json(
        _ request: ModelRequest, model: String = "claude-3-5-haiku-latest", options: ModelOptions = ModelOptions()
    ) throws -> JSONValue {
        try TestAPI.anthropic(model).body(request, options: options)
    }

    @Test func `a conversation with a tool call is mapped`() throws {
        let body = try json(
            ModelRequest(
                messages: [
                    .system("s"), .user("u"), .assistant("", toolCalls: [call]), .tool(callID: "call_1", content: "r"),
                    .user("and?"),
                ],
                tools: [get], maxTokens: 9), options: ModelOptions(temperature: 0.5))
        let cached: JSONValue = ["type": "ephemeral"]
        #expect(
            body == [
                "model": "claude-3-5-haiku-latest", "max_tokens": 9, "temperature": 0.5, "stream": true,
                "system": [["type": "text", "text": "s", "cache_control": cached]],
                "tools": [
                    [
                        "name": "get", "description": "d", "input_schema": ["type": "object"],
                        "cache_control": cached,
                    ]
                ],
                "messages": [
                    ["role": "user", "content": [["type": "text", "text": "u"]]],
                    [
                        "role": "assistant",
                        "content": [["type": "tool_use", "id": "call_1", "name": "get", "input": ["a": 1]]],
                    ],
                    [
                        "role": "user",
                        "content": [
                            ["type": "tool_result", "tool_use_id": "call_1", "content": "r"],
                            ["type": "text", "text": "and?", "cache_control": cached],
                        ],
                    ],
                ],
            ])
    }

    @Test func `without tools those of earlier calls are named and forbidden`() throws {
        let body = try json(
            ModelRequest(messages: [
                .user("u"), .assistant("", toolCalls: [call]), .tool(callID: "call_1", content: "r"),
            ]))
        #expect(body["tools"]?[0]?["name"] == "get")
        #expect(body["tool_choice"] == ["type": "none"])
        #expect(try json(ModelRequest(messages: [.user("u")]))["tools"] == nil)
    }

    @Test(
        arguments: [
            ("claude-opus-4-8", nil, nil, #"{"type":"adaptive"}"#, "high"),
            ("claude-sonnet-4-6", "low", nil, #"{"type":"adaptive"}"#, "low"),
            ("claude-sonnet-5-5", "max", 4096, #"{"type":"adaptive"}"#, "max"),
            ("claude-opus-4-6", "none", nil, #"{"type":"disabled"}"#, nil),
            ("claude-fable-5", "none", nil, nil, "low"),
            ("claude-opus-4-6", nil, 2048, #"{"type":"enabled","budget_tokens":2048}"#, nil),
            ("claude-sonnet-4-5-20250929", nil, nil, #"{"type":"enabled","budget_tokens":16384}"#, nil),
            ("claude-haiku-4-5", "low", nil, #"{"type":"enabled","budget_tokens":2048}"#, nil),
            ("claude-opus-4-20250514", nil, 4000, #"{"type":"enabled","budget_tokens":4000}"#, nil),
            ("claude-3-7-sonnet-20250219", nil, 10, #"{"type":"enabled","budget_tokens":1024}"#, nil),
            ("claude-3-7-sonnet-20250219", nil, 0, nil, nil), ("claude-3-5-sonnet-20241022", "high", nil, nil, nil),
            ("some-other-model", "high", nil, nil, nil),
            ("some-other-model", nil, 2000, #"{"type":"enabled","budget_tokens":2000}"#, nil),
        ] as [(String, String?, Int?, String?, String?)])
    func `models think in the way that each knows`(
        model: String, effort: String?, budget: Int?, thinking: String?, sent: String?
    ) throws {
        let options = ModelOptions(temperature: 0.3, reasoningEffort: effort, thinkingBudget: budget)
        let body = try json(ModelRequest(messages: [.user("u")]), model: model, options: options)
        #expect(try body["thinking"] == thinking.map { try JSONParser.parse($0) })
        #expect(body["output_config", "effort"]?.string == sent)
        // With thoughts Anthropic takes no temperature.
        #expect((body["temperature"] == nil) == (thinking?.contains("disabled") == false))
    }

    /// Models with a budget refuse to think in the middle of what they, or another, began without.
    @Test(arguments: [("claude-sonnet-4-5", false), ("claude-sonnet-4-6", true)])
    func `what another model began is finished without a thought where that is needed`(model: String, thinks: Bool)
        throws
    {
        var messages: [ChatMessage] = [
            .user("u"), .assistant("", toolCalls: [call]), .tool(callID: "call_1", content: "r"),
        ]
        #expect((try json(ModelRequest(messages: messages, tools: [get]), model: model)["thinking"] != nil) == thinks)
        messages.append(.user("and now?"))
        #expect(try json(ModelRequest(messages: messages, tools: [get]), model: model)["thinking"] != nil)
    }

    @Test func `a thought leaves room for an answer`() throws {
        let body = try json(
            ModelRequest(messages: [.user("u")], maxTokens: 4096), model: "claude-sonnet-4-5",
            options: ModelOptions(reasoningEffort: "high"))
        #expect(body["thinking", "budget_tokens"] == 3072)
        let small = try json(ModelRequest(messages: [.user("u")], maxTokens: 1500), model: "claude-sonnet-4-5")
        #expect(small["thinking"] == nil)
        let adaptive = try json(ModelRequest(messages: [.user("u")], maxTokens: 100), model: "claude-sonnet-4-6")
        #expect(adaptive["thinking"] == ["type": "disabled"])
    }

    @Test(arguments: [
        ("claude-3-opus-20240229", 4096), ("claude-3-5-sonnet-20241022", 8192), ("claude-sonnet-4-5", 32_000),
        ("unknown", 32_000),
    ])
    func `a limit is always sent, because Anthropic wants one`(model: String, limit: Int) throws {
        #expect(try json(ModelRequest(messages: [.user("u")]), model: model)["max_tokens"]?.int == limit)
    }

    @Test(arguments: [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
        ("https://gateway/anthropic", "https://gateway/anthropic/v1/messages"),
        ("https://gateway/v1/messages?x=1", "https://gateway/v1/messages?x=1"),
    ])
    func `the address is made from what people configure`(base: String, url: String) throws {
        let request = try AnthropicAPI(model: "m", baseURL: base, apiKey: Credential("k")).request(
            ModelRequest(messages: [.user("u")]), options: ModelOptions())
        #expect(request.url == url)
        #expect(request.headers["x-api-key"] == ["k"])
        #expect(request.headers["anthropic-version"] == ["2023-06-01"])
    }

    @Test(arguments: [
        ("claude-sonnet-4-6", 4, 6), ("claude-3-7-sonnet-20250219", 3, 7), ("claude-opus-4-20250514", 4, 0),
        ("us.anthropic.claude-opus-4-6-v1:0", 4, 6), ("anthropic.claude-sonnet-4-20250514-v1:0", 4, 0),
        ("claude-sonnet-5", 5, 0), ("claude-haiku-5-5@20270101", 5, 5),
    ])
    func `versions are read from names`(name: String, major: Int, minor: Int) throws {
        let version = try #require(ClaudeModel(name).version)
        #expect(version == (major, minor))
    }
}
