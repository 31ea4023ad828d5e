/// Splits the text of a template into tokens, one at a time.
struct TemplateLexer {
    var input: [UInt8]
    var position = 0
    var start = 0
    var line = 1
    var startLine = 1
    var insideAction = false
    var depth = 0
    var atEOF = false

    init(_ text: ByteString) {
        input = text.bytes
    }

    static let delimiterLength = 2
    static let trimMarkerLength = 2

    mutating func next() -> TemplateToken {
        if insideAction { return action() }
        return text()
    }

    // MARK: - Outside of actions

    mutating func text() -> TemplateToken {
        while true {
            guard let found = index(of: "{{", from: position) else {
                position = input.count
                if position > start { return emit(.text, countingLines: true) }
                return endOfFile()
            }
            if found > position {
                var end = found
                if hasLeftTrimMarker(at: found + Self.delimiterLength) {
                    while end > start, Self.isSpace(input[end - 1]) { end -= 1 }
                }
                position = end
                let token = emit(.text, countingLines: true)
                position = found
                ignore()
                if !token.value.isEmpty { return token }
            }
            if let token = leftDelimiter() { return token }
        }
    }

    /// Nil where a comment was skipped.
    mutating func leftDelimiter() -> TemplateToken? {
        position += Self.delimiterLength
        let trims = hasLeftTrimMarker(at: position)
        let after = trims ? Self.trimMarkerLength : 0
        if starts(with: "/*", at: position + after) {
            position += after
            ignore()
            return comment()
        }
        let token = emit(.leftDelimiter)
        insideAction = true
        position += after
        ignore()
        depth = 0
        return token
    }

    mutating func comment() -> TemplateToken? {
        position += 2
        guard let found = index(of: "*/", from: position) else { return error("unclosed comment") }
        position = found + 2
        guard let delimiter = rightDelimiterHere else { return error("comment ends before closing delimiter") }
        position += (delimiter.trims ? Self.trimMarkerLength : 0) + Self.delimiterLength
        if delimiter.trims { skipSpaces() }
        ignore()
        return nil
    }

    mutating func rightDelimiter() -> TemplateToken {
        let trims = rightDelimiterHere?.trims == true
        if trims {
            position += Self.trimMarkerLength
            ignore()
        }
        position += Self.delimiterLength
        let token = emit(.rightDelimiter)
        if trims {
            skipSpaces()
            ignore()
        }
        insideAction = false
        return token
    }

    mutating func skipSpaces() {
        while position < input.count, Self.isSpace(input[position]) { position += 1 }
    }

    // MARK: - Inside of actions

    mutating func action() -> TemplateToken {
        if rightDelimiterHere != nil {
            return depth == 0 ? rightDelimiter() : error("unclosed left paren")
        }
        guard position < input.count else { return atEOF ? endOfFile() : error("unclosed action") }
        let byte = input[position]
        if Self.isSpace(byte) { return space() }
        if byte >= 0x80 { return wideCharacter() }
        position += 1
        switch byte {
        case UInt8(ascii: "="): return emit(.assign)
        case UInt8(ascii: ":"):
            guard position < input.count, input[position] == UInt8(ascii: "=") else { return error("expected :=") }
            position += 1
            return emit(.declare)
        case UInt8(ascii: "|"): return emit(.pipe)
        case UInt8(ascii: "\""): return quoted(by: byte, as: .string, "unterminated quoted string")
        case UInt8(ascii: "'"): return quoted(by: byte, as: .charConstant, "unterminated character constant")
        case UInt8(ascii: "`"): return rawString()
        case UInt8(ascii: "$"): return word(.variable)
        case UInt8(ascii: "."):
            if position < input.count, !Self.isDigit(input[position]) { return word(.field) }
            position -= 1
            return number()
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            position -= 1
            return number()
        case UInt8(ascii: "("):
            depth += 1
            return emit(.leftParenthesis)
        case UInt8(ascii: ")"):
            depth -= 1
            return depth < 0 ? error("unexpected right paren") : emit(.rightParenthesis)
        case UInt8(ascii: "_"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            position -= 1
            return identifier()
        case 0x21..<0x7f: return emit(.char)
        default: return error("unrecognized character in action: " + GoText.codePointName(UInt32(byte)))
        }
    }

    mutating func wideCharacter() -> TemplateToken {
        let (scalar, _) = GoText.decode(input, at: position)
        if GoText.isLetterOrDigit(scalar) { return identifier() }
        return error("unrecognized character in action: " + GoText.codePointName(scalar))
    }

    mutating func space() -> TemplateToken {
        var spaces = 0
        while position < input.count, Self.isSpace(input[position]) {
            position += 1
            spaces += 1
        }
        // A closing delimiter may begin with the last of the spaces: " -}}".
        if hasRightTrimMarker(at: position - 1), starts(with: "}}", at: position - 1 + Self.trimMarkerLength) {
            position -= 1
            if spaces == 1 { return rightDelimiter() }
        }
        return emit(.space, countingLines: true)
    }

    mutating func quoted(by quote: UInt8, as kind: TemplateToken.Kind, _ unterminated: ByteString) -> TemplateToken {
        while position < input.count {
            let byte = input[position]
            position += 1
            if byte == quote { return emit(kind) }
            if byte == UInt8(ascii: "\\") {
                guard position < input.count, input[position] != UInt8(ascii: "\n") else { break }
                position += 1
            } else if byte == UInt8(ascii: "\n") {
                break
            }
        }
        return error(unterminated)
    }

    mutating func rawString() -> TemplateToken {
        while position < input.count {
            position += 1
            if input[position - 1] == UInt8(ascii: "`") { return emit(.rawString, countingLines: true) }
        }
        return error("unterminated raw quoted string")
    }

    mutating func identifier() -> TemplateToken {
        skipAlphanumerics()
        let word = ByteString(bytes: input[start..<position])
        guard isAtTerminator else { return badCharacter() }
        if let keyword = TemplateToken.keywords[word] { return emit(keyword) }
        return emit(word == "true" || word == "false" ? .bool : .identifier)
    }

    /// A field or a variable, whose first character has been read.
    mutating func word(_ kind: TemplateToken.Kind) -> TemplateToken {
        if isAtTerminator { return emit(kind == .variable ? .variable : .dot) }
        skipAlphanumerics()
        return isAtTerminator ? emit(kind) : badCharacter()
    }

    mutating func badCharacter() -> TemplateToken {
        guard position < input.count else { return error("bad character U+FFFFFFFFFFFFFFFF") }
        return error("bad character " + GoText.codePointName(GoText.decode(input, at: position).scalar))
    }

    mutating func skipAlphanumerics() {
        while let length = alphanumericHere { position += length }
    }

    /// The length of the letter, digit or underscore here.
    var alphanumericHere: Int? {
        guard position < input.count else { return nil }
        let byte = input[position]
        if byte < 0x80 { return Self.isWord(byte) ? 1 : nil }
        let (scalar, length) = GoText.decode(input, at: position)
        return GoText.isLetterOrDigit(scalar) ? length : nil
    }

    var isAtTerminator: Bool {
        guard position < input.count else { return true }
        switch input[position] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."),
            UInt8(ascii: ","), UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: ")"), UInt8(ascii: "("):
            return true
        default: return starts(with: "}}", at: position)
        }
    }
}
