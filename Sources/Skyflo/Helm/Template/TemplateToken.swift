/// A token of a template's text.
struct TemplateToken {
    enum Kind {
        case error, bool, char, charConstant, complex, assign, declare, endOfFile, field, identifier, leftDelimiter
        case leftParenthesis, number, pipe, rawString, rightDelimiter, rightParenthesis, space, string, text, variable
        // Keywords, which messages write in angle brackets.
        case block, breakKeyword, continueKeyword, dot, define, elseKeyword, end, ifKeyword, nilKeyword, range, template
        case with

        var isKeyword: Bool {
            switch self {
            case .block, .breakKeyword, .continueKeyword, .dot, .define, .elseKeyword, .end, .ifKeyword, .nilKeyword,
                .range, .template, .with:
                true
            default: false
            }
        }
    }

    let kind: Kind
    /// The offset in bytes.
    let position: Int
    let value: ByteString
    let line: Int

    /// The token as messages write it.
    var described: ByteString {
        switch kind {
        case .endOfFile: "EOF"
        case .error: value
        case _ where kind.isKeyword: "<" + value + ">"
        default:
            value.count > 10
                ? GoQuote.quoted(GoText.prefix(of: value, characters: 10)) + "..." : GoQuote.quoted(value)
        }
    }

    static let keywords: [ByteString: Kind] = [
        ".": .dot, "block": .block, "break": .breakKeyword, "continue": .continueKeyword, "define": .define,
        "else": .elseKeyword, "end": .end, "if": .ifKeyword, "range": .range, "nil": .nilKeyword,
        "template": .template, "with": .with,
    ]
}
