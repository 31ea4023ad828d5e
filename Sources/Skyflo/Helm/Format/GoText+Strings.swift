// MARK: - Functions of `strings`

extension GoText {
    static func joined(_ parts: [ByteString], by separator: ByteString) -> ByteString {
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes += separator.bytes }
            bytes += part.bytes
        }
        return ByteString(bytes: bytes)
    }
}

extension GoText {
    /// The offset of the first occurrence from an offset on.
    static func index(of needle: ByteString, in text: ByteString, from start: Int = 0) -> Int? {
        let count = needle.count
        guard start + count <= text.count else { return nil }
        guard let first = needle.bytes.first else { return start }
        return text.bytes.withUnsafeBufferPointer { text in
            needle.bytes.withUnsafeBufferPointer { needle in
                var offset = start
                while offset + count <= text.count {
                    if text[offset] == first {
                        var index = 1
                        while index < count, text[offset + index] == needle[index] { index += 1 }
                        if index == count { return offset }
                    }
                    offset += 1
                }
                return nil
            }
        }
    }

    static func lastIndex(of needle: ByteString, in text: ByteString) -> Int? {
        var found: Int?
        var start = 0
        while let index = index(of: needle, in: text, from: start) {
            found = index
            start = index + 1
        }
        return found
    }

    static func contains(_ needle: ByteString, in text: ByteString) -> Bool {
        index(of: needle, in: text) != nil
    }

    static func replacing(_ old: ByteString, in text: ByteString, with new: ByteString) -> ByteString {
        guard !old.isEmpty else { return interspersed(new, in: text) }
        guard var found = index(of: old, in: text) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + new.count)
        var start = 0
        while true {
            bytes += text.bytes[start..<found]
            bytes += new.bytes
            start = found + old.count
            guard let next = index(of: old, in: text, from: start) else { break }
            found = next
        }
        bytes += text.bytes[start...]
        return ByteString(bytes: bytes)
    }

    /// Replacing nothing puts the new text around each character.
    static func interspersed(_ new: ByteString, in text: ByteString) -> ByteString {
        var bytes = new.bytes
        var offset = 0
        while offset < text.count {
            let length = decode(text.bytes, at: offset).length
            bytes += text.bytes[offset..<(offset + length)]
            bytes += new.bytes
            offset += length
        }
        return ByteString(bytes: bytes)
    }

    /// The parts between separators; at most `limit`, of which the last has the rest.
    static func split(_ text: ByteString, by separator: ByteString, limit: Int = -1) -> [ByteString] {
        if limit == 0 { return [] }
        guard !separator.isEmpty else { return exploded(text, limit: limit) }
        var parts: [ByteString] = []
        var start = 0
        while limit < 0 || parts.count < limit - 1 {
            guard let found = index(of: separator, in: text, from: start) else { break }
            parts.append(ByteString(bytes: text.bytes[start..<found]))
            start = found + separator.count
        }
        parts.append(ByteString(bytes: text.bytes[start...]))
        return parts
    }

    static func exploded(_ text: ByteString, limit: Int) -> [ByteString] {
        var parts: [ByteString] = []
        var offset = 0
        while offset < text.count, limit < 0 || parts.count < limit - 1 {
            let length = decode(text.bytes, at: offset).length
            parts.append(ByteString(bytes: text.bytes[offset..<(offset + length)]))
            offset += length
        }
        if offset < text.count { parts.append(ByteString(bytes: text.bytes[offset...])) }
        return parts
    }

    static func cut(_ text: ByteString, at separator: ByteString) -> (ByteString, ByteString)? {
        guard let found = index(of: separator, in: text) else { return nil }
        return (
            ByteString(bytes: text.bytes[..<found]), ByteString(bytes: text.bytes[(found + separator.count)...])
        )
    }

    static func hasPrefix(_ prefix: ByteString, _ text: ByteString) -> Bool {
        text.bytes.starts(with: prefix.bytes)
    }

    static func hasSuffix(_ suffix: ByteString, _ text: ByteString) -> Bool {
        text.bytes.suffix(suffix.count).elementsEqual(suffix.bytes)
    }

    static func dropping(prefix: ByteString, of text: ByteString) -> ByteString? {
        hasPrefix(prefix, text) ? ByteString(bytes: text.bytes.dropFirst(prefix.count)) : nil
    }

    /// Without the characters of a class at both ends.
    static func trimming(_ text: ByteString, where matches: (UInt32) -> Bool) -> ByteString {
        var start = 0
        while start < text.count {
            let (scalar, length) = decode(text.bytes, at: start)
            guard matches(scalar) else { break }
            start += length
        }
        var end = text.count
        while end > start {
            var begin = end - 1
            while begin > start, text.bytes[begin] & 0xc0 == 0x80, end - begin < 4 { begin -= 1 }
            var (scalar, length) = decode(text.bytes, at: begin)
            if begin + length != end { (scalar, length) = (replacement, 1) }
            guard matches(scalar) else { break }
            end -= length
        }
        return ByteString(bytes: text.bytes[start..<end])
    }

    static func trimmingSpaces(_ text: ByteString) -> ByteString {
        trimming(text, where: isSpace)
    }

    static func mapping(_ text: ByteString, _ map: (UInt32) -> UInt32) -> ByteString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var offset = 0
        while offset < text.count {
            let (scalar, length) = decode(text.bytes, at: offset)
            append(map(scalar), to: &bytes)
            offset += length
        }
        return ByteString(bytes: bytes)
    }
}
