import Testing

@testable import KubeSchema

@Suite struct SchemaPatternTests {
    @Test(arguments: [
        ("", "x", true), ("^a.c$", "abc", true), ("^a.c$", "a\nc", false), ("(?s)^a.c$", "a\nc", true),
        ("^(a|bc)+$", "abcbca", true), ("^(a|bc)+$", "abb", false), ("^a{2,3}$", "aa", true),
        ("^a{2,3}$", "aaaa", false),
        ("^a{2}b{1,}$", "aabb", true), ("x{,2}", "x{,2}", true), ("^[a-c^]+$", "ab^", true), ("^[^a-c]$", "b", false),
        ("^[]a-]+$", "]-a", true), ("[[:alpha:]_]", "_", true), ("[[:^alpha:]]", "a", false),
        ("^[a[b]+$", "[ab[", true),
        (#"^\d\w\s\D\W\S$"#, "1a ab!", false), (#"^\d\w\s\D\W\S$"#, "1a b!c", true), (#"\bfoo\b"#, "a foo b", true),
        (#"\bfoo\b"#, "afoo", false), ("(?i)^heLLo$", "HEllo", true), ("(?i:a)b", "AB", false),
        ("(?m)^b$", "a\nb\nc", true),
        ("a$", "a\n", false), (#"^\x41\x{1F600}\t\101$"#, "A😀\tA", true), (#"^\Qa.b\E+$"#, "a.bb", true),
        (#"^\pL\p{Lu}\PL$"#, "äÖ1", true),
        (#"^[\d\-x]+$"#, "1-x", true), ("^(?P<n>a)(?:b)?$", "a", true), ("a||b", "", true), ("()*", "", true),
        (#"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#, "a-1.b", true),
        (#"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#, "a-.b", false), ("^ä+$", "ää", true),
        ("^.$", "e\u{301}", false), ("b$", "ab", true), ("^a(?i)*$", "aaa", true), ("^{$", "{", true),
        ("^b", "ab", false),
    ])
    func `a pattern matches what RE2 matches`(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try #require(SchemaPattern(pattern)).matches(text) == expected, "\(pattern) on \(text)")
    }

    @Test(arguments: [
        "(", ")", "[", "[a", "[b-a]", "*", "a**", "+a", "(?z)", "(?<=a)", "(?=a)", #"\"#, #"\1"#, #"\q"#, "a{3,2}",
        "a{1001}", "[[:x:]]",
        #"\p{Nope}"#, #"\x{110000}"#, "((a{100}){100}){100}", "(?P<>a)", "{2}", "(?i)*", "a{2}{3}", "a*?{2}", #"a\C"#,
    ])
    func `what RE2 refuses is refused`(_ pattern: String) { #expect(SchemaPattern(pattern) == nil) }

    @Test func `matches are those that Perl finds first`() throws {
        func all(_ pattern: String, _ text: String, _ limit: Int = -1) throws -> [String] {
            try #require(SchemaPattern(pattern)).all(in: text, limit: limit)
        }
        #expect(try all("a|ab", "abab") == ["a", "a"])
        #expect(try all("(a|ab)(c|bcd)?", "abcd") == ["abcd"])
        #expect(try all("a+?", "aaa") == ["a", "a", "a"])
        #expect(try all("a*", "baac") == ["", "aa", ""])
        #expect(try all("[0-9]+", "a1b22c333", 2) == ["1", "22"])
        #expect(try all("x", "abc") == [])
    }

    @Test func `time and stack are bounded`() throws {
        let text = String(repeating: "a", count: 2000)
        #expect(try !#require(SchemaPattern("^(a*)*b$")).matches(text))
        #expect(try !#require(SchemaPattern("^(a|a|aa)*b$")).matches(text))
        #expect(SchemaPattern(String(repeating: "(", count: 100_000)) == nil)
        #expect(SchemaPattern(String(repeating: "[a-", count: 100_000)) == nil)
        #expect(SchemaPattern(String(repeating: "(a|", count: 100_000)) == nil)
    }
}
