extension Array<UInt8> {
    /// The character that begins there and its number of bytes; the text is UTF-8.
    func scalar(at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let first = self[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard position + length <= count else { return ("\u{FFFD}", 1) }
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for offset in 1..<length { value = value << 6 | UInt32(self[position + offset] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The number of bytes of the line break of YAML 1.1 that begins there; 0 where none does.
    func lineBreak(at position: Int) -> Int {
        switch self[position] {
        case 0x0A, 0x0D: 1
        case 0xC2: position + 1 < count && self[position + 1] == 0x85 ? 2 : 0
        case 0xE2:
            position + 2 < count && self[position + 1] == 0x80
                && (self[position + 2] == 0xA8 || self[position + 2] == 0xA9) ? 3 : 0
        default: 0
        }
    }

    /// 0, 1, or 2 for more: the line breaks that the text ends with.
    var trailingLineBreaks: Int {
        var breaks = 0
        var end = count
        while breaks < 2, end > 0 {
            var start = end - 1
            while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
            guard lineBreak(at: start) == end - start else { break }
            breaks += 1
            end = start
        }
        return breaks
    }

    /// The text with U+FFFD for each byte that isn't UTF-8, as Go writes JSON.
    var repairedUTF8: [UInt8] {
        if allSatisfy({ $0 < 0x80 }) || String(validating: self, as: UTF8.self) != nil { return self }
        var repaired: [UInt8] = []
        var position = 0
        while position < count {
            let length = self[position] < 0x80 ? 1 : self[position] < 0xE0 ? 2 : self[position] < 0xF0 ? 3 : 4
            let end = Swift.min(position + length, count)
            if end - position == length, String(validating: self[position..<end], as: UTF8.self) != nil {
                repaired += self[position..<end]
                position = end
            } else {
                repaired += [0xEF, 0xBF, 0xBD]
                position += 1
            }
        }
        return repaired
    }

    /// Whether there is DEL or a control character of two bytes (but U+0085): JSON has them as they are, YAML doesn't.
    var containsUnreadableControl: Bool {
        for position in indices {
            let byte = self[position]
            if byte == 0x7F { return true }
            if byte == 0xC2, self[position + 1] < 0xA0, self[position + 1] != 0x85 { return true }
            if byte == 0xEF, self[position + 1] == 0xBF, self[position + 2] > 0xBD { return true }
        }
        return false
    }
}

extension Unicode.Scalar {
    /// Whether go-yaml writes the character as it is.
    var isPrintableInYAML: Bool {
        switch value {
        case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        default: false
        }
    }
}
