/// Looking at bytes.
extension TextRedaction {
    func starts(_ text: StaticString, at: Int) -> Bool {
        guard at >= 0, at + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[at + offset] != text.utf8Start[offset] { return false }
        return true
    }

    func byte(_ at: Int) -> UInt8? { at >= 0 && at < bytes.count ? bytes[at] : nil }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func skipBlanks(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        return at
    }

    func skipSpace(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
        return at
    }

    /// A quote inside a JSON text inside a text comes with backslashes.
    func skipQuote(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == UInt8(ascii: "\\") { at += 1 }
        return at < bytes.count && Self.isQuote(bytes[at]) ? at + 1 : at
    }

    func isEscape(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count && "nrt".utf8.contains(bytes[at + 1])
    }

    /// The end of a line, also of one in an escaped text.
    func isLineEnd(_ at: Int) -> Bool {
        guard at < bytes.count else { return true }
        if bytes[at] == 0x0A || bytes[at] == 0x0D { return true }
        return bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count && "nr".utf8.contains(bytes[at + 1])
    }

    /// A line begins here, maybe further in or in quotes.
    func startsLine(_ at: Int) -> Bool {
        guard at > 0 else { return true }
        let before = bytes[at - 1]
        if before == 0x0A { return true }
        if before == UInt8(ascii: "n") { return at > 1 && bytes[at - 2] == UInt8(ascii: "\\") }
        guard before == 0x20 || before == 0x09 || Self.isQuote(before), bytes[at] > 0x20 else { return false }
        var start = at - 1
        while start > 0, at - start < 64, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        return start == 0 || bytes[start - 1] == 0x0A || Self.isQuote(before)
    }

    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || isDigit(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E }

    /// Base64, and the backslashes of escaped line feeds in it.
    static func isKeyText(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "+/=\\".utf8.contains(byte) }
}
