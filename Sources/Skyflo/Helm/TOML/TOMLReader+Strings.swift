// MARK: - Strings

extension TOMLReader {
    mutating func basicString() throws(HelmError) -> ByteString {
        offset += 1
        var result: [UInt8] = []
        while true {
            guard let byte = peek else { throw failure("unexpected EOF; expected '\"'") }
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return ByteString(bytes: result)
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0x0a:
                offset -= 1
                throw failure("strings cannot contain newlines")
            default: result.append(byte)
            }
        }
    }

    mutating func literalString() throws(HelmError) -> ByteString {
        offset += 1
        let start = offset
        while let byte = peek, byte != UInt8(ascii: "'") {
            if byte == 0x0a { throw failure("strings cannot contain newlines") }
            offset += 1
        }
        guard peek != nil else { throw failure("unexpected EOF; expected \"'\"") }
        offset += 1
        return ByteString(bytes: bytes[start..<(offset - 1)])
    }

    /// A string in three quotes, whose first line feed doesn't count.
    mutating func multiline(_ quote: Unicode.Scalar) throws(HelmError) -> ByteString {
        offset += 3
        if peek == 0x0d { offset += 1 }
        if peek == 0x0a { offset += 1 }
        let mark = UInt8(ascii: quote)
        var result: [UInt8] = []
        while true {
            guard let byte = peek else { throw failure("unexpected EOF; expected \"\(quote)\(quote)\(quote)\"") }
            if byte == mark {
                let count = bytes[offset...].prefix { $0 == mark }.count
                offset += min(count, 5)
                result += Array(repeating: mark, count: count >= 3 ? min(count, 5) - 3 : count)
                if count >= 3 { return ByteString(bytes: result) }
                continue
            }
            offset += 1
            if byte == UInt8(ascii: "\\"), quote == "\"" {
                let rest = bytes[offset...].drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
                if rest.first == 0x0a {
                    while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
                } else {
                    try escape(into: &result)
                }
            } else {
                result.append(byte)
            }
        }
    }

    mutating func escape(into result: inout [UInt8]) throws(HelmError) {
        guard let byte = peek else { throw failure("unexpected EOF; expected '\"'") }
        offset += 1
        switch byte {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "e"): result.append(0x1b)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(byte)
        case UInt8(ascii: "u"), UInt8(ascii: "U"), UInt8(ascii: "x"):
            let count = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "x") ? 2 : 8
            let digits = bytes[offset...].prefix(count)
            guard digits.count == count, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                Unicode.Scalar(value) != nil
            else { throw failure("expected \(count) hexadecimal digits after '\\\(Character(Unicode.Scalar(byte)))'") }
            GoText.append(value, to: &result)
            offset += count
        default:
            throw failure(
                "invalid escape character \(described(byte)); only the following escape characters are allowed: \\b, \\t, \\n, \\f, \\r, \\\", \\\\, \\uXXXX, and \\UXXXXXXXX"
            )
        }
    }

    // MARK: - Characters and errors

    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    func starts(with text: String) -> Bool {
        bytes[offset...].starts(with: text.utf8)
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        offset += 1
        return true
    }

    mutating func skipSpaces() {
        while let byte = peek, byte == 0x20 || byte == 0x09 { offset += 1 }
    }

    mutating func skipComment() {
        guard peek == UInt8(ascii: "#") else { return }
        while let byte = peek, byte != 0x0a { _ = byte; offset += 1 }
    }

    mutating func skipBlank() {
        while let byte = peek {
            if byte == UInt8(ascii: "#") {
                skipComment()
            } else if [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
                offset += 1
            } else {
                return
            }
        }
    }

    func described(_ byte: UInt8?) -> String {
        guard let byte else { return "'\\x00'" }
        switch byte {
        case 0x0a: return "'\\n'"
        case 0x0d: return "'\\r'"
        case UInt8(ascii: "'"): return "'\\''"
        default:
            let scalar = byte < 0x80 ? UInt32(byte) : GoText.decode(bytes, at: offset).scalar
            return "'" + GoText.text([scalar]).text + "'"
        }
    }

    func failure(_ message: String) -> HelmError {
        let line = bytes[..<min(offset, bytes.count)].count { $0 == 0x0a } + 1
        let key = lastKey.map { " (last key \"\($0.text)\")" } ?? ""
        return HelmError("toml: line \(line)\(key): \(message)")
    }
}
