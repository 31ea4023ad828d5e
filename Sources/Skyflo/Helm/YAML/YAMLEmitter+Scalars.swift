private let space = UInt8(ascii: " ")

extension YAMLEmitter {
    mutating func plain(_ text: [UInt8], allowsBreaks: Bool) {
        if !whitespace { put(space) }
        if text.count <= width - column || !allowsBreaks {
            append(text[...])
        } else {
            folded(text, fold: { $0 + 1 >= text.count || text[$0 + 1] != space })
        }
        whitespace = false
        indention = false
    }

    /// Bytes of whole characters, without line breaks.
    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        out.append(contentsOf: bytes)
        for byte in bytes where byte & 0xC0 != 0x80 { column += 1 }
    }

    /// Writes a text whose line is broken at single spaces behind the width, where `fold` allows it.
    private mutating func folded(_ text: [UInt8], fold: (Int) -> Bool) {
        var afterSpace = false
        for position in text.indices {
            let byte = text[position]
            if byte == space {
                if !afterSpace, column > width, fold(position) {
                    writeIndent()
                } else {
                    put(byte)
                }
                afterSpace = true
            } else {
                out.append(byte)
                if byte & 0xC0 != 0x80 { column += 1 }
                indention = false
                afterSpace = false
            }
        }
    }

    mutating func singleQuoted(_ text: [UInt8], allowsBreaks: Bool) {
        indicator("'", needsSpace: true)
        var afterSpace = false
        var afterBreak = false
        var position = 0
        while position < text.count {
            let byte = text[position]
            let length = text.lineBreak(at: position)
            if byte == space {
                let folds =
                    allowsBreaks && !afterSpace && column > width && position > 0 && position < text.count - 1
                    && text[position + 1] != space
                if folds { writeIndent() } else { put(byte) }
                afterSpace = true
            } else if length > 0 {
                if !afterBreak, byte == UInt8(ascii: "\n") { lineFeed() }
                out.append(contentsOf: text[position..<position + length])
                column = 0
                indention = true
                afterBreak = true
                position += length - 1
            } else {
                if afterBreak { writeIndent() }
                if byte == UInt8(ascii: "'") { put(byte) }
                out.append(byte)
                if byte & 0xC0 != 0x80 { column += 1 }
                indention = false
                afterSpace = false
                afterBreak = false
            }
            position += 1
        }
        indicator("'", needsSpace: false)
        indention = false
    }

    mutating func doubleQuoted(_ text: [UInt8], allowsBreaks: Bool) {
        indicator("\"", needsSpace: true)
        // go-yaml looks for the mark at the text's beginning, whichever character it has come to.
        let startsWithMark = text.starts(with: [0xEF, 0xBB, 0xBF])
        var afterSpace = false
        var position = 0
        while position < text.count {
            let byte = text[position]
            if byte == space, !startsWithMark {
                if allowsBreaks, !afterSpace, column > width, position > 0, position < text.count - 1 {
                    writeIndent()
                    if text[position + 1] == space { put(UInt8(ascii: "\\")) }
                } else {
                    put(byte)
                }
                afterSpace = true
                position += 1
                continue
            }
            let (scalar, length) = text.scalar(at: position)
            let isEscaped = startsWithMark || !scalar.isPrintableInYAML || text.lineBreak(at: position) > 0
            if isEscaped || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                escape(scalar)
            } else {
                out.append(contentsOf: text[position..<position + length])
                column += 1
            }
            afterSpace = false
            position += length
        }
        indicator("\"", needsSpace: false)
        indention = false
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        put(UInt8(ascii: "\\"))
        if let name = escapes[scalar.value] {
            put(name)
            return
        }
        let (name, digits): (Unicode.Scalar, Int) =
            scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        put(UInt8(ascii: name))
        let hexadecimal = String(scalar.value, radix: 16, uppercase: true)
        for _ in hexadecimal.utf8.count..<digits { put(UInt8(ascii: "0")) }
        append(Array(hexadecimal.utf8)[...])
    }

    mutating func literal(_ text: [UInt8]) {
        indicator("|", needsSpace: true)
        if text.first == space || text.lineBreak(at: 0) > 0 { indicator("2", needsSpace: false) }
        let breaks = text.trailingLineBreaks
        if breaks != 1 || text.count == 1 { indicator(breaks == 0 ? "-" : "+", needsSpace: false) }
        lineFeed()
        indention = true
        whitespace = true
        var afterBreak = true
        var position = 0
        while position < text.count {
            let length = text.lineBreak(at: position)
            if length > 0 {
                out.append(contentsOf: text[position..<position + length])
                column = 0
                indention = true
                afterBreak = true
                position += length
                continue
            }
            if afterBreak { writeIndent() }
            // Up to the end of the line, which is where a byte may begin a break.
            let end = text[position...].dropFirst().firstIndex { $0 < 0x0E || $0 == 0xC2 || $0 == 0xE2 } ?? text.count
            append(text[position..<end])
            indention = false
            afterBreak = false
            position = end
        }
    }
}

private let escapes: [UInt32: UInt8] = [
    0x00: UInt8(ascii: "0"), 0x07: UInt8(ascii: "a"), 0x08: UInt8(ascii: "b"), 0x09: UInt8(ascii: "t"),
    0x0A: UInt8(ascii: "n"), 0x0B: UInt8(ascii: "v"), 0x0C: UInt8(ascii: "f"), 0x0D: UInt8(ascii: "r"),
    0x1B: UInt8(ascii: "e"), 0x22: UInt8(ascii: "\""), 0x5C: UInt8(ascii: "\\"), 0x85: UInt8(ascii: "N"),
    0xA0: UInt8(ascii: "_"), 0x2028: UInt8(ascii: "L"), 0x2029: UInt8(ascii: "P"),
]
