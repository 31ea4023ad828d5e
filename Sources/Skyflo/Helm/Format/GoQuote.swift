/// `strconv.Quote` and `strconv.Unquote`.
package enum GoQuote {
    /// The text in double quotes, as the verb `%q` writes it.
    package static func quoted(_ text: ByteString, onlyASCII: Bool = false) -> ByteString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + 2)
        bytes.append(UInt8(ascii: "\""))
        append(text.bytes, quote: UInt8(ascii: "\""), onlyASCII: onlyASCII, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return ByteString(bytes: bytes)
    }

    /// Whether the text may be in backquotes: one line of printable characters without one.
    static func canBackquote(_ text: ByteString) -> Bool {
        var offset = 0
        while offset < text.count {
            let (scalar, length) = GoText.decode(text.bytes, at: offset)
            if length == 1, scalar == GoText.replacement { return false }
            if scalar == 0xfeff || scalar == 0x60 || scalar == 0x7f || scalar < 0x20 && scalar != 0x09 { return false }
            offset += length
        }
        return true
    }

    /// The text in backquotes where possible, as messages of regular expressions have it.
    static func backquoted(_ text: ByteString) -> ByteString {
        canBackquote(text) ? "`" + text + "`" : quoted(text)
    }

    /// A character in single quotes, as the verb `%q` writes a number.
    static func quoted(character: UInt32, onlyASCII: Bool = false) -> ByteString {
        var bytes: [UInt8] = [UInt8(ascii: "'")]
        var utf8: [UInt8] = []
        GoText.append(character, to: &utf8)
        append(utf8, quote: UInt8(ascii: "'"), onlyASCII: onlyASCII, to: &bytes)
        bytes.append(UInt8(ascii: "'"))
        return ByteString(bytes: bytes)
    }

    private static func append(_ text: [UInt8], quote: UInt8, onlyASCII: Bool, to bytes: inout [UInt8]) {
        var offset = 0
        while offset < text.count {
            let byte = text[offset]
            if byte >= 0x20, byte < 0x7f, byte != quote, byte != UInt8(ascii: "\\") {
                bytes.append(byte)
                offset += 1
                continue
            }
            let (scalar, length) = GoText.decode(text, at: offset)
            if length == 1, scalar == GoText.replacement {
                bytes += Array("\\x".utf8) + hex(UInt32(byte), digits: 2)
            } else {
                appendEscaped(scalar, quote: quote, onlyASCII: onlyASCII, to: &bytes)
            }
            offset += length
        }
    }

    private static func appendEscaped(_ scalar: UInt32, quote: UInt8, onlyASCII: Bool, to bytes: inout [UInt8]) {
        switch scalar {
        case UInt32(quote), 0x5c: bytes += [0x5c, UInt8(scalar)]
        case _ where GoText.isPrintable(scalar) && (!onlyASCII || scalar < 0x80): GoText.append(scalar, to: &bytes)
        case 0x07: bytes += Array("\\a".utf8)
        case 0x08: bytes += Array("\\b".utf8)
        case 0x0c: bytes += Array("\\f".utf8)
        case 0x0a: bytes += Array("\\n".utf8)
        case 0x0d: bytes += Array("\\r".utf8)
        case 0x09: bytes += Array("\\t".utf8)
        case 0x0b: bytes += Array("\\v".utf8)
        case ..<0x20, 0x7f: bytes += Array("\\x".utf8) + hex(scalar, digits: 2)
        case ..<0x10000: bytes += Array("\\u".utf8) + hex(scalar, digits: 4)
        default: bytes += Array("\\U".utf8) + hex(scalar, digits: 8)
        }
    }

    static func hex(_ value: UInt32, digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 16).utf8)
        return Array(repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }

    /// What a string or character literal of Go stands for, or nil where it is none.
    static func unquoted(_ literal: ByteString) -> ByteString? {
        let bytes = literal.bytes
        guard bytes.count >= 2, let quote = bytes.first, quote == bytes.last else { return nil }
        let inner = Array(bytes[1..<(bytes.count - 1)])
        switch quote {
        case UInt8(ascii: "`"):
            return inner.contains(quote) ? nil : ByteString(bytes: inner.filter { $0 != 0x0d })
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            var reader = EscapeReader(bytes: inner, quote: quote)
            var result: [UInt8] = []
            var count = 0
            while reader.offset < inner.count {
                guard reader.next(into: &result) else { return nil }
                count += 1
            }
            return quote == UInt8(ascii: "'") && count != 1 ? nil : ByteString(bytes: result)
        default: return nil
        }
    }
}

/// Reads the characters of a literal.
private struct EscapeReader {
    let bytes: [UInt8]
    let quote: UInt8
    var offset = 0

    /// False at what no literal may have.
    mutating func next(into result: inout [UInt8]) -> Bool {
        let byte = bytes[offset]
        guard byte != quote, byte != 0x0a else { return false }
        guard byte == UInt8(ascii: "\\") else {
            let (scalar, length) = GoText.decode(bytes, at: offset)
            if length == 1, scalar == GoText.replacement, quote == UInt8(ascii: "\"") {
                result.append(byte)
            } else {
                GoText.append(scalar, to: &result)
            }
            offset += length
            return true
        }
        offset += 1
        guard offset < bytes.count else { return false }
        let escape = bytes[offset]
        offset += 1
        return append(escape, to: &result)
    }

    private mutating func append(_ escape: UInt8, to result: inout [UInt8]) -> Bool {
        switch escape {
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0b)
        case UInt8(ascii: "\\"): result.append(0x5c)
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            guard escape == quote else { return false }
            result.append(escape)
        case UInt8(ascii: "x"):
            guard let value = number(digits: 2, radix: 16) else { return false }
            if quote == UInt8(ascii: "'") {
                GoText.append(value, to: &result)
            } else {
                result.append(UInt8(value))
            }
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard let value = number(digits: escape == UInt8(ascii: "u") ? 4 : 8, radix: 16),
                Unicode.Scalar(value) != nil
            else { return false }
            GoText.append(value, to: &result)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            offset -= 1
            guard let value = number(digits: 3, radix: 8), value < 256 else { return false }
            if quote == UInt8(ascii: "'") {
                GoText.append(value, to: &result)
            } else {
                result.append(UInt8(value))
            }
        default: return false
        }
        return true
    }

    private mutating func number(digits: Int, radix: Int) -> UInt32? {
        guard offset + digits <= bytes.count else { return nil }
        let text = String(decoding: bytes[offset..<(offset + digits)], as: UTF8.self)
        guard text.first != "+", text.first != "-", let value = UInt32(text, radix: radix) else { return nil }
        offset += digits
        return value
    }
}
