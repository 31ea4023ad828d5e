import KubeModel
import Testing

@Suite struct YAMLTests {
    @Test func `scalars get the types that Kubernetes clients give them`() throws {
        let text =
            "a: 1\nb: 1.5\nc: true\nd: yes\ne: '1'\nf: null\ng: ~\nh:\ni: 0x10\nj: 010\nk: 1.2.3\nl: 1e3\nm: abc\nq: \"x\"\no: 5Gi\np: -7"
        let expected: JSONValue = [
            "a": 1, "b": 1.5, "c": true, "d": true, "e": "1", "f": .null, "g": .null, "h": .null, "i": 16, "j": 8,
            "k": "1.2.3", "l": 1000.0, "m": "abc", "q": "x", "o": "5Gi", "p": -7,
        ]
        #expect(try YAML.parse(text) == expected)
    }

    @Test func `documents, anchors and merges`() throws {
        let text = "a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\n---\n- 1\n---\n"
        #expect(
            try YAML.parseAll(text) == [
                ["a": ["b": 1, "c": 2], "d": ["b": 1, "c": 2], "e": ["c": 3, "b": 1]], [1],
            ])
    }

    @Test(arguments: ["a: 1\na: 2", "a: [", "a: *x", "\t- a", "{a: 1}}"])
    func `what isn't YAML is refused`(_ text: String) {
        #expect(throws: YAML.Failure.self) { try YAML.parse(text) }
    }

    @Test func `numbers have one sign, and may be the lowest`() throws {
        let text = "[-0x8000000000000000, -0x-8000000000000000, 0x-1, 0b+1, --1, +-1, -9223372036854775808, +5, -017]"
        #expect(
            try YAML.parse(text) == [
                .int(.min), "-0x-8000000000000000", "0x-1", "0b+1", "--1", "+-1", .int(.min), 5, -15,
            ])
    }

    @Test func `aliases of aliases don't grow without bound`() throws {
        let levels = (1...9).map { level in
            "l\(level): &l\(level) [" + Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        #expect(throws: YAML.Failure.self) { try YAML.parse("l0: &l0 [x]\n" + levels.joined()) }
        #expect(throws: Never.self) { try YAML.parse("l0: &l0 [x]\n" + levels.prefix(2).joined()) }
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `depth is bounded`(_ opening: String) {
        #expect(throws: YAML.Failure.self) { try YAML.parse(String(repeating: opening, count: 100_000)) }
    }

    @Test(arguments: [
        "... 1", "---", "...", "--- a", "=", "<<", "a: ", "a #b", "a\u{2028}b", "\u{2029}", "\u{85}",
        "a\nb\u{2028}\n", "\u{7F}", "a\u{80}", "\u{9F}\n", "\u{FFFE}", "0x-1", "1:30", "-", "?",
    ])
    func `a text that could be read as something else is quoted`(_ text: String) throws {
        #expect(try YAML.parse(YAML.format(.string(text))) == .string(text))
        #expect(
            try YAML.parse(YAML.format(.object([text: .array([.string(text)])]))) == .object([text: [.string(text)]]))
    }

    @Test func `keys may be long`() throws {
        let key = String(repeating: "k", count: 2000)
        let value: JSONValue = .object([
            key: ["a": .object([key: [1, [2]]]), "b": 1], "\(key)2": ["x"], "\(key)3": "y",
        ])
        #expect(try YAML.parse(YAML.format(value)) == value)
    }

    @Test func `what is formatted reads back`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let value = JSONValue.random(depth: 4, &random)
            let text = YAML.format(value)
            #expect(try YAML.parse(text) == value, "\(text)")
        }
    }

    @Test func `the form is the one that kubectl prints`() {
        let value: JSONValue = [
            "kind": "Deployment", "list": [["name": "a", "ports": [80]], "b"], "text": "one\ntwo\n", "empty": [:],
            "none": [], "quoted": "true", "number": "1",
        ]
        let expected = """
            kind: Deployment
            list:
            - name: a
              ports:
              - 80
            - b
            text: |
              one
              two
            empty: {}
            none: []
            quoted: "true"
            number: "1"

            """
        #expect(YAML.format(value) == expected)
    }
}
