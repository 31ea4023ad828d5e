import KubeModel
import Testing

/// What `kubectl create --dry-run=client -o json` (1.32) makes of the same texts.
@Suite struct YAMLScalarTests {
    private func value(_ text: String) throws -> JSONValue? { try YAML.parse("v: \(text)\n")["v"] }

    @Test(arguments: [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE", "yes # c", "!!bool 'yes'",
    ])
    func `these are true`(_ text: String) throws { #expect(try value(text) == true) }

    @Test(arguments: ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE", "!!bool n"])
    func `these are false`(_ text: String) throws { #expect(try value(text) == false) }

    @Test(arguments: ["", "~", "null", "Null", "NULL", "!!null", "!!null ''", "!!null ~", "&a"])
    func `these are null`(_ text: String) throws { #expect(try value(text) == .null) }

    @Test(arguments: [
        ("1_000", 1000), ("1__0", 10), ("1_", 1), ("+1_0", 10), ("0", 0), ("-0", 0), ("+0", 0), ("00", 0), ("007", 7),
        ("017", 15), ("0_17", 15), ("01_7", 15), ("+017", 15), ("0o17", 15), ("-0o17", -15), ("0o1_7", 15),
        ("0x1F", 31),
        ("0X1F", 31), ("-0x1F", -31), ("+0x1F", 31), ("0x1_F", 31), ("0x_1", 1), ("0b1", 1), ("0B1", 1), ("-0b1", -1),
        ("0b1_0", 2), ("0b_1", 1), ("0b11111111", 255), ("0777777777777777777777", Int64.max),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("!!int \"3\"", 3),
        ("!!int '0x10'", 16), ("!!int \"3_0\"", 30), ("!!float 3", 3), ("!!float 1_0", 10),
    ])
    func `these are integers`(_ text: String, _ expected: Int64) throws { #expect(try value(text) == .int(expected)) }

    @Test(arguments: [
        ("1_000.5", 1000.5), ("08", 8), ("089", 89), ("1e3", 1000), ("1E3", 1000), ("1e+3", 1000), ("1e-3", 0.001),
        (".5", 0.5), ("-.5", -0.5), ("+.5", 0.5), ("5.", 5), ("0.", 0), ("1.0", 1), ("1.0_0", 1), ("1._0", 1),
        ("1_0e3", 10000), ("9223372036854775808", 0x1p63), ("18446744073709551616", 0x1p64),
        ("0xFFFFFFFFFFFFFFFF", 0x1p64), ("-9223372036854775809", -0x1p63),
        ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ("!!float \"3.5\"", 3.5), ("!!int 18446744073709551615", 0x1p64),
    ])
    func `these are numbers`(_ text: String, _ expected: Double) throws {
        #expect(try value(text) == .double(expected))
    }

    @Test(arguments: [
        "yEs", "oN", "tRue", "nUll", "_1", "0o8", "0xg", "0b2", "0x", "0b", "0o", "1e400", "-1e400", "inf", "nan",
        "NaN",
        "Infinity", "+.nan", "-.nan", "._1", "1.2.3", "1-2", "1,000", "1+1", "+", ".", "..", "-.", "e3", ".e3", "1e",
        "1e+",
        "5Gi", "100m", "0x1.8p3", "1p3", "0x10000000000000000", "2001-12-14", "2001-12-15T02:59:43Z", "12:30",
        "190:20:30",
        "=", "<<", "a#b", "--1", "+-1",
    ])
    func `these are texts`(_ text: String) throws { #expect(try value(text) == .string(text)) }

    @Test(arguments: [
        ("!!str 1", "1"), ("!!str", ""), ("!!str ~", "~"), ("! 1", "1"), ("!foo 1", "1"),
        ("!<tag:yaml.org,2002:str> y", "y"),
        ("!!binary aGVsbG8=", "hello"), ("!!binary \"aGVsbG8=\"", "hello"), ("!!binary |\n    aGVs\n    bG8=", "hello"),
        ("!!binary ''", ""), ("!!timestamp 2001-01-01", "2001-01-01"),
    ])
    func `tags say what a scalar is`(_ text: String, _ expected: String) throws {
        #expect(try value(text) == .string(expected))
    }

    @Test(arguments: [
        ".inf", "-.INF", ".nan", "!!float .inf", "!!int abc", "!!int 3.5", "!!int ''", "!!int yes", "!!bool x",
        "!!null x",
        "!!float x", "!!binary '*'", "!!binary aGVsbG8", "!!binary 'aGVs bG8='", "{null: 1}", "{~: 1}", "{[a]: 1}",
        "{{a: b}: 1}", "{12345678901234567890: 1}", "{a: 1, a: 2}", "{true: 1, yes: 2}", "{1: 1, 0x1: 2}", "{<<: 3}",
        "{<<: ~}", "{<<: [3]}",
    ])
    func `what kubectl refuses, and keys that are there twice, are refused`(_ text: String) {
        #expect(throws: YAML.Failure.self) { try value(text) }
    }

    @Test func `bytes that are no text are refused, not replaced`() {
        #expect(throws: YAML.Failure.self) { try value("!!binary /w==") }
    }

    @Test(arguments: [
        ("yes", "true"), ("y", "true"), ("off", "false"), ("1", "1"), ("010", "8"), ("0x10", "16"), ("1_000", "1000"),
        ("1.0", "1"), ("1.10", "1.1"), ("1e3", "1000"), (".5", "0.5"), ("-1", "-1"), ("2001-01-01", "2001-01-01"),
        ("''", ""),
        ("'yes'", "yes"), ("!!str 1", "1"), ("!!binary aGVsbG8=", "hello"), ("=", "="), ("'<<'", "<<"),
    ])
    func `keys are texts`(_ key: String, _ expected: String) throws {
        #expect(try value("{\(key): c}") == .object([expected: "c"]))
    }

    @Test(
        arguments: [
            ("{<<: *x, c: 3}", ["b": 1, "c": 3]), ("{c: 3, <<: *x}", ["c": 2, "b": 1]),
            ("{<<: [*x, {b: 9, d: 4}]}", ["b": 1, "d": 4, "c": 2]),
            ("{b: 0, <<: *x, c: 3}", ["b": 1, "c": 3]), ("{!!merge <<: *x}", ["b": 1, "c": 2]),
        ] as [(String, JSONValue)])
    func `a merge takes effect where it is written`(_ text: String, _ expected: JSONValue) throws {
        #expect(try YAML.parse("a: &x {b: 1, c: 2}\nv: \(text)")["v"] == expected)
    }

    @Test(arguments: [
        "\u{FEFF}a: 1\n---\na: 2\n", "a: 1\n---\n\u{FEFF}a: 2\n", "\u{FEFF}---\na: 1\n\u{FEFF}---\na: 2\n",
        "---\r\n\u{FEFF}a: 1\r\n---\r\n\u{FEFF}a: 2\r\n", "a: 1\r---\ra: 2\r",
        "# c\n---\n# d\n---\na: 1\n---\n---\na: 2\n...\n",
        "~\n---\na: 1\n--- # c\na: 2", #"{"a":1}{"a":2}"#, "\u{FEFF} {\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n---\na: 2\n",
        "a: 1\n---\n{\n\t\"a\":2\n}", "--- {a: 1}\n--- {a: 2}",
    ])
    func `documents begin and end in many ways`(_ text: String) throws {
        #expect(try YAML.parseAll(text) == [["a": 1], ["a": 2]])
    }

    @Test func `a mark within a text stays`() throws {
        #expect(try value("a\u{FEFF}b") == "a\u{FEFF}b")
    }

    @Test func `JSON has characters of two escapes`() throws {
        #expect(try YAML.parse(#"{"a":"\ud83d\ude00\/"}"#) == ["a": "😀/"])
    }
}
