import KubeModel
import Testing

@testable import LanguageModels

/// Ways in which servers send tool calls in pieces: each means one set of calls, and never one with half its arguments.
@Suite struct CallDialectTests {
    struct Dialect: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of each chunk the elements of `tool_calls`.
        var chunks: [[JSONValue]]
        var expected: [ModelToolCall]

        init(_ name: String, _ chunks: [[JSONValue]], _ expected: [(String, String, String)]) {
            testDescription = name
            self.chunks = chunks
            self.expected = expected.map { ModelToolCall(id: $0.0, name: $0.1, arguments: $0.2) }
        }
    }

    private static func piece(
        _ index: JSONValue? = nil, id: JSONValue? = nil, name: String? = nil, _ arguments: JSONValue? = nil
    ) -> JSONValue {
        .compact([
            "index": index, "id": id,
            "function": .compact(["name": name.map(JSONValue.string), "arguments": arguments]),
        ])
    }

    static let dialects = [
        Dialect(
            "a name in pieces",
            [
                [piece(0, id: "a", name: "k8s_")], [piece(0, name: "get")], [piece(0, name: "_events", "")],
                [piece(0, #"{"x":"#)], [piece(0, "1}")],
            ], [("a", "k8s_get_events", #"{"x":1}"#)]),
        Dialect(
            "a name in pieces, with the id again",
            [[piece(0, id: "a", name: "k8s_", "")], [piece(0, id: "a", name: "get", "")], [piece(0, id: "a", "{}")]],
            [("a", "k8s_get", "{}")]),
        Dialect(
            "a name that comes as all of it so far",
            [[piece(0, id: "a", name: "k8s")], [piece(0, name: "k8s_get")], [piece(0, name: "k8s_get", "{}")]],
            [("a", "k8s_get", "{}")]),
        Dialect(
            "names of two calls in pieces by turns",
            [
                [piece(0, id: "a", name: "k8s_")], [piece(1, id: "b", name: "k8s_")], [piece(0, name: "get")],
                [piece(1, name: "logs", "{}")], [piece(0, "{}")],
            ], [("a", "k8s_get", "{}"), ("b", "k8s_logs", "{}")]),
        Dialect(
            "two calls of one chunk without arguments, all under index 0",
            [[piece(0, name: "get", ""), piece(0, name: "list", "")]], [("", "get", "{}"), ("", "list", "{}")]),
        Dialect(
            "another id with each piece",
            [[piece(0, id: "x1", name: "get", "")], [piece(0, id: "x2", #"{"x""#)], [piece(0, id: "x3", ":1}")]],
            [("x1", "get", #"{"x":1}"#)]),
        Dialect(
            "another id and the name with each piece",
            [[piece(0, id: "x1", name: "get", #"{"x""#)], [piece(0, id: "x2", name: "get", ":1}")]],
            [("x1", "get", #"{"x":1}"#)]),
        Dialect(
            "ids and names repeated, without an index, by turns",
            [
                [piece(id: "a", name: "get", #"{"x""#)], [piece(id: "b", name: "list", #"{"y""#)],
                [piece(id: "a", name: "get", ":1}")], [piece(id: "b", name: "list", ":2}")],
            ], [("a", "get", #"{"x":1}"#), ("b", "list", #"{"y":2}"#)]),
        Dialect(
            "index 0 for all, ids by turns",
            [
                [piece(0, id: "a", name: "get", #"{"x""#)], [piece(0, id: "b", name: "list", #"{"y""#)],
                [piece(0, id: "a", ":1}")], [piece(0, id: "b", ":2}")],
            ], [("a", "get", #"{"x":1}"#), ("b", "list", #"{"y":2}"#)]),
        Dialect(
            "all arguments so far in each piece",
            [
                [piece(0, id: "a", name: "get", "")], [piece(0, #"{"x":"#)], [piece(0, #"{"x":{"y":1}"#)],
                [piece(0, #"{"x":{"y":1}}"#)],
            ],
            [("a", "get", #"{"x":{"y":1}}"#)]),
        Dialect(
            "a piece that begins as all before it",
            [[piece(0, id: "a", name: "get", #"{"a":"#)], [piece(0, #"{"a":1}"#)], [piece(0, "}")]],
            [("a", "get", #"{"a":{"a":1}}"#)]),
        Dialect(
            "the whole call again at the end",
            [
                [piece(0, id: "a", name: "get", #"{"x""#)], [piece(0, ":1}")],
                [piece(0, id: "a", name: "get", #"{"x":1}"#)],
            ],
            [("a", "get", #"{"x":1}"#)]),
        Dialect(
            "an index and an id of other types", [[piece("0", id: 7, name: "get", #"{"x""#)], [piece(0, ":1}")]],
            [("7", "get", #"{"x":1}"#)]),
        Dialect(
            "members of the function in the call", [[["name": "get", "arguments": ["x": 1]]]],
            [("", "get", #"{"x":1}"#)]),
        Dialect(
            "parameters instead of arguments", [[["id": "a", "function": ["name": "get", "parameters": ["x": 1]]]]],
            [("a", "get", #"{"x":1}"#)]),
        Dialect(
            "an index that begins at 1 and leaves one out",
            [[piece(1, id: "a", name: "get", "{}")], [piece(3, id: "b", name: "list", "{}")]],
            [("a", "get", "{}"), ("b", "list", "{}")]),
        Dialect(
            "null in place of what doesn't change",
            [
                [["index": 0, "id": "a", "type": "function", "function": ["name": "get", "arguments": ""]]],
                [["index": 0, "id": .null, "type": .null, "function": ["name": .null, "arguments": "{}"]]],
            ], [("a", "get", "{}")]),
        Dialect(
            "a name that is empty in later pieces",
            [[piece(0, id: "a", name: "get", "")], [piece(0, id: "", name: "", "{}")]], [("a", "get", "{}")]),
        Dialect(
            "arguments that were cut", [[piece(0, id: "a", name: "get", #"{"x":"#)]], [("a", "get", #"{"x":"#)]),
    ]

    @Test(arguments: dialects)
    func `each is read as it is meant`(dialect: Dialect) throws {
        var assembler = ReplyAssembler()
        for calls in dialect.chunks {
            _ = try assembler.add(["choices": [["index": 0, "delta": ["tool_calls": .array(calls)]]]])
        }
        _ = try assembler.add(["choices": [["index": 0, "delta": [:], "finish_reason": "tool_calls"]]])
        let reply = try assembler.reply()
        #expect(reply.reply.toolCalls == dialect.expected)
        #expect(reply.reply.finish == .toolCalls)
    }

    @Test func `one call instead of a list`() throws {
        var assembler = ReplyAssembler()
        let call: JSONValue = ["id": "a", "function": ["name": "get", "arguments": "{}"]]
        _ = try assembler.add(["choices": [["message": ["tool_calls": call], "finish_reason": "tool_calls"]]])
        #expect(try assembler.reply().reply.toolCalls.map(\.name) == ["get"])
    }

    @Test func `a long call in small pieces that repeat id and name takes no long time`() throws {
        var calls = ToolCallAssembler()
        calls.beginChunk()
        _ = calls.add(Self.piece(id: "a", name: "get", #"{"x":""#))
        for _ in 0..<5000 {
            calls.beginChunk()
            _ = calls.add(Self.piece(id: "a", name: "get", "0123456789"))
        }
        _ = calls.add(Self.piece(id: "a", name: "get", #""}"#))
        #expect(calls.calls.map(\.arguments.utf8.count) == [50_008])
    }
}
