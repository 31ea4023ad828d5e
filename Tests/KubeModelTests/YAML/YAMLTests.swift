import KubeModel
import Testing

@Suite struct YAMLTests {
    @Test func `scalars get the types that Kubernetes clients give them`() throws {
        let text =
            "a: 1\nb: 1.5\nc: true\nd: yes\ne: '1'\nf: null\ng: ~\nh:\ni: 0x10\nj: 010\nk: 1.2.3\nl: 1e3\nm: abc\nn: \"x\"\no: 5Gi\np: -7"
        let expected: JSONValue = [
            "a": 1, "b": 1.5, "c": true, "d": true, "e": "1", "f": .null, "g": .null, "h": .null, "i": 16, "j": 8,
            "k": "1.2.3", "l": 1000.0, "m": "abc", "n": "x", "o": "5Gi", "p": -7,
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
