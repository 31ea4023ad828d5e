import KubeModel
import Testing
import WorkflowEngine

/// Two calls have one digest only if they are the same call.
@Suite struct DigestTests {
    private func digest(_ requests: JSONValue..., tool: String = "t", arguments: String = "{}") -> String {
        Digest.of(
            conversationUID: "u", turn: 1, callID: "c1", identity: "i", tool: tool, arguments: arguments,
            requests: requests, postConditions: [])
    }

    private static let different: [JSONValue] = [
        ["a": 1], ["a": "1"], ["a": [1]], ["a": ["1": 1]], ["a": .null], [:], [], ["a": 1.5],
        ["a": true], ["a": "true"],
        ["a": 1, "b": .null], ["a": ["b": 1]], ["a": [["b": 1]]], ["b": 1], ["A": 1], ["a ": 1], "{\"a\":1}", "", .null,
        // The same to a reader, and to Swift's comparison of texts; not to a server.
        ["caf\u{E9}": 1], ["cafe\u{301}": 1], "caf\u{E9}", "cafe\u{301}", "\u{212B}", "\u{C5}",
        ["a": "x\u{0}"], ["a": "x"], ["a": "x\u{200B}"], ["a": "\u{202E}x"], [1, 2], [2, 1], [[1], 2], [[1, 2]],
        9_007_199_254_740_993, 9_007_199_254_740_992, 0, false,
    ]

    @Test func `whatever differs in a request differs in the digest`() {
        var seen: [String: JSONValue] = [:]
        for value in Self.different {
            let digest = digest(value)
            #expect(seen[digest] == nil, "\(value) and \(seen[digest] ?? .null)")
            seen[digest] = value
        }
    }

    @Test func `what stands in one part can't be taken for another`() {
        let digests = [
            digest(tool: "ab", arguments: "c"), digest(tool: "a", arguments: "bc"), digest(tool: "abc", arguments: ""),
            digest(["a"]), digest("a"), digest("a", "a"), digest("a", "b"), digest("b", "a"), digest(["a", "b"]),
            digest(),
            digest(tool: #"t","arguments":"{}"#, arguments: ""),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test func `what was stored and read back has the digest that it had`() throws {
        let numbers: [JSONValue] = [1, 1.0, 1e300, -0.0, 0.1, .int(.max), .int(.min), 12_345_678_901_234.5]
        for value in Self.different + numbers {
            let read = try JSONParser.parse(JSONWriter.bytes(value, options: .pretty))
            #expect(digest(read) == digest(value), "\(value)")
        }
    }

    @Test func `the order of keys counts nowhere, at no depth`() {
        let one: JSONValue = ["z": ["b": [["d": 1, "c": 2]], "a": "x"], "y": .null]
        let other: JSONValue = ["y": .null, "z": ["a": "x", "b": [["c": 2, "d": 1]]]]
        #expect(digest(one) == digest(other))
    }
}
