import KubeModel
import Testing

@testable import LanguageModels

struct MessagesAssemblerTests {
    private func decode(_ name: String) throws -> (reply: DecodedReply, deltas: [ModelDelta]) {
        try Recorded(TestAPI.anthropic(), "anthropic/\(name).sse").decode()
    }

    private func assemble(_ events: [JSONValue]) throws -> DecodedReply {
        var assembler = MessagesAssembler()
        for event in events { _ = try assembler.add(event) }
        return try assembler.reply()
    }

    private func end(_ reason: JSONValue) -> JSONValue { ["type": "message_delta", "delta": ["stop_reason": reason]] }

    private func start(_ index: Int, _ block: JSONValue) -> JSONValue {
        ["type": "content_block_start", "index": JSONValue(index), "content_block": block]
    }

    private func stop(_ index: Int) -> JSONValue { ["type": "content_block_stop", "index": JSONValue(index)] }

    @Test func `text is read`() throws {
        let (decoded, deltas) = try decode("text")
        #expect(decoded.reply.content == "web has 3 replicas — all ready.")
        #expect(decoded.reply.finish == .stop)
        #expect(decoded.reply.usage == TokenUsage(prompt: 25, completion: 15))
        #expect(decoded.attached == .null)
        #expect(deltas == [.content("web has "), .content("3 replicas — all ready.")])
    }

    @Test func `calls are whole, and cached tokens are part of the prompt`() throws {
        let reply = try decode("tool-calls").reply.reply
        #expect(reply.content == "Looking at the shop.")
        #expect(
            reply.toolCalls == [
                ModelToolCall(
                    id: "toolu_01T1x1fJ34qAmk2tNTrN7Up6", name: "k8s_get",
                    arguments: "{\"resource_type\": \"deployments\", \"namespace\": \"shop\"}"),
                ModelToolCall(
                    id: "toolu_01A09q90qw90lq917835lq9", name: "k8s_scale",
                    arguments: "{\"name\": \"web\", \"replicas\": 3}"),
                ModelToolCall(id: "toolu_01B", name: "k8s_cluster_info", arguments: "{}"),
            ])
        #expect(reply.finish == .toolCalls)
        #expect(reply.usage == TokenUsage(prompt: 1812, completion: 89, cached: 1500))
    }

    @Test func `thoughts are told, kept in their places and not part of the answer`() throws {
        let (decoded, deltas) = try decode("thinking")
        #expect(decoded.reply.content == "Listing.")
        #expect(decoded.reply.usage.reasoning == 31)
        #expect(deltas.prefix(2) == [.reasoning("I should list"), .reasoning(" the deployments.")])
        let api = TestAPI.anthropic()
        let body = try api.body(
            ModelRequest(messages: [.user("x"), try api.message(decoded), .tool(callID: "toolu_02", content: "r")]))
        let redacted = "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP"
        #expect(
            body["messages"]?[1]?["content"] == [
                [
                    "type": "thinking", "thinking": "I should list the deployments.",
                    "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/v==",
                ],
                ["type": "redacted_thinking", "data": .string(redacted)], ["type": "text", "text": "Listing."],
                ["type": "thinking", "thinking": "", "signature": "EvcBCkYIBRgCIkAsecond"],
                [
                    "type": "tool_use", "id": "toolu_02", "name": "k8s_get",
                    "input": ["resource_type": "deployments"],
                ],
            ])
    }

    @Test func `a refusal is the content filter's, with what it says`() throws {
        #expect(try decode("refusal").reply.reply.finish == .contentFilter)
        let details: JSONValue = ["stop_reason": "refusal", "stop_details": ["explanation": "Not this."]]
        let error = #expect(throws: LanguageModelError.self) {
            try assemble([["type": "message_delta", "delta": details]])
        }
        #expect(error?.message == "the provider's content filter withheld the whole reply: Not this.")
    }

    @Test func `calls of a reply that was cut off are marked so`() throws {
        #expect(try decode("max-tokens").reply.reply.finish == .length)
    }

    @Test func `unknown events are read over, and unknown blocks go back as they came`() throws {
        let decoded = try assemble([
            ["type": "brand_new", "index": 7], start(0, ["type": "compaction", "text": "", "x": 1]),
            ["type": "content_block_delta", "index": 0, "delta": ["type": "brand_new_delta", "y": 2]],
            ["type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": "short"]], stop(0),
            start(1, ["type": "text", "text": "Hi"]), stop(1), end("end_turn"),
        ])
        #expect(decoded.reply.content == "Hi")
        #expect(decoded.attached == [["opaque": ["type": "compaction", "text": "short", "x": 1]], ["text": 2]])
    }

    @Test func `arguments that come with the beginning of a call count`() throws {
        let call: JSONValue = ["type": "tool_use", "id": "a", "name": "get", "input": ["x": 1]]
        let decoded = try assemble([start(0, call), stop(0), end("tool_use")])
        #expect(decoded.reply.toolCalls == [ModelToolCall(id: "a", name: "get", arguments: "{\"x\":1}")])
    }

    @Test(arguments: ["", "{", #"{"a":1"#])
    func `a call that wasn't closed and may be cut is none, whatever the end says`(arguments: String) {
        let call: JSONValue = ["type": "tool_use", "id": "a", "name": "get", "input": [:]]
        let piece: JSONValue = [
            "type": "content_block_delta", "index": 0, "delta": ["partial_json": .string(arguments)],
        ]
        let error = #expect(throws: LanguageModelError.self) { try assemble([start(0, call), piece, end("tool_use")]) }
        #expect(error?.code == .incomplete)
    }

    @Test func `a reply that isn't streamed is read`() throws {
        let whole: JSONValue = [
            "type": "message", "stop_reason": "tool_use", "usage": ["input_tokens": 3, "output_tokens": 4],
            "content": [
                ["type": "thinking", "thinking": "hm", "signature": "s"], ["type": "text", "text": "Hi"],
                ["type": "tool_use", "id": "a", "name": "get", "input": [:]],
            ],
        ]
        let (decoded, deltas) = try RecordedStream.decode(
            JSONWriter.bytes(whole), with: TestAPI.anthropic().decoder(limit: 1000))
        #expect(decoded.reply.toolCalls == [ModelToolCall(id: "a", name: "get", arguments: "{}")])
        #expect(decoded.reply.usage == TokenUsage(prompt: 3, completion: 4))
        #expect(deltas == [.reasoning("hm"), .content("Hi"), .toolCall(name: "get")])
    }

    @Test(arguments: ["pause_turn", "brand_new"])
    func `calls of a reply that ended for an unknown reason aren't trusted to be whole`(reason: String) {
        let call: JSONValue = ["type": "tool_use", "id": "a", "name": "x"]
        let error = #expect(throws: LanguageModelError.self) {
            try assemble([start(0, call), stop(0), end(.string(reason))])
        }
        #expect(error?.code == .incomplete)
    }

    @Test func `blocks that aren't told apart, or too many, are refused`() {
        #expect(throws: LanguageModelError.self) {
            try assemble([start(0, ["type": "text"]), start(0, ["type": "text"])])
        }
        let calls = (0..<300).flatMap { [start($0, ["type": "tool_use", "id": "a", "name": "x"]), stop($0)] }
        #expect(throws: LanguageModelError.self) { try assemble(calls) }
    }
}
