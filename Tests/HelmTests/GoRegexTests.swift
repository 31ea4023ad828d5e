import Testing

@testable import Helm

/// Results of Go's `regexp`, as Helm v4.2.3 has them.
struct GoRegexTests {
    @Test(arguments: [
        ("a+", "baac a", "aa"), ("a+?", "baac", "a"), ("(?i)ÄB", "xäb", "äb"), ("^b", "a\nb", ""),
        ("(?m)^b", "a\nb", "b"),
        ("[[:upper:]]\\d{2,3}", "aB1234", "B123"), ("\\bfoo\\b", "a foo.", "foo"), ("(a|ab)(c|bcd)", "abcd", "abcd"),
        ("\\p{Lu}\\PL", "aÄ1", "Ä1"), ("[^\\s-]+", " a-b", "a"), ("\\Qa.b\\E+", "axb a.bb", "a.bb"),
        ("(|a)*b", "aab", "aab"),
        (".", "\n", ""), ("(?s).", "\n", "\n"), ("x{0,2}$", "axxx", "xx"), ("[]a]+", "b]a", "]a"),
    ])
    func `the leftmost match that is preferred is found`(pattern: String, text: String, match: String) throws {
        let found = try GoRegex(ByteString(pattern)).find(in: ByteString(text))
        #expect(found.text == match)
    }

    @Test(arguments: [
        ("a(b?)c", "abc ac", "<$1>", "<b> <>"), ("a*", "baac", "-", "-b-c-"), ("(?P<x>a)", "a", "${x}y$$$z", "ay$"),
        ("b", "abc", "$1x|${1}x", "a|xc"), ("$", "ab", "!", "ab!"),
    ])
    func `matches are replaced`(pattern: String, text: String, template: String, result: String) throws {
        let replaced = try GoRegex(ByteString(pattern)).replacing(in: ByteString(text), with: ByteString(template))
        #expect(replaced.text == result)
    }

    @Test(arguments: [
        (",", "a,b,c", -1, ["a", "b", "c"]), (",", "a,b,c", 2, ["a", "b,c"]), ("", "abc", -1, ["a", "b", "c"]),
        (",", "", -1, [""]), (",", "a", 0, []), ("b*", "abbc", -1, ["a", "c"]),
    ])
    func `texts are split`(pattern: String, text: String, limit: Int, parts: [String]) throws {
        let split = try GoRegex(ByteString(pattern)).split(ByteString(text), limit: limit)
        #expect(split.map(\.text) == parts)
    }

    @Test(arguments: [
        ("(", "missing closing ): `(`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
        ("*", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `**`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("[z-a]", "invalid character class range: `z-a`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("\\8", "invalid escape sequence: `\\8`"),
        ("\\", "trailing backslash at end of expression: ``"), ("(?P<n", "invalid named capture: `(?P<n`"),
    ])
    func `what is no expression is refused`(pattern: String, problem: String) {
        #expect(throws: HelmError.self) { try GoRegex(ByteString(pattern)) }
        do throws(HelmError) {
            _ = try GoRegex(ByteString(pattern))
        } catch {
            #expect(error.message.text == "error parsing regexp: \(problem)")
        }
    }

    @Test func `cases of letters are folded in classes of any size`() throws {
        let (set, others) = (try GoRegex("(?i)^[\\x{100}-\\x{ffff}]$"), try GoRegex("(?i)^[^\\x{100}-\\x{ffff}]$"))
        // The Kelvin sign is another case of both.
        let matches = [try set.matches("k"), try others.matches("K"), try others.matches("j")]
        #expect(matches == [true, false, true])
        let many = try GoRegex(ByteString("(?i)" + String(repeating: "[\\x{0}-\\x{ffff}]", count: 200)))
        let found = try many.matches("")
        #expect(!found)
    }

    @Test(arguments: [
        ("(?:(?:(?:){1000}){1000}){1000}", "{1000}"), ("(a{100}){11}?", "{11}?"), ("((a{2,}){600})+", "{600}"),
    ])
    func `repetitions of repetitions are counted together`(pattern: String, part: String) {
        let error = #expect(throws: HelmError.self) { try GoRegex(ByteString(pattern)) }
        #expect(error?.message.text == "error parsing regexp: invalid repeat count: `\(part)`")
    }

    @Test func `an expression that makes others backtrack for ages takes linear time`() throws {
        let regex = try GoRegex("(a*)*(a*)*(a*)*b")
        let matches = try regex.matches(ByteString(String(repeating: "a", count: 5000)))
        #expect(!matches)
    }

    @Test func `an expression that is too large is refused`() {
        #expect(throws: HelmError.self) { try GoRegex("((a{100}){100}){100}") }
        #expect(throws: HelmError.self) { try GoRegex(ByteString(String(repeating: "(", count: 100_000))) }
    }
}
