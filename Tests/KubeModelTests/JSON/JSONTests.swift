import KubeModel
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "[1,-2,3.5,1e+30]", "{\"a\":{\"b\":[{}]},\"c\":\"\"}", "\"\\u0000\\n\\\"\\\\\"", "\"ü😀\"",
        "9223372036854775807", "-9223372036854775808",
    ])
    func `what is written reads back`(_ text: String) throws {
        let value = try JSONParser.parse(text)
        #expect(JSONWriter.string(value) == text)
    }

    @Test func `escapes are understood`() throws {
        #expect(try JSONParser.parse(#""\ud83d\ude00\u00e4\/\b\f\n\r\t""#) == "😀ä/\u{8}\u{c}\n\r\t")
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "nul", "truex",
        "\"\u{1}\"", "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "1 2", "[1] x",
        "{\"a\":1,\"a\":2}", "1e999", "'a'", "[1 2]",
    ])
    func `what isn't JSON is refused`(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFE]] {
            #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(bytes) }
        }
    }

    @Test func `depth is bounded`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(JSONParser.maximumDepth)) }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(nested(100_000)) }
    }

    @Test func `duplicate keys are found among many`() {
        let members = (0..<100).map { "\"k\($0)\":1" }.joined(separator: ",")
        #expect(throws: Never.self) { try JSONParser.parse("{\(members)}") }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse("{\(members),\"k50\":2}") }
    }

    @Test(arguments: [
        #"{"a":1,"\u0061":2}"#, #"{"\"":1,"\u0022":2}"#, #"{"/":1,"\/":2}"#, #"{"\n":1,"x":0,"\n":2}"#,
        #"{"é":1,"\u00e9":2}"#, #"{"a":{"b":1,"c":{"b":1},"b":2}}"#,
    ])
    func `duplicate keys are found however they are spelled`(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text) }
    }

    @Test func `keys of different objects are no duplicates`() throws {
        let text = #"{"a":{"a":{"a":1},"\"a":2},"b":[{"a":1},{"a":1}],"é":{"é":1,"a":2}}"#
        #expect(try JSONParser.parse(text)["b"]?.array?.count == 2)
        #expect(try JSONParser.parse(text)["a", "a", "a"] == 1)
    }

    @Test func `special characters are seen at any place of a word`() throws {
        for length in 0..<20 {
            for special in ["\"", "\\", "\n", "ü", "😀", "\u{7F}"] {
                let text = String(repeating: "x", count: length) + special + String(repeating: "y", count: 19 - length)
                #expect(try JSONParser.parse(JSONWriter.string(.string(text))) == .string(text))
            }
            let control = Array("\"".utf8) + [UInt8](repeating: 0x78, count: length) + [0x1F, 0x22]
            #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(control) }
        }
    }

    @Test func `the order of keys is kept, and doesn't matter for equality, hashes and canonical text`() throws {
        let a = try JSONParser.parse("{\"b\":1,\"a\":{\"y\":1,\"x\":2}}")
        let b = try JSONParser.parse("{\"a\":{\"x\":2,\"y\":1},\"b\":1}")
        #expect(a.object?.keys == ["b", "a"])
        #expect(a == b && a.hashValue == b.hashValue)
        #expect(JSONWriter.string(a, options: .canonical) == JSONWriter.string(b, options: .canonical))
        #expect(JSONWriter.string(a, options: .canonical) == "{\"a\":{\"x\":2,\"y\":1},\"b\":1}")
    }

    @Test func `any value survives writing and parsing`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let value = JSONValue.random(depth: 4, &random)
            #expect(try JSONParser.parse(JSONWriter.bytes(value)) == value)
            #expect(try JSONParser.parse(JSONWriter.bytes(value, options: [.pretty, .sortedKeys])) == value)
        }
    }

    @Test func `large objects find, replace and remove their members`() {
        var object = JSONObject()
        for i in 0..<100 { object["k\(i)"] = JSONValue(i) }
        object["k50"] = nil
        object["k60"] = "new"
        #expect(object.count == 99 && object["k50"] == nil && object["k60"] == "new" && object["k99"] == 99)
    }

    @Test func `a path makes the objects on its way`() {
        var value: JSONValue = [:]
        value["spec", "template", "replicas"] = 3
        #expect(value == ["spec": ["template": ["replicas": 3]]])
        value["spec", "template", "replicas"] = nil
        #expect(value == ["spec": ["template": [:]]])
        value["no", "such"] = nil
        #expect(value["no"] == nil)
    }
}

extension JSONValue {
    static func random(depth: Int, _ random: inout some RandomNumberGenerator) -> JSONValue {
        func text() -> String {
            let alphabet: [Character] = ["a", "b", "\"", "\\", "\n", "\u{1}", "ü", "😀", "/", " ", ":", "#", "-"]
            return String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .int(.random(in: .min ... .max, using: &random))
        case 3: return .double(Double.random(in: -1e6...1e6, using: &random))
        case 4, 5: return .string(text())
        case 6:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in .random(depth: depth - 1, &random) })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in (text(), .random(depth: depth - 1, &random))
                    }))
        }
    }
}
