import KubeModel
import Testing

@testable import LanguageModels

struct ReplyAssemblerTests {
    private func assemble(_ chunks: [JSONValue]) throws -> (ModelReply, [ModelDelta]) {
        var assembler = ReplyAssembler()
        var deltas: [ModelDelta] = []
        for chunk in chunks { deltas += try assembler.add(chunk) }
        return (try assembler.reply().reply, deltas)
    }

    private func delta(_ delta: JSONValue, finish: String? = nil) -> JSONValue {
        ["choices": [["index": 0, "delta": delta, "finish_reason": finish.map(JSONValue.string) ?? .null]]]
    }

    private func call(_ index: Int?, _ id: String?, _ name: String?, _ arguments: JSONValue) -> JSONValue {
        .compact([
            "index": index.map { JSONValue($0) }, "id": id.map(JSONValue.string),
            "function": .compact(["name": name.map(JSONValue.string), "arguments": arguments]),
        ])
    }

    private func calls(_ groups: [[JSONValue]]) throws -> [ModelToolCall] {
        let chunks = groups.map { delta(["tool_calls": .array($0)]) } + [delta([:], finish: "tool_calls")]
        return try assemble(chunks).0.toolCalls
    }

    @Test func `text, reasoning and usage are put together`() throws {
        let (reply, deltas) = try assemble([
            delta(["role": "assistant", "content": ""]),
            delta(["reasoning_content": "hm"]), delta(["reasoning": " ok"]),
            delta(["content": "Hello"]), delta(["content": " you"]), delta([:], finish: "stop"),
            [
                "choices": [],
                "usage": [
                    "prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": ["cached_tokens": 4],
                    "completion_tokens_details": ["reasoning_tokens": 2],
                ],
            ],
        ])
        #expect(
            reply
                == ModelReply(
                    content: "Hello you", finish: .stop,
                    usage: TokenUsage(prompt: 10, completion: 5, cached: 4, reasoning: 2)))
        #expect(deltas == [.reasoning("hm"), .reasoning(" ok"), .content("Hello"), .content(" you")])
    }

    @Test func `fragments of two calls are told apart by their index`() throws {
        let result = try calls([
            [call(0, "a", "get", "")], [call(0, nil, nil, "{\"x\"")], [call(1, "b", "list", "")],
            [call(0, nil, nil, ":1}"), call(1, nil, nil, "{}")],
        ])
        #expect(
            result == [
                ModelToolCall(id: "a", name: "get", arguments: "{\"x\":1}"),
                ModelToolCall(id: "b", name: "list", arguments: "{}"),
            ])
    }

    @Test func `whole calls that all have index 0 are separate calls`() throws {
        let byID = try calls([[call(0, "a", "get", "{}")], [call(0, "b", "get", "{}")]])
        #expect(byID.map(\.id) == ["a", "b"])
        let withoutIDs = try calls([[call(0, nil, "get", "{\"n\":1}"), call(0, nil, "get", "{\"n\":2}")]])
        #expect(withoutIDs.map(\.arguments) == ["{\"n\":1}", "{\"n\":2}"])
        #expect(withoutIDs.map(\.id) == ["", ""])
    }

    @Test func `whole calls without an index are separate calls`() throws {
        let result = try calls([[call(nil, "a", "get", "{}"), call(nil, "a", "list", "{}")]])
        #expect(result.map(\.name) == ["get", "list"])
        #expect(result.map(\.id) == ["a", "a"])
    }

    @Test func `an id and a name repeated with each fragment begin no new call`() throws {
        let result = try calls([
            [call(0, "a", "get", "{\"x\"")], [call(0, "a", "get", ":1}")], [call(0, "a", "get", "")],
        ])
        #expect(result == [ModelToolCall(id: "a", name: "get", arguments: "{\"x\":1}")])
    }

    @Test(arguments: [
        ("", "{}"), (" ", "{}"), ("null", "{}"), ("[]", "{}"), (#""{\"x\":1}""#, #"{"x":1}"#),
        (#"{}{"x":1}"#, #"{"x":1}"#), (#"{"x""#, #"{"x""#), ("[1]", "[1]"),
    ])
    func `arguments that can mean one object only are that`(given: String, meant: String) throws {
        #expect(try calls([[call(0, "a", "get", .string(given))]]).map(\.arguments) == [meant])
    }

    @Test func `pieces without an index are told apart by their ids`() throws {
        let result = try calls([
            [call(nil, "a", "get", "{\"x\"")], [call(nil, "b", "list", "{\"y\"")], [call(nil, "a", nil, ":1}")],
            [call(nil, "b", nil, ":2}")],
        ])
        #expect(result.map(\.arguments) == ["{\"x\":1}", "{\"y\":2}"])
    }

    @Test func `a fragment sent twice never makes two calls`() throws {
        let whole = call(0, "a", "delete", "{\"name\":\"web\"}")
        #expect(try calls([[whole], [whole]]).count == 1)
    }

    @Test func `arguments may come as an object or not at all`() throws {
        let result = try calls([[call(0, "a", "get", ["name": "web"])], [call(1, "b", "list", .null)]])
        #expect(result.map(\.arguments) == ["{\"name\":\"web\"}", "{}"])
    }

    @Test(arguments: ["call_1-A", "call:1/ü", "call_0__thought__+vv8/f7/=", String(repeating: "x", count: 240)])
    func `an id stays the provider's own`(id: String) throws {
        #expect(try calls([[call(0, id, "get", "{}")]]).map(\.id) == [id])
    }

    @Test func `what hangs on a call stays with it, also where it comes in pieces`() throws {
        let google: JSONValue = ["google": ["thought_signature": "+v/="]]
        let first: JSONValue = [
            "index": 0, "id": "a", "type": "function", "extra_content": google,
            "function": ["name": "get", "arguments": "", "strict": true],
        ]
        let result = try calls([
            [first], [call(0, nil, nil, "{}")], [call(1, "b", "list", "{}")],
        ])
        #expect(
            result.map(\.providerData) == [["extra_content": google, "function": ["strict": true]], nil])
    }

    @Test func `blocks with ids of their own, and blocks of one piece, stay apart`() throws {
        let signatures: [JSONValue] = ["call_1", "call_2"].map { id in
            ["type": "reasoning.encrypted", "data": "AAA=", "id": .string(id), "index": 0]
        }
        let texts: [JSONValue] = ["A", "B"].map { ["type": "reasoning.text", "text": .string($0)] }
        for (pieces, whole) in [(signatures.map { [$0] }, signatures), ([signatures], signatures), ([texts], texts)] {
            var assembler = ReplyAssembler()
            for piece in pieces { _ = try assembler.add(delta(["reasoning_details": .array(piece)])) }
            _ = try assembler.add(delta(["content": "x"], finish: "stop"))
            #expect(try assembler.reply().attached == ["reasoning_details": .array(whole)])
        }
    }

    @Test func `what hangs on a reply is put together under the name under which it came`() throws {
        var assembler = ReplyAssembler()
        let pieces: [JSONValue] = [
            ["role": "assistant", "reasoning": "I ", "annotations": []],
            [
                "reasoning": "see", "reasoning_details": [["type": "reasoning.text", "index": 0, "text": "I "]],
                "thinking_blocks": [["type": "thinking", "thinking": "a", "signature": .null]],
            ],
            [
                "reasoning_details": [
                    ["type": "reasoning.text", "index": 0, "text": "see", "signature": "s"],
                    ["type": "reasoning.encrypted", "index": 1, "data": "xyz"],
                ], "thinking_blocks": [["type": "thinking", "thinking": "b", "signature": "t"]],
            ],
            ["thinking_blocks": [["type": "thinking", "thinking": "c", "signature": "u"]], "content": "Hi"],
        ]
        for piece in pieces { _ = try assembler.add(delta(piece)) }
        _ = try assembler.add(delta([:], finish: "stop"))
        #expect(
            try assembler.reply().attached == [
                "reasoning": "I see",
                "reasoning_details": [
                    ["type": "reasoning.text", "index": 0, "text": "I see", "signature": "s"],
                    ["type": "reasoning.encrypted", "index": 1, "data": "xyz"],
                ],
                "thinking_blocks": [
                    ["type": "thinking", "thinking": "ab", "signature": "t"],
                    ["type": "thinking", "thinking": "c", "signature": "u"],
                ],
            ])
    }

    @Test(arguments: [
        ("stop", ModelReply.FinishReason.stop), ("length", .length), ("content_filter", .contentFilter),
        ("tool_calls", .stop), ("STOP", .stop), ("SAFETY", .contentFilter), ("max_tokens", .length),
    ])
    func `finish reasons are read`(given: String, expected: ModelReply.FinishReason) throws {
        #expect(try assemble([delta(["content": "x"], finish: given)]).0.finish == expected)
    }

    @Test func `usage is understood under the names of another provider`() throws {
        var chunk = delta(["content": "x"], finish: "stop")
        chunk["usage"] = ["input_tokens": 7, "output_tokens": 2]
        let usage = try assemble([chunk]).0.usage
        #expect(usage.prompt == 7 && usage.completion == 2)
    }

    @Test func `a call in the form of old is one`() throws {
        let reply = try assemble([
            delta(["function_call": ["name": "get", "arguments": "{\"x\""]]),
            delta(["function_call": ["arguments": ":1}"]]),
            delta([:], finish: "function_call"),
        ]).0
        #expect(reply.toolCalls == [ModelToolCall(id: "", name: "get", arguments: "{\"x\":1}")])
    }

    @Test func `tool calls count even when the provider says stop`() throws {
        let chunk = delta(["tool_calls": [call(0, "a", "get", "{}")]], finish: "stop")
        #expect(try assemble([chunk]).0.finish == .toolCalls)
    }

    @Test func `a reply with more calls than anybody means is a bad one`() {
        let fragment: JSONValue = ["id": "a", "function": ["name": "x", "arguments": "{}"]]
        let delta: JSONValue = ["tool_calls": .array(Array(repeating: fragment, count: 300))]
        var assembler = ReplyAssembler()
        let error = #expect(throws: LanguageModelError.self) {
            try assembler.add(["choices": [["delta": delta]]])
        }
        #expect(error?.code == .badReply)
    }

    @Test(arguments: ["abort", "insufficient_system_resource", "error", "pause"])
    func `a reply that ended for an unknown reason isn't trusted to be whole`(reason: String) throws {
        let text = try #require(throws: LanguageModelError.self) {
            _ = try assemble([delta(["content": "x"], finish: reason)])
        }
        #expect(text.code == .incomplete)
        let call: JSONValue = ["index": 0, "id": "a", "function": ["name": "x", "arguments": "{}"]]
        var assembler = ReplyAssembler()
        _ = try assembler.add(["choices": [["delta": ["tool_calls": [call]], "finish_reason": .string(reason)]]])
        let error = #expect(throws: LanguageModelError.self) { try assembler.reply() }
        #expect(error?.code == .incomplete)
    }

    @Test func `a refusal is the content`() throws {
        let (reply, deltas) = try assemble([delta(["refusal": "I can't."]), delta([:], finish: "stop")])
        #expect(reply.content == "I can't.")
        #expect(deltas == [.content("I can't.")])
    }

    @Test func `without an end the reply is incomplete, not short`() throws {
        let error = try #require(throws: LanguageModelError.self) { _ = try assemble([delta(["content": "x"])]) }
        #expect(error.code == .incomplete)
    }

    @Test(arguments: [
        ("stop", LanguageModelError.Code.incomplete), ("length", .badReply), ("content_filter", .badReply),
    ])
    func `an empty reply is no reply, and asked for again where nothing explains it`(
        reason: String, code: LanguageModelError.Code
    ) throws {
        let error = try #require(throws: LanguageModelError.self) {
            _ = try assemble([delta(["content": "\n\n"], finish: reason)])
        }
        #expect(error.code == code)
    }

    @Test func `an error inside the stream ends the reply`() throws {
        let error = try #require(throws: LanguageModelError.self) { _ = try assemble([["error": ["code": 529]]]) }
        #expect(error.code == .overloaded)
    }

    @Test(arguments: [
        #"{"object":"error","message":"no luck","code":500}"#, #"[{"error":{"message":"no luck"}}]"#,
        #"{"code":1113,"msg":"no luck"}"#, #"{"base_resp":{"status_code":1004,"status_msg":"no luck"},"choices":null}"#,
    ])
    func `an error with nothing around it is one`(text: String) throws {
        var assembler = ReplyAssembler()
        _ = try assembler.add(delta(["content": "Hi"]))
        let error = #expect(throws: LanguageModelError.self) { _ = try assembler.add(JSONParser.parse(text)) }
        #expect(error?.message.contains("no luck") == true)
    }

    @Test(arguments: ["user", "system", "tool"])
    func `a reply in another role is a bad one`(role: String) throws {
        let chunk = delta(["role": .string(role), "content": "x"], finish: "stop")
        #expect(try #require(throws: LanguageModelError.self) { _ = try assemble([chunk]) }.code == .badReply)
    }

    @Test func `thinking inside of the content is no part of the reply`() throws {
        let pieces = [
            delta(["content": "<thi"]), delta(["content": "nk>\nhm\n</think>\n\nHi"]), delta([:], finish: "stop"),
        ]
        #expect(try assemble(pieces).0.content == "Hi")
        let cut = [delta(["content": "<think>\nThe user"], finish: "length")]
        let error = try #require(throws: LanguageModelError.self) { _ = try assemble(cut) }
        #expect(error.message == "the model reached its token limit before it said anything")
    }
}
