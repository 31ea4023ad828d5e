import KubeModel
import Testing

@testable import Helm

/// What Helm v4.2.3 writes with `toYaml` and reads with `fromYaml`.
struct YAMLTests {
    @Test(arguments: written) func `values are written as Helm writes them`(json: String, yaml: String) {
        let value = Self.value(of: json)
        #expect((try? YAMLEmitter.marshal(value))?.text ?? "" == (yaml.isEmpty ? "" : yaml + "\n"))
    }

    @Test(arguments: read) func `texts are read as Helm reads them`(yaml: String, json: String) {
        let members: HelmMap
        do {
            members = try YAMLReader.map(of: ByteString(yaml))
        } catch {
            members = HelmMap(["Error": .string(error.message)])
        }
        #expect(HelmJSON.text(of: .map(members)) == HelmJSON.text(of: Self.value(of: json)))
    }

    @Test func `aliases that multiply are refused`() {
        let levels = (1...9).map {
            "l\($0): &l\($0) [\(Array(repeating: "*l\($0 - 1)", count: 9).joined(separator: ", "))]"
        }
        let text = (["l0: &l0 [x, x]"] + levels).joined(separator: "\n")
        #expect(throws: HelmError.self) { try YAMLReader.map(of: ByteString(text)) }
    }

    @Test func `a text that is too deep is refused`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: HelmError.self) { try YAMLReader.value(of: ByteString(text)) }
    }

    @Test func `what was written is read as it was`() throws {
        // go-yaml writes a text of line feeds alone so that it isn't read as it was.
        for (json, yaml) in written where !yaml.isEmpty && !yaml.contains("|2+") {
            let value = try YAMLReader.value(of: ByteString(yaml))
            #expect(try YAMLEmitter.marshal(value).text == yaml + "\n", "\(json)")
        }
    }

    /// A value of JSON, with floats for numbers, as Helm's values have them.
    static func value(of json: String) -> HelmValue {
        guard let value = try? JSONParser.parse(json) else { return .null }
        return HelmJSON.value(value)
    }
}

private let written: [(json: String, yaml: String)] = [
    (
        "{\"b\": 1, \"a10\": [], \"a9\": {}, \"A\": null}",
        "A: null\na9: {}\na10: []\nb: 1"
    ),
    (
        "[\"n\", \"y\", \"on\", \"1_000\", \"1:30\", \"0b1\", \"012e3\", \"=\", \"~\", \"\", \"null\", \"2020-01-01\", \"0x1F\", \"1e3\", \"NaN\", \".nan\", \"08\", \"-\", \"- x\", \"a: b\", \"a #b\", \"#c\", \"@x\", \"it's\", \"a\\\"b\", \"tab\\tx\", \" lead\", \"trail \", \"a:b\"]",
        "- \"n\"\n- \"y\"\n- \"on\"\n- \"1_000\"\n- \"1:30\"\n- \"0b1\"\n- \"012e3\"\n- =\n- \"~\"\n- \"\"\n- \"null\"\n- \"2020-01-01\"\n- \"0x1F\"\n- \"1e3\"\n- NaN\n- \".nan\"\n- \"08\"\n- '-'\n- '- x'\n- 'a: b'\n- 'a #b'\n- '#c'\n- '@x'\n- it's\n- a\"b\n- \"tab\\tx\"\n- ' lead'\n- 'trail '\n- a:b"
    ),
    (
        "[1, 1.0, 1.5, 1000000, 12345678901, 1e+20, 1e+21, 1e+22, 1e-05, 1234567.5, -0.0, 9223372036854775808]",
        "- 1\n- 1\n- 1.5\n- 1000000\n- 12345678901\n- 1e+20\n- 1e+21\n- 1e+22\n- 1e-05\n- 1.2345675e+06\n- 0\n- 9223372036854776000"
    ),
    (
        "{\"text\": \"one\\ntwo\\n\", \"keep\": \"x\\n\\n\", \"none\": \"x\\ny\", \"indented\": \"  x\\ny\", \"space\": \"x \\ny\", \"cr\": \"x\\r\\ny\", \"line\": \"\\n\"}",
        "cr: \"x\\r\\ny\"\nindented: |2-\n    x\n  y\nkeep: |+\n  x\n\nline: |2+\n\nnone: |-\n  x\n  y\nspace: \"x \\ny\"\ntext: |\n  one\n  two"
    ),
    (
        "{\"long\": \"The quick brown fox jumps over the lazy dog and then it jumps over the lazy dog once more, twice\", \"quoted\": \"The quick: brown fox jumps over the lazy dog and then it jumps over the lazy dog once more\", \"double\": \"The quick \\t brown fox jumps over the lazy dog and then it jumps over the lazy dog once more\"}",
        "double: \"The quick \\t brown fox jumps over the lazy dog and then it jumps over the\n  lazy dog once more\"\nlong: The quick brown fox jumps over the lazy dog and then it jumps over the lazy\n  dog once more, twice\nquoted: 'The quick: brown fox jumps over the lazy dog and then it jumps over the lazy\n  dog once more'"
    ),
    (
        "{\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\": [1, {\"a\": 2}], \"two\\nlines\": {\"x\": []}}",
        "? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n: - 1\n  - a: 2\n? |-\n  two\n  lines\n: x: []"
    ),
    (
        "[[1, [2, 3]], {\"a\": [{\"b\": 1, \"c\": {\"d\": 2}}]}, []]",
        "- - 1\n  - - 2\n    - 3\n- a:\n  - b: 1\n    c:\n      d: 2\n- []"
    ),
    (
        "[\"caf\u{E9}\", \"\u{1F600}\", \"\u{2028}\", \"\u{A0}\", \"\u{FEFF}\"]",
        "- caf\u{E9}\n- \"\\U0001F600\"\n- '\u{2028}'\n- \u{A0}\n- \"\\uFEFF\""
    ),
    (
        "\"plain\"",
        "plain"
    ),
    (
        "\"two\\nlines\"",
        "|-\n  two\n  lines"
    ),
    (
        "null",
        "null"
    ),
    (
        "[]",
        "[]"
    ),
    (
        "\"del\u{7F}\"",
        ""
    ),
]

