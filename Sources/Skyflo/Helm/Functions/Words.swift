/// What sprig does with words, as the library `goutils` does it.
enum Words {
    /// The first letter of each word in title case.
    static func titled(_ text: ByteString) -> ByteString {
        var previous: UInt32 = 0x20
        return GoText.mapping(text) { scalar in
            defer { previous = scalar }
            return isSeparator(previous) ? GoText.title(scalar) : scalar
        }
    }

    private static func isSeparator(_ scalar: UInt32) -> Bool {
        if GoText.isLetterOrDigit(scalar) { return false }
        return scalar < 0x80 || GoText.isSpace(scalar)
    }

    static func uncapitalized(_ text: ByteString) -> ByteString {
        var isNext = true
        return GoText.mapping(text) { scalar in
            if GoText.isSpace(scalar) {
                isNext = true
            } else if isNext {
                isNext = false
                return GoText.lower(scalar)
            }
            return scalar
        }
    }

    static func swappedCase(_ text: ByteString) -> ByteString {
        var afterSpace = true
        return GoText.mapping(text) { scalar in
            let isTitle = GoText.properties(scalar)?.generalCategory == .titlecaseLetter
            if GoText.isUpper(scalar) || isTitle {
                afterSpace = false
                return GoText.lower(scalar)
            }
            if GoText.isLower(scalar) {
                defer { afterSpace = false }
                return afterSpace ? GoText.title(scalar) : GoText.upper(scalar)
            }
            afterSpace = GoText.isSpace(scalar)
            return scalar
        }
    }

    /// The first byte of each word, taken for a character.
    static func initials(_ text: ByteString) -> ByteString {
        var afterGap = true
        var result: [UInt32] = []
        for byte in text.bytes {
            if GoText.isSpace(UInt32(byte)) {
                afterGap = true
            } else if afterGap {
                result.append(UInt32(byte))
                afterGap = false
            }
        }
        return GoText.text(result)
    }

    static func abbreviated(_ text: ByteString, width: Int) -> ByteString {
        width < 4 ? text : abbreviated(text, offset: 0, width: width)
    }

    static func abbreviated(_ text: ByteString, left: Int, right: Int) -> ByteString {
        right < 4 || left > 0 && right < 7 ? text : abbreviated(text, offset: left, width: right)
    }

    private static func abbreviated(_ text: ByteString, offset: Int, width: Int) -> ByteString {
        let count = text.count
        guard count > width else { return text }
        var offset = min(offset, count)
        if count - offset < width - 3 { offset = count - (width - 3) }
        if offset <= 4 { return ByteString(bytes: text.bytes.prefix(width - 3)) + "..." }
        guard width >= 7 else { return "" }
        if offset + width - 3 < count {
            let rest = ByteString(bytes: text.bytes[offset...])
            return "..." + abbreviated(rest, offset: 0, width: width - 3)
        }
        return "..." + ByteString(bytes: text.bytes.suffix(width - 3))
    }

    static func wrapped(_ text: ByteString, width: Int, separator: ByteString, breaksWords: Bool) -> ByteString {
        let bytes = text.bytes
        let space = UInt8(ascii: " ")
        let separator = separator.isEmpty ? "\n" : separator
        let width = max(width, 1)
        var result: [UInt8] = []
        var offset = 0
        while bytes.count - offset > width {
            if bytes[offset] == space {
                offset += 1
            } else if let end = bytes[offset...(offset + width)].lastIndex(of: space) {
                result += bytes[offset..<end]
                result += separator.bytes
                offset = end + 1
            } else if breaksWords {
                result += bytes[offset..<(offset + width)]
                result += separator.bytes
                offset += width
            } else if let end = bytes[(offset + width)...].firstIndex(of: space) {
                result += bytes[offset..<end]
                result += separator.bytes
                offset = end + 1
            } else {
                break
            }
        }
        return ByteString(bytes: result + bytes[offset...])
    }
}
