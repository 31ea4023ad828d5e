extension JSONScanner {
    /// Goes behind the string that stands here, and checks its UTF-8 and its escapes.
    mutating func string() throws(Failure) -> Text {
        at += 1
        let start = at
        var isPlain = true
        var hasEscapes = false
        while true {
            skipOrdinary()
            guard at < bytes.count else { throw failure("unexpected end of a string") }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return Text(range: start..<at - 1, hasEscapes: hasEscapes, isPlain: isPlain)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                let scalar = try escape()
                // The short forms of these are the only ones that are not `\u` or `\/`.
                if bytes[at - 2] != UInt8(ascii: "\\") || scalar == "/" { isPlain = false }
            case 0..<0x20: throw failure("control character in a string")
            default:
                isPlain = false
                try character()
            }
        }
    }

    /// Goes over ASCII that means itself, eight bytes at a time.
    @inline(__always)
    private mutating func skipOrdinary() {
        while at + 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + at).loadUnaligned(as: UInt64.self)
            let special = Self.special(UInt64(littleEndian: word))
            if special != 0 {
                at += special.trailingZeroBitCount >> 3
                return
            }
            at += 8
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            at += 1
        }
    }

    /// Has the high bit of the first byte that is a quote, a backslash, a control character or no ASCII. Bits above that
    /// one mean nothing: the subtractions borrow upwards.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let control = (word &- ones &* 0x20) & ~word
        return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | control | word) & high
    }

    /// One character that is no ASCII, by the table of well-formed UTF-8 (Unicode, table 3-7).
    private mutating func character() throws(Failure) {
        let first = bytes[at]
        let second = at + 1 < bytes.count ? bytes[at + 1] : 0
        let (length, range): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, range) = (2, 0x80...0xBF)
        case 0xE0: (length, range) = (3, 0xA0...0xBF)
        case 0xED: (length, range) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, range) = (3, 0x80...0xBF)
        case 0xF0: (length, range) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, range) = (4, 0x80...0xBF)
        case 0xF4: (length, range) = (4, 0x80...0x8F)
        default: throw failure("invalid UTF-8")
        }
        guard range.contains(second), at + length <= bytes.count else { throw failure("invalid UTF-8") }
        for i in 2..<max(2, length) where bytes[at + i] & 0xC0 != 0x80 { throw failure("invalid UTF-8") }
        at += length
    }

    // MARK: Escapes

    /// Goes behind the escape that stands here.
    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        at += 1
        let byte = peek
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            at = min(at, bytes.count)
            throw failure(at < bytes.count ? "unknown escape" : "unexpected end of a string")
        }
    }

    /// Reads the rest of an escape after `\u`: four hexadecimal digits, and a second such escape where the first is a
    /// high surrogate.
    private mutating func unicodeEscape() throws(Failure) -> Unicode.Scalar {
        var code = UInt32(try hex4())
        if (0xD800..<0xDC00).contains(code) {
            guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                throw failure("unpaired surrogate")
            }
            at += 2
            let low = UInt32(try hex4())
            guard (0xDC00..<0xE000).contains(low) else { throw failure("unpaired surrogate") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("unpaired surrogate") }
        return scalar
    }

    private mutating func hex4() throws(Failure) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = peek - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = peek - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = peek - UInt8(ascii: "A") + 10
            default: throw failure("expected a hexadecimal digit")
            }
            code = code << 4 | UInt16(digit)
            at += 1
        }
        return code
    }

    // MARK: Content

    /// What a string that was gone over means.
    func text(_ text: Text) -> String {
        guard text.hasEscapes else { return String(decoding: bytes[text.range], as: UTF8.self) }
        return String(decoding: unescaped(text.range), as: UTF8.self)
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var scanner = self
        scanner.at = range.lowerBound
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        while scanner.at < range.upperBound {
            // It was checked before, so that there is always a scalar.
            if bytes[scanner.at] == UInt8(ascii: "\\"), let scalar = try? scanner.escape() {
                if scalar.isASCII {
                    result.append(UInt8(truncatingIfNeeded: scalar.value))
                } else {
                    result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                }
            } else {
                result.append(bytes[scanner.at])
                scanner.at += 1
            }
        }
        return result
    }

    /// Whether a string that was gone over is this one.
    @inline(__always)
    func matches(_ text: Text, name: StaticString) -> Bool {
        guard text.isPlain, !text.hasEscapes else { return self.text(text) == "\(name)" }
        guard text.range.count == name.utf8CodeUnitCount else { return false }
        for i in 0..<text.range.count where bytes[text.range.lowerBound + i] != name.utf8Start[i] { return false }
        return true
    }
}
