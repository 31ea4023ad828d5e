import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

struct ConverseTests {
    private let api = TestAPI.bedrock()

    private func decode(_ name: String) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        try Recorded(api, "bedrock/\(name).jsonl").decode()
    }

    @Test(arguments: ["text", "tool-calls", "throttled"])
    func `the recorded bytes are those of the recorded messages`(name: String) throws {
        #expect(
            try RecordedStream.eventStream("bedrock/\(name).jsonl")
                == RecordedStream.bytes("bedrock/\(name).eventstream"))
    }

    @Test func `text is read`() throws {
        let (decoded, deltas) = try decode("text")
        #expect(decoded.reply.content == "web has 3 replicas — all ready.")
        #expect(decoded.reply.usage == TokenUsage(prompt: 25, completion: 15))
        #expect(decoded.attached == .null)
        #expect(deltas == [.content("web has "), .content("3 replicas — all ready.")])
    }

    @Test func `thoughts and calls go back as they came`() throws {
        let (decoded, deltas) = try decode("tool-calls")
        #expect(deltas.prefix(2) == [.reasoning("I should list"), .reasoning(" the deployments.")])
        #expect(decoded.reply.usage == TokenUsage(prompt: 1812, completion: 89, cached: 1500))
        #expect(decoded.reply.finish == .toolCalls)
        let body = try api.body(
            ModelRequest(
                messages: [
                    .user("x"), try api.message(decoded), .tool(callID: "tooluse_2", content: ""),
                    .tool(callID: "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", content: "r"),
                ], tools: [ToolSchema(name: "k8s_get", description: "", parameters: ["type": "object"])]))
        let thought: JSONValue = ["text": "I should list the deployments.", "signature": "EqQBCgIYAhIM1gbcDa9=="]
        #expect(
            body["messages"]?[1]?["content"] == [
                ["reasoningContent": ["reasoningText": thought]],
                ["reasoningContent": ["redactedContent": "cmVkYWN0ZWQ="]], ["text": "Listing."],
                [
                    "toolUse": [
                        "toolUseId": "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "name": "k8s_get",
                        "input": ["resource_type": "deployments"],
                    ]
                ],
                ["toolUse": ["toolUseId": "tooluse_2", "name": "k8s_cluster_info", "input": [:]]],
            ])
        #expect(
            body["messages"]?[2]?["content"] == [
                ["toolResult": ["toolUseId": "tooluse_2", "content": [["text": "(no output)"]]]],
                ["toolResult": ["toolUseId": "tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "content": [["text": "r"]]]],
                ["cachePoint": ["type": "default"]],
            ])
        #expect(
            body["toolConfig"] == [
                "tools": [
                    ["toolSpec": ["name": "k8s_get", "inputSchema": ["json": ["type": "object"]]]],
                    ["cachePoint": ["type": "default"]],
                ]
            ])
    }

    @Test func `thoughts that nobody signed don't go back`() throws {
        var assembler = ConverseAssembler()
        let events: [(String, JSONValue)] = [
            ("contentBlockDelta", ["contentBlockIndex": 0, "delta": ["reasoningContent": ["text": "hm"]]]),
            ("contentBlockStop", ["contentBlockIndex": 0]),
            ("contentBlockDelta", ["contentBlockIndex": 1, "delta": ["text": "Hi"]]),
            ("contentBlockStop", ["contentBlockIndex": 1]), ("brandNew", [:]),
            ("messageStop", ["stopReason": "end_turn"]),
        ]
        for (type, event) in events { _ = try assembler.add(event, type: type) }
        #expect(try assembler.reply().attached == .null)
    }

    @Test func `ends of other kinds are told apart`() throws {
        #expect(try decode("guardrail").reply.reply.finish == .contentFilter)
        #expect(try decode("max-tokens").reply.reply.finish == .length)
        let throttled = try Recorded(api, "bedrock/throttled.jsonl").failure()
        #expect(throttled.code == .rateLimited)
        #expect(throttled.message.contains("Too many tokens"))
        let long = try Recorded(api, "bedrock/validation.jsonl").failure()
        #expect(long.code == .contextTooLong)
        #expect(long.contextSize == .init(prompt: 208_310, limit: 200_000))
    }

    @Test func `without tools earlier calls are told in words`() throws {
        let call = ModelToolCall(id: "a", name: "get", arguments: "{\"x\":1}")
        let body = try api.body(
            ModelRequest(messages: [.user("u"), .assistant("", toolCalls: [call]), .tool(callID: "a", content: "r")]))
        #expect(body["toolConfig"] == nil)
        #expect(body["messages"]?[1]?["content"] == [["text": "Called get with {\"x\":1}"]])
        #expect(body["messages"]?[2]?["content"]?[0] == ["text": "Result of get:\nr"])
    }

    @Test(
        arguments: [
            (
                "anthropic.claude-sonnet-4-6", #"{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}"#,
                true
            ),
            (
                "eu.anthropic.claude-sonnet-4-20250514-v1:0", #"{"thinking":{"type":"enabled","budget_tokens":16384}}"#,
                true
            ),
            ("anthropic.claude-3-haiku-20240307-v1:0", nil, false), ("us.amazon.nova-pro-v1:0", nil, true),
            ("openai.gpt-oss-120b-1:0", #"{"reasoning_effort":"high"}"#, false),
            ("mistral.mistral-large-2402-v1:0", nil, false),
        ] as [(String, String?, Bool)])
    func `each model gets what it knows`(model: String, fields: String?, caches: Bool) throws {
        let body = try TestAPI.bedrock(model).body(ModelRequest(messages: [.system("s"), .user("u")]))
        #expect(try body["additionalModelRequestFields"] == fields.map { try JSONParser.parse($0) })
        #expect((body["system"]?.array?.count == 2) == caches)
    }

    @Test func `requests are signed anew for each attempt, and the address has the model's id encoded`() throws {
        let request = try TestAPI.bedrock("us.amazon.nova-pro-v1:0").request(
            ModelRequest(messages: [.user("u")]), options: ModelOptions())
        #expect(
            request.url
                == "https://bedrock-runtime.eu-central-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse-stream")
        #expect(request.headers["x-amz-date"] == ["20261130T172146Z"])
        #expect(
            request.headers["authorization"].first?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261130/eu-central-1/bedrock/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date, Signature=") == true)
    }

    @Test func `an API key of Bedrock needs no signature`() throws {
        let api = try BedrockAPI(
            model: "m", region: "eu-central-1", proof: .apiKey(Credential("bedrock-api-key")),
            now: { TestAPI.moment })
        let request = try api.request(ModelRequest(messages: [.user("u")]), options: ModelOptions())
        #expect(request.headers["authorization"] == ["Bearer bedrock-api-key"])
        #expect(request.headers["x-amz-date"].isEmpty)
    }

    @Test(arguments: ["", "eu central", "evil.example.com/", "a@b"])
    func `what is no region is refused`(region: String) {
        #expect(throws: LanguageModelError.self) {
            try BedrockAPI(model: "m", region: region, proof: .none, now: { TestAPI.moment })
        }
    }

    @Test(arguments: [
        (
            429, "ThrottlingException:http://internal", #"{"message":"Too many requests"}"#,
            LanguageModelError.Code.rateLimited
        ),
        (403, "ExpiredTokenException", #"{"message":"The security token is expired"}"#, .unauthorized),
        (400, "ValidationException", #"{"message":"The provided model identifier is invalid."}"#, .rejected),
        (424, "ModelErrorException", #"{"originalMessage":"broken"}"#, .unavailable),
        (408, "ModelTimeoutException", #"{"Message":"late"}"#, .unavailable),
        (429, "ModelNotReadyException", #"{"message":"not ready"}"#, .loading),
        (400, "ServiceQuotaExceededException", #"{"message":"quota"}"#, .quotaExceeded),
        (400, "ValidationException", #"{"message":"Input is too long for requested model."}"#, .contextTooLong),
    ])
    func `errors are told apart by Amazon's names`(
        status: Int, type: String, body: String, code: LanguageModelError.Code
    ) {
        let error = api.error(
            ProviderErrorAnswer(status: status, headers: ["x-amzn-ErrorType": type], body: Array(body.utf8)))
        #expect(error.code == code, "\(error)")
        let text = body.split(separator: "\"")
        #expect(error.message.contains(text[3]), "\(error)")
    }

    @Test func `an id that AWS wouldn't take is replaced, others' thoughts are left out`() throws {
        let anthropic = TestAPI.anthropic()
        let decoded = try Recorded(anthropic, "anthropic/thinking.sse").decode().reply
        var request = ModelRequest(messages: [
            .user("x"), try anthropic.message(decoded), .tool(callID: "toolu_02", content: "r"),
        ])
        request.tools = [ToolSchema(name: "k8s_get", description: "d", parameters: ["type": "object"])]
        let body = try api.body(request.prepared(for: api.author, ids: api.callIDs))
        #expect(
            body["messages"]?[1]?["content"] == [
                ["text": "Listing."],
                ["toolUse": ["toolUseId": "toolu_02", "name": "k8s_get", "input": ["resource_type": "deployments"]]],
            ])
    }
}