private let read: [(yaml: String, json: String)] = [
    (
        "a: 1\nb: yes\nn: off\n012: 0x1F\n1.50: ~\n",
        "{\"1.5\":null,\"10\":31,\"a\":1,\"b\":true,\"false\":false}"
    ),
    (
        "a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n  r: 4\nc: [*x, *x]\n",
        "{\"a\":{\"p\":1,\"q\":2},\"b\":{\"p\":1,\"q\":2,\"r\":4},\"c\":[{\"p\":1,\"q\":2},{\"p\":1,\"q\":2}]}"
    ),
    (
        "a: 1\na: 2\n",
        "{\"a\":2}"
    ),
    (
        "a: 1\n---\n[",
        "{\"a\":1}"
    ),
    (
        "---\na: !!str 5\nb: !!float 1\nc: ! 5\nd: !!binary aGk=\n",
        "{\"a\":\"5\",\"b\":1,\"c\":\"5\",\"d\":\"hi\"}"
    ),
    (
        "d: 2020-01-01\nt: 1:30\ne: 1e3\nf: .5\ng: 1_000\nh: 08\ni: 0o17\nj: 0b11\nk: 1e400\n",
        "{\"d\":\"2020-01-01\",\"e\":1000,\"f\":0.5,\"g\":1000,\"h\":8,\"i\":15,\"j\":3,\"k\":\"1e400\",\"t\":\"1:30\"}"
    ),
    (
        "a: |\n  x\n  y\nb: >-\n  x\n  y\n\n  z\n",
        "{\"a\":\"x\\ny\\n\",\"b\":\"x y\\nz\"}"
    ),
    (
        "- a\n",
        "{\"Error\":\"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}\"}"
    ),
    (
        "text",
        "{\"Error\":\"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}\"}"
    ),
    (
        "",
        "{}"
    ),
    (
        "a: [",
        "{\"Error\":\"error converting YAML to JSON: yaml: line 1: did not find expected node content\"}"
    ),
    (
        "a: b: c",
        "{\"Error\":\"error converting YAML to JSON: yaml: mapping values are not allowed in this context\"}"
    ),
    (
        "a: {{ .x }}",
        "{\"Error\":\"error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{\\\".x\\\":interface {}(nil)}\"}"
    ),
    (
        "~: x",
        "{\"Error\":\"error converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: \\\"x\\\"\"}"
    ),
    (
        "a: .nan",
        "{\"Error\":\"error converting YAML to JSON: json: unsupported value: NaN\"}"
    ),
    (
        "a: *b",
        "{\"Error\":\"error converting YAML to JSON: yaml: unknown anchor 'b' referenced\"}"
    ),
    (
        "a: &b [*b]",
        "{\"Error\":\"error converting YAML to JSON: yaml: anchor 'b' value contains itself\"}"
    ),
    (
        "a: !!int x",
        "{\"Error\":\"error converting YAML to JSON: yaml: cannot decode !!str `x` as a !!int\"}"
    ),
    (
        "a: \u{1}",
        "{\"Error\":\"error converting YAML to JSON: yaml: control characters are not allowed\"}"
    ),
    (
        "<<: 1",
        "{\"Error\":\"error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value\"}"
    ),
    (
        "a: \"\n  b",
        "{\"Error\":\"error converting YAML to JSON: yaml: line 2: found unexpected end of stream\"}"
    ),
    (
        "{a: 1, b}",
        "{\"a\":1,\"b\":null}"
    ),
    (
        "a:\n\t- b",
        "{\"Error\":\"error converting YAML to JSON: yaml: line 2: found character that cannot start any token\"}"
    ),
    (
        "9223372036854775808: x",
        "{\"Error\":\"error converting YAML to JSON: unsupported map key of type: uint64, key: 0x8000000000000000, value: \\\"x\\\"\"}"
    ),
    (
        "\u{FEFF}a: 1",
        "{\"a\":1}"
    ),
]
