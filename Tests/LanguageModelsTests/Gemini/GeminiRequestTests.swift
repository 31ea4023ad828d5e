import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

struct GeminiRequestTests {
    private func json(_ request: ModelRequest, model: String = "gemini-1.5-pro", options: ModelOptions = ModelOptions())
        throws -> JSONValue
    {
        try TestAPI.gemini(model).body(request, options: options)
    }

    @Test func `a conversation is mapped`() throws {
        let tool = ToolSchema(
            name: "get", description: "d",
            parameters: ["type": "object", "properties": ["n": ["type": "integer"]], "additionalProperties": false])
        let foreign = ModelToolCall(id: "call_1", name: "get", arguments: "{\"n\":1}")
        let body = try json(
            ModelRequest(
                messages: [
                    .system("s"), .user("u"), .assistant("ok", toolCalls: [foreign]),
                    .tool(callID: "call_1", content: "r"),
                ], tools: [tool], maxTokens: 7), options: ModelOptions(temperature: 0.5))
        #expect(
            body == [
                "systemInstruction": ["parts": [["text": "s"]]],
                "contents": [
                    ["role": "user", "parts": [["text": "u"]]],
                    [
                        "role": "model",
                        "parts": [["text": "ok"], ["functionCall": ["name": "get", "args": ["n": 1]]]],
                    ],
                    [
                        "role": "user",
                        "parts": [["functionResponse": ["name": "get", "response": ["output": "r"]]]],
                    ],
                ],
                "tools": [
                    [
                        "functionDeclarations": [
                            [
                                "name": "get", "description": "d",
                                "parameters": ["type": "OBJECT", "properties": ["n": ["type": "INTEGER"]]],
                            ]
                        ]
                    ]
                ],
                "generationConfig": ["maxOutputTokens": 7, "temperature": 0.5],
            ])
    }

    @Test(
        arguments: [
            ("gemini-3-pro-preview", nil, nil, #"{"thinkingLevel":"HIGH"}"#),
            ("gemini-3.5-flash", "low", 100, #"{"thinkingLevel":"LOW"}"#),
            ("gemini-2.5-flash", nil, nil, #"{"thinkingBudget":24576}"#),
            ("gemini-2.5-flash", "none", nil, #"{"thinkingBudget":0}"#),
            ("gemini-2.5-pro", "none", nil, #"{"thinkingBudget":128}"#),
            ("gemini-2.5-pro", "high", 2000, #"{"thinkingBudget":2000}"#),
            ("gemini-2.0-flash", "high", nil, nil), ("gemma-3-27b-it", "high", nil, nil),
        ] as [(String, String?, Int?, String?)])
    func `models think in the way that each knows`(model: String, effort: String?, budget: Int?, sent: String?) throws {
        let options = ModelOptions(reasoningEffort: effort, thinkingBudget: budget)
        var config = try json(ModelRequest(messages: [.user("u")]), model: model, options: options)[
            "generationConfig", "thinkingConfig"]
        #expect(config?["includeThoughts"]?.bool == (sent == nil ? nil : true))
        config?["includeThoughts"] = nil
        #expect(try config == sent.map { try JSONParser.parse($0) })
    }

    @Test(arguments: [
        ("https://g", "m", "https://g/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("https://g/v1/", "m", "https://g/v1/models/m:streamGenerateContent?alt=sse"),
        ("https://g/v1?key=x", "tunedModels/a b", "https://g/v1/tunedModels/a%20b:streamGenerateContent?alt=sse&key=x"),
    ])
    func `the address is made from what people configure`(base: String, model: String, url: String) throws {
        let request = try GeminiAPI(model: model, baseURL: base, apiKey: Credential("k")).request(
            ModelRequest(messages: [.user("u")]), options: ModelOptions())
        #expect(request.url == url)
        #expect(request.headers["x-goog-api-key"] == ["k"])
    }

    @Test(arguments: [
        (#"{"type":"string","format":"uuid","enum":["a",""]}"#, #"{"type":"STRING","enum":["a"]}"#),
        (#"{"type":["string","null"],"maxLength":3}"#, #"{"type":"STRING","nullable":true,"maxLength":3}"#),
        (#"{"type":"array"}"#, #"{"type":"ARRAY","items":{"type":"STRING"}}"#),
        (#"{"type":"integer","enum":[1,2],"format":"int32"}"#, #"{"type":"INTEGER","format":"int32"}"#),
        (#"{"const":"x"}"#, #"{"type":"STRING","enum":["x"]}"#),
        (
            #"{"oneOf":[{"type":"integer"},{"type":"null"}],"description":"d"}"#,
            #"{"anyOf":[{"type":"INTEGER"}],"nullable":true,"description":"d"}"#
        ),
        (
            #"{"type":"object","additionalProperties":{"type":"string"},"$schema":"x"}"#, #"{"type":"OBJECT"}"#
        ),
        (
            #"{"properties":{"a":{"type":"object","properties":{"b":{"type":"boolean"}},"required":["b"]}}}"#,
            #"{"type":"OBJECT","properties":{"a":{"type":"OBJECT","properties":{"b":{"type":"BOOLEAN"}},"required":["b"]}}}"#
        ),
    ])
    func `schemas have the words that Gemini knows`(schema: String, expected: String) throws {
        #expect(GeminiSchema.converted(try JSONParser.parse(schema)) == (try JSONParser.parse(expected)))
    }

    @Test(arguments: [("gemini-3-pro", true), ("gemini-2.5-pro", false)])
    func `calls of other models are marked as such where Gemini looks for a signature`(model: String, marked: Bool)
        throws
    {
        let calls = ["a", "b"].map { ModelToolCall(id: $0, name: "get", arguments: "{}") }
        let body = try json(
            ModelRequest(messages: [
                .user("u"), .assistant("", toolCalls: calls), .tool(callID: "a", content: "r"),
                .tool(callID: "b", content: "r"),
            ]), model: model)
        let parts = body["contents"]?[1]?["parts"]?.array ?? []
        #expect(parts.map { $0["thoughtSignature"] != nil } == [marked, false])
    }

    @Test func `a tool without parameters has no schema`() {
        #expect(GeminiSchema.parameters(["type": "object", "properties": [:]]) == nil)
    }
}
