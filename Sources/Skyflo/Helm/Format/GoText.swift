/// Text as Go's packages `utf8`, `unicode` and `strings` see it.
enum GoText {
    /// What stands for bytes that are no UTF-8.
    static let replacement: UInt32 = 0xfffd

    /// The code point at an offset and its length in bytes: one byte and U+FFFD where it isn't UTF-8.
    static func decode(_ bytes: [UInt8], at offset: Int) -> (scalar: UInt32, length: Int) {
        let first = bytes[offset]
        if first < 0x80 { return (UInt32(first), 1) }
        let length: Int
        var scalar: UInt32
        var (low, high): (UInt8, UInt8) = (0x80, 0xbf)
        switch first {
        case 0xc2...0xdf: (length, scalar) = (2, UInt32(first & 0x1f))
        case 0xe0...0xef:
            (length, scalar) = (3, UInt32(first & 0x0f))
            if first == 0xe0 { low = 0xa0 }
            if first == 0xed { high = 0x9f }
        case 0xf0...0xf4:
            (length, scalar) = (4, UInt32(first & 0x07))
            if first == 0xf0 { low = 0x90 }
            if first == 0xf4 { high = 0x8f }
        default: return (replacement, 1)
        }
        guard offset + length <= bytes.count else { return (replacement, 1) }
        for index in 1..<length {
            let byte = bytes[offset + index]
            guard byte >= low, byte <= high else { return (replacement, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3f)
            (low, high) = (0x80, 0xbf)
        }
        return (scalar, length)
    }

    /// All code points.
    static func scalars(_ text: ByteString) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        var offset = 0
        while offset < text.bytes.count {
            let (scalar, length) = decode(text.bytes, at: offset)
            result.append(scalar)
            offset += length
        }
        return result
    }

    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        let valid = scalar <= 0x10ffff && !(0xd800...0xdfff).contains(scalar)
        let value = valid ? scalar : replacement
        switch value {
        case ..<0x80: bytes.append(UInt8(value))
        case ..<0x800:
            bytes.append(UInt8(0xc0 | value >> 6))
            bytes.append(UInt8(0x80 | value & 0x3f))
        case ..<0x10000:
            bytes.append(UInt8(0xe0 | value >> 12))
            bytes.append(UInt8(0x80 | value >> 6 & 0x3f))
            bytes.append(UInt8(0x80 | value & 0x3f))
        default:
            bytes.append(UInt8(0xf0 | value >> 18))
            bytes.append(UInt8(0x80 | value >> 12 & 0x3f))
            bytes.append(UInt8(0x80 | value >> 6 & 0x3f))
            bytes.append(UInt8(0x80 | value & 0x3f))
        }
    }

    static func text(_ scalars: some Sequence<UInt32>) -> ByteString {
        var bytes: [UInt8] = []
        for scalar in scalars { append(scalar, to: &bytes) }
        return ByteString(bytes: bytes)
    }

    /// The first characters of a text.
    static func prefix(of text: ByteString, characters: Int) -> ByteString {
        var offset = 0
        var left = characters
        while left > 0, offset < text.bytes.count {
            offset += decode(text.bytes, at: offset).length
            left -= 1
        }
        return ByteString(bytes: text.bytes[..<offset])
    }

    static func characterCount(_ text: ByteString) -> Int {
        var offset = 0
        var count = 0
        while offset < text.bytes.count {
            offset += decode(text.bytes, at: offset).length
            count += 1
        }
        return count
    }

    /// `U+0061 'a'`, as the verb `%#U` writes it.
    static func codePointName(_ scalar: UInt32) -> ByteString {
        var hex = String(scalar, radix: 16, uppercase: true)
        hex = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        var result = ByteString("U+" + hex)
        if isPrintable(scalar) { result += " '" + text([scalar]) + "'" }
        return result
    }
}

// MARK: - Classes of characters

extension GoText {
    static func properties(_ scalar: UInt32) -> Unicode.Scalar.Properties? {
        Unicode.Scalar(scalar)?.properties
    }

    static func isLetter(_ scalar: UInt32) -> Bool {
        switch properties(scalar)?.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    static func isDigit(_ scalar: UInt32) -> Bool {
        properties(scalar)?.generalCategory == .decimalNumber
    }

    static func isLetterOrDigit(_ scalar: UInt32) -> Bool {
        scalar == 0x5f || isLetter(scalar) || isDigit(scalar)
    }

    static func isUpper(_ scalar: UInt32) -> Bool {
        properties(scalar)?.generalCategory == .uppercaseLetter
    }

    static func isLower(_ scalar: UInt32) -> Bool {
        properties(scalar)?.generalCategory == .lowercaseLetter
    }

    static func isSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000: true
        default: false
        }
    }

    /// Letters, marks, numbers, punctuation, symbols, and the ASCII space.
    static func isPrintable(_ scalar: UInt32) -> Bool {
        if scalar >= 0x20, scalar < 0x7f { return true }
        switch properties(scalar)?.generalCategory {
        case .none, .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            return false
        default: return true
        }
    }

    /// One code point for one, as Go's simple case mappings: `ß` stays.
    static func upper(_ scalar: UInt32) -> UInt32 {
        mapped(scalar, by: \.uppercaseMapping)
    }

    static func lower(_ scalar: UInt32) -> UInt32 {
        if scalar == 0x130 { return 0x69 }
        return mapped(scalar, by: \.lowercaseMapping)
    }

    static func title(_ scalar: UInt32) -> UInt32 {
        mapped(scalar, by: \.titlecaseMapping)
    }

    static func mapped(_ scalar: UInt32, by mapping: (Unicode.Scalar.Properties) -> String) -> UInt32 {
        guard let properties = properties(scalar) else { return scalar }
        let text = mapping(properties).unicodeScalars
        return text.count == 1 ? text.first?.value ?? scalar : scalar
    }
}
