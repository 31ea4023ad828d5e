import KubeModel
import Testing

@Suite struct PatchTests {
    /// A server reads pointers by code points: what follows a slash doesn't take it away.
    @Test func `a pointer is split at each slash, whatever combines with it`() throws {
        #expect(
            try JSONPatch.pointer("/status/\u{301}x").map { Array($0.utf8) } == [
                Array("status".utf8), [0xCC, 0x81, 0x78],
            ])
        #expect(try JSONPatch.pointer("/a~1\u{301}/~0\u{301}1").count == 2)
        for tokens in [["a/b", "~1", ""], ["/\u{301}", "~\u{301}"], []] {
            #expect(try JSONPatch.pointer(JSONPatch.pointer(of: tokens)) == tokens)
        }
    }

    @Test func `a merge patch sets, removes and descends`() {
        let target: JSONValue = ["a": 1, "b": ["c": 2, "d": 3], "l": [1, 2]]
        let patch: JSONValue = ["a": .null, "b": ["c": 5, "e": .null], "l": [3], "n": ["x": ["y": .null]]]
        #expect(MergePatch.apply(patch, to: target) == ["b": ["c": 5, "d": 3], "l": [3], "n": ["x": [:]]])
        #expect(MergePatch.apply("x", to: target) == "x")
    }

    @Test func `a merge patch made of two values turns one into the other`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let from = JSONValue.random(depth: 3, &random)
            // A merge patch can't say null.
            let to = MergePatch.apply(JSONValue.random(depth: 3, &random), to: [:])
            guard from.object != nil, to.object != nil else { continue }
            #expect(MergePatch.apply(MergePatch.diff(from: from, to: to), to: from) == to)
        }
    }

    @Test func `copies can't grow without bound`() throws {
        let copy: JSONValue = ["op": "copy", "from": "", "path": "/a"]
        let wide: JSONValue = .object(["text": .string(String(repeating: "x", count: 1 << 20))])
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch(.array([copy, copy, copy, copy])).apply(to: wide) }
        #expect(throws: Never.self) { try JSONPatch(.array([copy, copy])).apply(to: ["b": 1]) }
        #expect(throws: JSONPatch.Failure.self) {
            try JSONPatch(.array(Array(repeating: copy, count: 600))).apply(to: [:])
        }
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch(.array(Array(repeating: copy, count: 10_001))) }
    }

    @Test func `moves can't nest without bound`() {
        let nest: [JSONValue] = [
            ["op": "add", "path": "/b", "value": [:]], ["op": "move", "from": "/a", "path": "/b/a"],
            ["op": "move", "from": "/b", "path": "/a"],
        ]
        func apply(_ times: Int) throws -> JSONValue {
            try JSONPatch(.array(Array(repeating: nest, count: times).flatMap(\.self))).apply(to: ["a": 1])
        }
        #expect(throws: Never.self) { try apply(500) }
        #expect(throws: JSONPatch.Failure.self) { try apply(3000) }
    }

    @Test func `a JSON patch's operations`() throws {
        let document: JSONValue = ["a": ["b": [1, 2, 3]], "x/y": "~"]
        func apply(_ operations: JSONValue) throws -> JSONValue { try JSONPatch(operations).apply(to: document) }
        #expect(try apply([["op": "add", "path": "/a/b/1", "value": 9]])["a", "b"] == [1, 9, 2, 3])
        #expect(try apply([["op": "add", "path": "/a/b/-", "value": 9]])["a", "b"] == [1, 2, 3, 9])
        #expect(try apply([["op": "remove", "path": "/a/b/0"]])["a", "b"] == [2, 3])
        #expect(try apply([["op": "replace", "path": "/x~1y", "value": 1]])["x/y"] == 1)
        #expect(try apply([["op": "move", "from": "/a/b", "path": "/c"]]) == ["a": [:], "x/y": "~", "c": [1, 2, 3]])
        #expect(try apply([["op": "copy", "from": "/a/b/2", "path": "/c"]])["c"] == 3)
        #expect(try apply([["op": "test", "path": "/a/b/2", "value": 3]]) == document)
    }

    @Test(
        arguments: [
            [["op": "test", "path": "/a", "value": 2]], [["op": "remove", "path": "/b"]],
            [["op": "replace", "path": "/b", "value": 1]],
            [["op": "add", "path": "/l/5", "value": 1]], [["op": "add", "path": "/b/c", "value": 1]],
            [["op": "x", "path": "/a"]],
            [["op": "add", "path": "a", "value": 1]], [["op": "add", "path": "/l/01", "value": 1]],
            [["op": "add", "path": "/a"]],
            [["op": "move", "from": "/l", "path": "/l/0"]], "x",
        ] as [JSONValue])
    func `a JSON patch that doesn't fit is refused`(_ operations: JSONValue) {
        #expect(throws: JSONPatch.Failure.self) { try JSONPatch(operations).apply(to: ["a": 1, "l": [1, 2]]) }
    }
}
