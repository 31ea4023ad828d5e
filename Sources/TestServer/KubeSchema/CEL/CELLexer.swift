/// Splits the source of an expression into tokens (lexical grammar of the CEL specification).
struct CELLexer {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    static func tokens(_ source: String) throws(CELFailure) -> [CELToken] {
        var lexer = CELLexer(scalars: Array(source.unicodeScalars))
        var tokens: [CELToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        at + ahead < scalars.count ? scalars[at + ahead] : nil
    }

    private func failure(_ message: String, at offset: Int? = nil) -> CELFailure {
        CELFailure(
            .syntax,
            message: CELDiagnostic.text(
                "Syntax error: \(message)", source: String(String.UnicodeScalarView(scalars)), at: offset ?? at))
    }

    private mutating func skipBlanks() {
        while let scalar = peek() {
            if scalar.properties.isWhitespace {
                at += 1
            } else if scalar == "/", peek(1) == "/" {
                while let next = peek(), next != "\n" { at += 1 }
            } else {
                return
            }
        }
    }

    private mutating func next() throws(CELFailure) -> CELToken {
        skipBlanks()
        let start = at
        guard let scalar = peek() else { return CELToken(kind: .end, offset: start) }
        if let prefix = stringPrefix() { return CELToken(kind: try string(prefix), offset: start) }
        if scalar == "_" || Self.isLetter(scalar) { return CELToken(kind: .identifier(word()), offset: start) }
        if Self.isDigit(scalar) || (scalar == "." && peek(1).map(Self.isDigit) == true) {
            return CELToken(kind: try number(), offset: start)
        }
        for length in [2, 1] where at + length <= scalars.count {
            let text = String(String.UnicodeScalarView(scalars[at..<at + length]))
            guard Self.symbols.contains(text) else { continue }
            at += length
            return CELToken(kind: .symbol(text), offset: start)
        }
        throw failure("token recognition error at: '\(scalar)'")
    }

    private static let symbols: Set<String> = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[",
        "]", "{", "}",
    ]

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private mutating func word() -> String {
        let start = at
        while let scalar = peek(), scalar == "_" || Self.isLetter(scalar) || Self.isDigit(scalar) { at += 1 }
        return text(from: start)
    }

    private func text(from start: Int) -> String { String(String.UnicodeScalarView(scalars[start..<at])) }

    // MARK: Numbers

    private mutating func number() throws(CELFailure) -> CELToken.Kind {
        let start = at
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            at += 2
            let digits = at
            while let scalar = peek(), scalar.properties.isASCIIHexDigit { at += 1 }
            return try whole(UInt64(text(from: digits), radix: 16), start: start)
        }
        skipDigits()
        var isWhole = true
        if peek() == ".", peek(1).map(Self.isDigit) == true {
            isWhole = false
            at += 1
            skipDigits()
        }
        if peek() == "e" || peek() == "E" {
            isWhole = false
            at += 1
            if peek() == "+" || peek() == "-" { at += 1 }
            skipDigits()
        }
        if isWhole { return try whole(UInt64(text(from: start)), start: start) }
        guard let value = Double(text(from: start)) else { throw failure("invalid double literal", at: start) }
        return .double(value)
    }

    private mutating func skipDigits() { while let scalar = peek(), Self.isDigit(scalar) { at += 1 } }

    private mutating func whole(_ value: UInt64?, start: Int) throws(CELFailure) -> CELToken.Kind {
        guard let value else { throw failure("invalid int literal", at: start) }
        if peek() == "u" || peek() == "U" {
            at += 1
            return .uint(value)
        }
        return .int(value)
    }

    // MARK: Strings

    private struct StringPrefix { var isRaw = false, isBytes = false, length = 0 }

    /// The letters before a quote: `r` for raw, `b` for bytes, in any order and case.
    private func stringPrefix() -> StringPrefix? {
        var prefix = StringPrefix()
        while let scalar = peek(prefix.length) {
            switch scalar {
            case "\"", "'": return prefix
            case "r", "R": if prefix.isRaw { return nil } else { prefix.isRaw = true }
            case "b", "B": if prefix.isBytes { return nil } else { prefix.isBytes = true }
            default: return nil
            }
            prefix.length += 1
        }
        return nil
    }

    private mutating func string(_ prefix: StringPrefix) throws(CELFailure) -> CELToken.Kind {
        let start = at
        at += prefix.length
        guard let quote = peek() else { throw failure("unterminated string", at: start) }
        let isTriple = peek(1) == quote && peek(2) == quote
        at += isTriple ? 3 : 1
        var bytes: [UInt8] = []
        while let scalar = peek() {
            if scalar == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                at += isTriple ? 3 : 1
                if prefix.isBytes { return .bytes(bytes) }
                return .string(String(decoding: bytes, as: UTF8.self))
            }
            if !isTriple, scalar == "\n" || scalar == "\r" { break }
            at += 1
            if scalar == "\\", !prefix.isRaw {
                try escape(into: &bytes, isBytes: prefix.isBytes)
            } else {
                bytes.append(contentsOf: String(scalar).utf8)
            }
        }
        throw failure("unterminated string", at: start)
    }

    private static let escapes: [Unicode.Scalar: UInt8] = [
        "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5C, "?": 0x3F, "\"": 0x22, "'": 0x27,
        "`": 0x60,
    ]

    private mutating func escape(into bytes: inout [UInt8], isBytes: Bool) throws(CELFailure) {
        guard let scalar = peek() else { throw failure("unterminated string") }
        at += 1
        if let byte = Self.escapes[scalar] { return bytes.append(byte) }
        let code: UInt32
        switch scalar {
        case "x", "X": code = try digits(2, radix: 16)
        case "u": code = try digits(4, radix: 16)
        case "U": code = try digits(8, radix: 16)
        case "0"..."3":
            at -= 1
            code = try digits(3, radix: 8)
        default: throw failure("unknown escape sequence", at: at - 1)
        }
        if isBytes, code < 256 { return bytes.append(UInt8(code)) }
        guard let unicode = Unicode.Scalar(code) else { throw failure("invalid code point") }
        bytes.append(contentsOf: String(unicode).utf8)
    }

    private mutating func digits(_ count: Int, radix: Int) throws(CELFailure) -> UInt32 {
        guard at + count <= scalars.count else { throw failure("unterminated string") }
        let start = at
        at += count
        guard let code = UInt32(text(from: start), radix: radix) else { throw failure("invalid escape", at: start) }
        return code
    }
}
