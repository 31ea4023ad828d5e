import KubeModel
import Testing

@testable import LanguageModels

/// What servers that speak a provider's protocol do otherwise than the provider itself.
@Suite struct ProviderDialectTests {
    struct Dialect: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var api: any ProviderAPI
        var events: [JSONValue]
        var content: String
        var calls: [ModelToolCall]

        init(
            _ name: String, _ api: any ProviderAPI, _ events: [JSONValue], says content: String = "",
            calls: [(String, String, String)] = []
        ) {
            (testDescription, self.api, self.events, self.content) = (name, api, events, content)
            self.calls = calls.map { ModelToolCall(id: $0.0, name: $0.1, arguments: $0.2) }
        }
    }

    private static func decode(_ api: any ProviderAPI, _ events: [JSONValue], size: Int = .max) throws -> ModelReply {
        let bytes: [UInt8] =
            api is BedrockAPI
            ? events.flatMap { event in
                RecordedStream.framed(
                    headers: [(":message-type", "event"), (":event-type", event["type"]?.string ?? "")],
                    payload: JSONWriter.bytes(event))
            } : Array(events.map { "data: \(JSONWriter.string($0))\n\n" }.joined().utf8)
        return try RecordedStream.decode(bytes, with: api.decoder(limit: 1 << 20), size: size).reply.reply
    }

    private static func begin(_ index: JSONValue?, _ block: JSONValue) -> JSONValue {
        .compact(["type": "content_block_start", "index": index, "content_block": block])
    }

    private static func piece(_ index: JSONValue?, _ delta: JSONValue) -> JSONValue {
        .compact(["type": "content_block_delta", "index": index, "delta": delta])
    }

    private static func stop(_ reason: JSONValue) -> JSONValue {
        ["type": "message_delta", "delta": ["stop_reason": reason], "usage": ["output_tokens": 5]]
    }

    private static let call: JSONValue = ["type": "tool_use", "id": "a", "name": "get", "input": [:]]
    private static let text: JSONValue = ["type": "text", "text": ""]

    static let anthropic = [
        Dialect(
            "blocks without an end", TestAPI.anthropic(),
            [
                begin(0, text), piece(0, ["type": "text_delta", "text": "Hi"]), begin(1, call),
                piece(1, ["type": "input_json_delta", "partial_json": #"{"x":1}"#]), stop("tool_use"),
            ], says: "Hi", calls: [("a", "get", #"{"x":1}"#)]),
        Dialect(
            "text without a beginning", TestAPI.anthropic(),
            [
                piece(0, ["type": "text_delta", "text": "H"]), piece(0, ["type": "text_delta", "text": "i"]),
                stop("end_turn"),
            ],
            says: "Hi"),
        Dialect(
            "no index", TestAPI.anthropic(),
            [
                begin(nil, text), piece(nil, ["type": "text_delta", "text": "Hi"]), ["type": "content_block_stop"],
                begin(nil, call), piece(nil, ["type": "input_json_delta", "partial_json": "{}"]),
                ["type": "content_block_stop"], stop("tool_use"), ["type": "message_stop"],
            ], says: "Hi", calls: [("a", "get", "{}")]),
        Dialect(
            "a whole input at the beginning", TestAPI.anthropic(),
            [begin(0, ["type": "tool_use", "id": "a", "name": "get", "input": ["x": 1]]), stop("tool_use")],
            calls: [("a", "get", #"{"x":1}"#)]),
        Dialect(
            "an input as text, and one as an object in a piece", TestAPI.anthropic(),
            [
                begin(0, ["type": "tool_use", "id": "a", "name": "get", "input": .string(#"{"x":1}"#)]),
                begin(1, call), piece(1, ["type": "input_json_delta", "partial_json": ["y": 2]]), stop("stop"),
            ], calls: [("a", "get", #"{"x":1}"#), ("a", "get", #"{"y":2}"#)]),
        Dialect(
            "a reason that is null first", TestAPI.anthropic(),
            [begin(0, text), stop(.null), piece(0, ["type": "text_delta", "text": "Hi"]), stop("stop")], says: "Hi"),
        Dialect(
            "an answer that isn't streamed, with text as content", TestAPI.anthropic(),
            [["type": "message", "role": "assistant", "content": "Hi", "stop_reason": "end_turn"]], says: "Hi"),
        Dialect(
            "thinking in the text", TestAPI.anthropic(),
            [
                begin(0, text), piece(0, ["type": "text_delta", "text": "<think>\nhm\n</think>\n\nHi"]),
                stop("end_turn"),
            ],
            says: "Hi"),
    ]

    private static func end(_ output: [JSONValue], status: String = "completed") -> JSONValue {
        ["type": "response.completed", "response": ["status": .string(status), "output": .array(output)]]
    }

    private static let message: JSONValue = [
        "type": "message", "role": "assistant", "content": [["type": "output_text", "text": "Hi"]],
    ]

    static let responses = [
        Dialect(
            "items without an index, and none at the end", TestAPI.responses(),
            [
                ["type": "response.output_item.done", "item": message],
                [
                    "type": "response.output_item.done",
                    "item": [
                        "type": "function_call", "call_id": "a", "name": "get", "arguments": "{}", "status": .null,
                    ],
                ], end([]),
            ], says: "Hi", calls: [("a", "get", "{}")]),
        Dialect(
            "the items at the end only, arguments as an object", TestAPI.responses(),
            [end([message, ["type": "function_call", "call_id": "a", "name": "get", "arguments": ["x": 1]]])],
            says: "Hi",
            calls: [("a", "get", #"{"x":1}"#)]),
        Dialect(
            "content as text", TestAPI.responses(),
            [end([["type": "message", "role": "assistant", "content": "Hi"]])], says: "Hi"),
        Dialect(
            "an answer that isn't streamed", TestAPI.responses(),
            [["object": "response", "status": "completed", "output": [message]]], says: "Hi"),
    ]

    private static func parts(_ parts: [JSONValue], finish: String? = nil) -> JSONValue {
        [
            "candidates": [
                .compact([
                    "content": ["role": "model", "parts": .array(parts)], "finishReason": finish.map(JSONValue.string),
                ])
            ]
        ]
    }

    static let gemini = [
        Dialect(
            "calls without ids, args as null", TestAPI.gemini(),
            [
                parts(
                    [["functionCall": ["name": "get", "args": .null]], ["functionCall": ["name": "list"]]],
                    finish: "STOP")
            ], calls: [("", "get", "{}"), ("", "list", "{}")]),
        Dialect(
            "a last answer without content", TestAPI.gemini(),
            [parts([["text": "Hi"]]), ["candidates": [["finishReason": "STOP", "index": 0]]]], says: "Hi"),
        Dialect(
            "all answers as one list", TestAPI.gemini(),
            [[parts([["text": "H"]]), parts([["text": "i"]], finish: "STOP")]], says: "Hi"),
        Dialect(
            "thinking in the text", TestAPI.gemini(),
            [parts([["text": "<thought>hm"]]), parts([["text": "</thought>Hi"]], finish: "STOP")], says: "Hi"),
    ]

    private static func converse(_ type: String, _ members: JSONValue) -> JSONValue {
        var event = members
        event["type"] = .string(type)
        return event
    }

    private static let bedrockText: JSONValue = [
        "contentBlockIndex": 0, "delta": ["text": "<thinking> hm</thinking>\n\nHi"],
    ]

    static let bedrock = [
        Dialect(
            "Nova's thinking in the text, and blocks without an end", TestAPI.bedrock("amazon.nova-pro-v1:0"),
            [
                converse("messageStart", ["role": "assistant"]), converse("contentBlockDelta", bedrockText),
                converse(
                    "contentBlockStart",
                    ["contentBlockIndex": 1, "start": ["toolUse": ["toolUseId": "a", "name": "get"]]]),
                converse("contentBlockDelta", ["contentBlockIndex": 1, "delta": ["toolUse": ["input": ["x": 1]]]]),
                converse("messageStop", ["stopReason": "tool_use"]), converse("metadata", ["usage": [:]]),
            ], says: "Hi", calls: [("a", "get", #"{"x":1}"#)])
    ]

    @Test(arguments: anthropic + responses + gemini + bedrock, [1, 7, 100_000])
    func `each is read as it is meant`(dialect: Dialect, size: Int) throws {
        let reply = try Self.decode(dialect.api, dialect.events, size: size)
        #expect(reply.content == dialect.content)
        #expect(reply.toolCalls == dialect.calls)
        #expect(reply.finish == (dialect.calls.isEmpty ? .stop : .toolCalls))
    }

    /// What an answer is that is no reply.
    struct Failure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var api: any ProviderAPI
        var events: [JSONValue]
        var code: LanguageModelError.Code
        var words: String
    }

    private static let error: JSONValue = ["error": ["message": "slow down", "type": "overloaded_error"]]

    private static let all: [any ProviderAPI] = [
        TestAPI.anthropic(), TestAPI.gemini(), TestAPI.responses(), TestAPI.azure(),
    ]

    private static let alone: [Failure] = all.map { api in
        Failure(
            testDescription: "an error alone: \(api.format)", api: api, events: [error], code: .overloaded,
            words: "slow down")
    }

    private static let unfinished: JSONValue = [
        "type": "function_call", "call_id": "a", "name": "get", "arguments": "{", "status": "in_progress",
    ]
    private static let userSays: JSONValue = ["type": "message", "role": "user", "content": "Hi"]
    private static let geminiUser: JSONValue = [
        "candidates": [["content": ["role": "user", "parts": []], "finishReason": "STOP"]]
    ]
    private static let queued: JSONValue = ["object": "response", "status": "queued", "output": []]
    private static let cancelled: JSONValue = [
        "object": "response", "status": "cancelled", "output": [], "error": .null,
    ]
    private static let thinkingOnly: JSONValue = ["text": "<think>\nhm"]

    private static let others: [Failure] = [
        Failure(
            testDescription: "a call without a beginning", api: TestAPI.anthropic(),
            events: [piece(0, ["type": "input_json_delta", "partial_json": "{}"])], code: .badReply, words: "beginning"),
        Failure(
            testDescription: "another role: Anthropic", api: TestAPI.anthropic(),
            events: [["type": "message_start", "message": ["role": "user"]]], code: .badReply, words: "\"user\""),
        Failure(
            testDescription: "another role: responses", api: TestAPI.responses(),
            events: [end([userSays])], code: .badReply, words: "\"user\""),
        Failure(
            testDescription: "another role: Gemini", api: TestAPI.gemini(),
            events: [geminiUser],
            code: .badReply, words: "\"user\""),
        Failure(
            testDescription: "another role: Bedrock", api: TestAPI.bedrock(),
            events: [converse("messageStart", ["role": "user"])], code: .badReply, words: "\"user\""),
        Failure(
            testDescription: "a response in the background", api: TestAPI.responses(),
            events: [queued], code: .incomplete, words: "finished"),
        Failure(
            testDescription: "a cancelled response", api: TestAPI.responses(),
            events: [cancelled], code: .incomplete,
            words: "cancelled"),
        Failure(
            testDescription: "a call that is still in progress", api: TestAPI.responses(),
            events: [end([unfinished])],
            code: .incomplete, words: "get broke off"),
        Failure(
            testDescription: "nothing at all: Anthropic", api: TestAPI.anthropic(), events: [stop("end_turn")],
            code: .incomplete, words: "empty"),
        Failure(
            testDescription: "nothing at all: Gemini", api: TestAPI.gemini(), events: [parts([], finish: "STOP")],
            code: .incomplete, words: "empty"),
        Failure(
            testDescription: "nothing at all: Bedrock", api: TestAPI.bedrock(),
            events: [converse("messageStop", ["stopReason": "end_turn"])], code: .incomplete, words: "empty"),
        Failure(
            testDescription: "thinking only", api: TestAPI.gemini(),
            events: [parts([thinkingOnly], finish: "STOP")], code: .badReply, words: "thinking only"),
    ]

    @Test(arguments: alone + others)
    func `each ends in one clear message`(failure: Failure) {
        let error = #expect(throws: LanguageModelError.self) { try Self.decode(failure.api, failure.events) }
        #expect(error?.code == failure.code)
        #expect(error?.message.contains(failure.words) == true)
    }

    @Test(arguments: [
        ("<html>sign in</html>", LanguageModelError.Code.badReply, "web page"),
        (#"{"message":"slow down","type":"throttling"}"#, .rateLimited, "slow down"),
        ("upstream down", .badReply, "upstream down"),
    ])
    func `Bedrock's gateways answer in other forms`(text: String, code: LanguageModelError.Code, words: String) {
        for size in [1, 7, 1000] {
            let error = #expect(throws: LanguageModelError.self) {
                try RecordedStream.decode(Array(text.utf8), with: TestAPI.bedrock().decoder(limit: 1000), size: size)
            }
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true)
        }
    }

    @Test func `reasoning that came encrypted before the end goes back`() throws {
        let reasoning: JSONValue = ["type": "reasoning", "id": "r", "summary": [], "encrypted_content": "gAAA"]
        let bare: JSONValue = ["type": "reasoning", "id": "r", "summary": []]
        var assembler = ResponsesAssembler()
        _ = try assembler.add(["type": "response.output_item.done", "output_index": 0, "item": reasoning])
        _ = try assembler.add(Self.end([bare, Self.message]))
        #expect(try assembler.reply().attached[0]?["opaque", "encrypted_content"] == "gAAA")
    }

    @Test func `a layout is the one of what is left when thinking is taken away`() throws {
        let layout = ReplyLayout(parts: [
            .opaque("o"), .text(bytes: 10, extra: nil), .text(bytes: 6, extra: ["s": 1]), .call,
        ])
        let content = "<think>abc</think>"  // 18 bytes; the layout has 16, and two stay out.
        #expect(layout.keeping(content, of: content) == layout)
        let kept = layout.keeping("1234", of: "0123456789" + "ab1234")
        #expect(kept.parts == [.opaque("o"), .text(bytes: 4, extra: ["s": 1]), .call])
    }
}
