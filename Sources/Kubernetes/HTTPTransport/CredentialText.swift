/// The rules for reading a credential, wherever it is from: a file, a Secret, a kubeconfig, a program's output.
public enum CredentialText {
    /// The text without the white space around it, and without a byte order mark: files and YAML blocks end in a line
    /// feed, and some editors begin with the mark.
    public static func trimmed(_ text: String) -> String {
        var text = text[...]
        while let first = text.first, first.isWhitespace || first == byteOrderMark { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// The text without line ends around it. Blanks of a password may be meant.
    public static func withoutLineEnds(_ text: String) -> String {
        var text = text[...]
        while text.last?.isNewline == true { text.removeLast() }
        while text.first?.isNewline == true { text.removeFirst() }
        return String(text)
    }

    /// Whether a text has none of the characters that would end a header, or that none may have (RFC 9110, section 5.5).
    public static func fitsHeader(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// Half a sentence about a text that doesn't fit. It says nothing of the text itself.
    public static let refusal = "has a line feed or another control character inside, which no HTTP header can carry"

    private static let byteOrderMark: Character = "\u{FEFF}"
}
