// MARK: - Numbers

extension TemplateLexer {
    mutating func number() -> TemplateToken {
        guard scanNumber() else { return badNumber() }
        guard position < input.count, input[position] == UInt8(ascii: "+") || input[position] == UInt8(ascii: "-")
        else { return emit(.number) }
        guard scanNumber(), input[position - 1] == UInt8(ascii: "i") else { return badNumber() }
        return emit(.complex)
    }

    mutating func badNumber() -> TemplateToken {
        error("bad number syntax: " + GoQuote.quoted(ByteString(bytes: input[start..<position])))
    }

    mutating func scanNumber() -> Bool {
        _ = accept("+-")
        var digits: StaticString = "0123456789_"
        var exponent: StaticString? = "eE"
        if accept("0") {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
                exponent = "pP"
            } else if accept("oO") {
                digits = "01234567_"
                exponent = nil
            } else if accept("bB") {
                digits = "01_"
                exponent = nil
            }
        }
        while accept(digits) {}
        if accept(".") { while accept(digits) {} }
        if let exponent, accept(exponent) {
            _ = accept("+-")
            while accept("0123456789_") {}
        }
        _ = accept("i")
        if let length = alphanumericHere {
            position += length
            return false
        }
        return true
    }

    mutating func accept(_ valid: StaticString) -> Bool {
        guard position < input.count else { return false }
        let byte = input[position]
        guard valid.withUTF8Buffer({ $0.contains(byte) }) else { return false }
        position += 1
        return true
    }
}

// MARK: - Helpers

extension TemplateLexer {
    mutating func emit(_ kind: TemplateToken.Kind, countingLines: Bool = false) -> TemplateToken {
        let bytes = input[start..<position]
        let token = TemplateToken(kind: kind, position: start, value: ByteString(bytes: bytes), line: startLine)
        if countingLines { line += bytes.count { $0 == UInt8(ascii: "\n") } }
        start = position
        startLine = line
        return token
    }

    mutating func ignore() {
        line += input[start..<position].count { $0 == UInt8(ascii: "\n") }
        start = position
        startLine = line
    }

    mutating func error(_ message: ByteString) -> TemplateToken {
        let token = TemplateToken(kind: .error, position: start, value: message, line: startLine)
        input = []
        (position, start, atEOF) = (0, 0, true)
        return token
    }

    func endOfFile() -> TemplateToken {
        TemplateToken(kind: .endOfFile, position: position, value: "EOF", line: startLine)
    }

    func index(of needle: StaticString, from offset: Int) -> Int? {
        guard offset < input.count else { return nil }
        let first = needle.utf8Start[0]
        let second = needle.utf8Start[1]
        return input.withUnsafeBufferPointer { bytes in
            var index = offset
            while index + 1 < bytes.count {
                if bytes[index] == first, bytes[index + 1] == second { return index }
                index += 1
            }
            return nil
        }
    }

    func starts(with two: StaticString, at offset: Int) -> Bool {
        offset >= 0 && offset + 1 < input.count && input[offset] == two.utf8Start[0]
            && input[offset + 1] == two.utf8Start[1]
    }

    func hasLeftTrimMarker(at offset: Int) -> Bool {
        offset + 1 < input.count && input[offset] == UInt8(ascii: "-") && Self.isSpace(input[offset + 1])
    }

    func hasRightTrimMarker(at offset: Int) -> Bool {
        offset >= 0 && offset + 1 < input.count && Self.isSpace(input[offset]) && input[offset + 1] == UInt8(ascii: "-")
    }

    var rightDelimiterHere: (trims: Bool, Void)? {
        if hasRightTrimMarker(at: position), starts(with: "}}", at: position + Self.trimMarkerLength) {
            return (true, ())
        }
        return starts(with: "}}", at: position) ? (false, ()) : nil
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39
    }

    static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == 0x5f || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
    }
}
