import KubeModel
import Testing

@testable import ConversationAccess

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("a\u{1B}[2Kb", "a\\u{1b}[2Kb"), ("a\rb", "a\\u{d}b"), ("a\u{9B}1mb", "a\\u{9b}1mb"),
        ("\u{7}\u{8}\u{7F}", "\\u{7}\\u{8}\\u{7f}"),
        ("evil\u{202E}gnp", "evil\\u{202e}gnp"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
        ("a\u{200B}b", "a\\u{200b}b"),
        ("prod\u{200D}", "prod\\u{200d}"), ("a\u{2028}b", "a\\u{2028}b"), ("x\u{E0041}", "x\\u{e0041}"),
        ("soft\u{AD}hyphen", "soft\\u{ad}hyphen"), ("\u{3164}", "\\u{3164}"), ("a\r\nb", "a\\u{d}\nb"),
    ])
    func `what a terminal would obey or not show is written out`(text: String, escaped: String) {
        #expect(SafeText.escape(text) == escaped)
    }

    @Test(arguments: ["plain", "zwei\n\tZeilen", "Grüße, 世界, שלום", "👩‍💻 ❤️", "نمی‌خواهم"])
    func `what people write stays as it is`(text: String) { #expect(SafeText.escape(text) == text) }

    @Test func `escaped JSON has the same value`() throws {
        let value: JSONValue = ["a\u{202E}": "b\u{9B}\u{E0041}\u{7F}ü\u{1B}"]
        let text = SafeText.escapeJSON(JSONWriter.string(value))
        #expect(text.unicodeScalars.allSatisfy { $0.isASCII || $0 == "ü" } && !text.contains("\u{1B}"))
        #expect(try JSONParser.parse(text) == value)
    }
}
