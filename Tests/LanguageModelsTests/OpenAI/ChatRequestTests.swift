import KubeModel
import Testing

@testable import LanguageModels

struct ChatRequestTests {
    private func json(_ request: ModelRequest, temperature: Double? = nil) -> JSONValue {
        ChatRequest(
            model: "m", request: request, options: ModelOptions(temperature: temperature)
        ).json
    }

    @Test func `a conversation with a tool call is mapped`() {
        let body = json(
            ModelRequest(
                messages: [
                    .system("s"), .user("u"),
                    .assistant("", toolCalls: [ModelToolCall(id: "c1", name: "get", arguments: "{\"a\":1}")]),
                    .tool(callID: "c1", content: "r"), .assistant("done", toolCalls: []),
                ],
                tools: [ToolSchema(name: "get", description: "d", parameters: ["type": "object"])], maxTokens: 9),
            temperature: 0.5)
        #expect(
            body == [
                "model": "m",
                "messages": [
                    ["role": "system", "content": "s"], ["role": "user", "content": "u"],
                    [
                        "role": "assistant", "content": .null,
                        "tool_calls": [
                            ["id": "c1", "type": "function", "function": ["name": "get", "arguments": "{\"a\":1}"]]
                        ],
                    ],
                    ["role": "tool", "tool_call_id": "c1", "content": "r"], ["role": "assistant", "content": "done"],
                ],
                "tools": [
                    [
                        "type": "function",
                        "function": ["name": "get", "description": "d", "parameters": ["type": "object"]],
                    ]
                ],
                "max_tokens": 9, "temperature": 0.5, "stream": true, "stream_options": ["include_usage": true],
            ])
    }

    @Test func `what isn't set isn't sent`() {
        let body = json(ModelRequest(messages: [.user("u")]))
        #expect(body.object?.keys == ["model", "messages", "stream", "stream_options"])
    }

    @Test(arguments: ["{\"a\":", "[1]", "", "\"x\""])
    func `arguments that are no object can't poison the conversation`(text: String) throws {
        let call = ModelToolCall(id: "c1", name: "get", arguments: text)
        let body = json(ModelRequest(messages: [.assistant("", toolCalls: [call])]))
        let sent = body["messages"]?[0]?["tool_calls"]?[0]?["function", "arguments"]?.string
        #expect(try JSONParser.parse(sent ?? "") == ["unparsable": .string(text)])
    }

    @Test(arguments: [
        ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions", "api.openai.com"),
        ("http://localhost:11434/v1//", "http://localhost:11434/v1/chat/completions", "localhost:11434"),
        ("https://u:p@h/v1/chat/completions", "https://u:p@h/v1/chat/completions", "h"),
        ("http://localhost:8000", "http://localhost:8000/v1/chat/completions", "localhost:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000/v1/chat/completions", "[::1]:8000"),
        ("https://h/x?api-version=1", "https://h/x/chat/completions?api-version=1", "h"),
    ])
    func `the address is made from what people configure`(base: String, url: String, host: String) throws {
        let api = try OpenAIChatAPI(model: "m", baseURL: base, apiKey: nil)
        #expect(try api.request(ModelRequest(messages: []), options: .quick).url == url)
        #expect(api.endpoint.host == host)
    }

    @Test(arguments: ["", "ftp://x", "api.openai.com/v1", "https://", "https:///v1"])
    func `what is no address is refused`(base: String) { #expect(ModelEndpoint(base: base) == nil) }

    @Test func `a credential shows itself nowhere`() {
        let key = Credential("sk-secret\n")
        var dumped = ""
        dump(ModelOptions(headers: ["x": key]), to: &dumped)
        #expect(!"\(key) \(String(reflecting: key)) \(dumped)".contains("sk-secret"))
        #expect(key.secret == "sk-secret")
        #expect(!Credential("a\nb").fitsHeader)
    }
}
