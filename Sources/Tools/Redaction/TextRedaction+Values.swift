/// Where the value of a credential-like name is.
extension TextRedaction {
    /// `password=x`, `"password": "x"`, `--token x`, `Bearer x`, `name: PASSWORD, value: x`.
    func value(of word: ArraySlice<UInt8>) -> Range<Int>? {
        let end = word.endIndex
        // Most words are followed by nothing that could be a value: they cost no look at their name.
        guard end < bytes.count, " \t=:\"'\\,\r\n".utf8.contains(bytes[end]) else { return nil }
        let name = String(decoding: word, as: UTF8.self)
        let lower = name.lowercased()
        if lower == "bearer" { return bearer(end) }
        guard isSignature(lower, word) || CredentialNames.matches(name) else { return nil }
        let isHeader = lower.hasSuffix("authorization")
        let quoted = skipQuote(end)
        let blanks = skipBlanks(quoted)
        if blanks < bytes.count, bytes[blanks] == UInt8(ascii: "=") || bytes[blanks] == UInt8(ascii: ":") {
            let start = skipBlanks(blanks + 1)
            return below(start, key: word.startIndex) ?? inline(start, isHeader: isHeader)
        }
        if name.hasPrefix("--"), blanks > quoted { return inline(blanks, isHeader: isHeader) }
        return neighbour(end, isFlag: name.hasPrefix("-"))
    }

    /// After `Bearer`, an ordinary word is none.
    private func bearer(_ end: Int) -> Range<Int>? {
        let start = skipBlanks(end)
        guard start > end, let value = inline(start, isHeader: false) else { return nil }
        let isWord = value.count < 8 || bytes[value].allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
        return isWord ? nil : value
    }

    /// `?sig=`: what signs a URL is all that it takes to use it.
    private func isSignature(_ name: String, _ word: ArraySlice<UInt8>) -> Bool {
        guard word.startIndex > 0, "?&".utf8.contains(bytes[word.startIndex - 1]), bytes[word.endIndex] == 0x3D else {
            return false
        }
        return ["sig", "x-amz-signature", "x-goog-signature"].contains(name)
    }

    /// `"name":"DB_PASSWORD","value":"x"`, on lines of their own as well, and `"--password","x"`.
    private func neighbour(_ end: Int, isFlag: Bool) -> Range<Int>? {
        var at = end
        var isNext = false
        while at < bytes.count, Self.isSpace(bytes[at]) || ",\"'\\".utf8.contains(bytes[at]) {
            isNext = isNext || bytes[at] == 0x2C || bytes[at] == 0x0A || isEscape(at)
            if isFlag, bytes[at] == 0x2C { return element(at + 1) }
            at += isEscape(at) ? 2 : 1
        }
        guard isNext, starts("value", at) else { return nil }
        let colon = skipBlanks(skipQuote(at + 5))
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
        let start = skipBlanks(colon + 1)
        return below(start, key: at) ?? inline(start, isHeader: false)
    }

    /// The next text of a list.
    private func element(_ at: Int) -> Range<Int>? {
        var at = at
        while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
        guard skipQuote(at) > at else { return nil }
        return inline(at, isHeader: false)
    }

    // MARK: - On the line

    func inline(_ start: Int, isHeader: Bool) -> Range<Int>? {
        if isSettled(from: start, isHeader: isHeader) { return nil }
        let range = extent(start, isHeader: isHeader)
        return Self.isPlain(bytes[range]) ? nil : range
    }

    /// Values that tell nothing.
    private static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= 5 else { return false }
        // A block's beginning.
        if value.first == UInt8(ascii: "|") || value.first == UInt8(ascii: ">") {
            return value.dropFirst().allSatisfy("+-0123456789".utf8.contains)
        }
        return ["true", "false", "null", "nil", "none", "{", "[", "{}", "[]"]
            .contains(String(decoding: value, as: UTF8.self).lowercased())
    }

    /// The value is a token of ours or a reference, and nothing else: what merely holds one may hold a secret beside it.
    private func isSettled(from start: Int, isHeader: Bool) -> Bool {
        let from = skipQuote(start)
        let quote: UInt8? = from > start && Self.isQuote(bytes[from - 1]) ? bytes[from - 1] : nil
        guard var end = Self.settled(bytes, from) else { return false }
        while quote == nil, end < bytes.count, ",;})]".utf8.contains(bytes[end]) { end += 1 }
        return end == bytes.count || ends(end, quote: quote, isHeader: isHeader)
    }

    func isSettled(_ value: ArraySlice<UInt8>) -> Bool { Self.settled(Array(value), 0) == value.count }

    /// The end of the token or reference that begins here, maybe behind the name of an authentication scheme.
    static func settled(_ bytes: [UInt8], _ start: Int) -> Int? {
        var at = start
        while at < bytes.count, at - start <= 10, isAlphanumeric(bytes[at]) { at += 1 }
        if at > start {
            let scheme = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
            guard ["bearer", "basic", "token", "digest"].contains(scheme) else { return nil }
            let end = at
            while at < bytes.count, bytes[at] == 0x20 { at += 1 }
            guard at > end else { return nil }
        }
        return Redactor.tokenEnd(bytes, at) ?? reference(bytes, at)
    }

    /// `$(NAME)` and `${NAME}` hold nothing themselves, `$(cat /run/token)` is for all to read.
    static func reference(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard start + 3 < bytes.count, bytes[start] == UInt8(ascii: "$") else { return nil }
        let isBrace = bytes[start + 1] == UInt8(ascii: "{")
        guard isBrace || bytes[start + 1] == UInt8(ascii: "(") else { return nil }
        let closing = isBrace ? UInt8(ascii: "}") : UInt8(ascii: ")")
        for at in start + 2..<min(bytes.count, start + 256) {
            if bytes[at] == closing { return at > start + 2 ? at + 1 : nil }
            let isName = isWord(bytes[at])
            guard isName || (!isBrace && bytes[at] >= 0x20 && bytes[at] != UInt8(ascii: "(")) else { return nil }
        }
        return nil
    }

    /// A quoted value ends at its quote, others at a blank or a separator; a header's value at the end of the line.
    func extent(_ start: Int, isHeader: Bool) -> Range<Int> {
        guard start < bytes.count else { return bytes.count..<bytes.count }
        var from = start
        var quote: UInt8?
        while from < bytes.count, bytes[from] == UInt8(ascii: "\\") { from += 1 }
        if from < bytes.count, Self.isQuote(bytes[from]) {
            quote = bytes[from]
            from += 1
        }
        var end = from
        while end < bytes.count, !ends(end, quote: quote, isHeader: isHeader) { end += 1 }
        // A password may hold a comma; one at its end is the sentence's.
        while quote == nil, end > from, ",;})]".utf8.contains(bytes[end - 1]) { end -= 1 }
        return from..<end
    }

    private func ends(_ at: Int, quote: UInt8?, isHeader: Bool) -> Bool {
        let byte = bytes[at]
        if byte == 0x0A || byte == 0x0D { return true }
        if let quote {
            return byte == quote || (byte == UInt8(ascii: "\\") && at + 1 < bytes.count && bytes[at + 1] == quote)
        }
        if Self.isQuote(byte) { return true }
        if isHeader { return false }
        return byte <= 0x20 || byte == UInt8(ascii: "&")
    }

    // MARK: - On the lines below

    /// `password: |` with its block, and `password:` with its value alone on the next line, both further in than the key.
    private func below(_ start: Int, key: Int) -> Range<Int>? {
        var at = start
        let isBlock = at < bytes.count && (bytes[at] == UInt8(ascii: "|") || bytes[at] == UInt8(ascii: ">"))
        if isBlock {
            at += 1
            while at < bytes.count, "+-0123456789".utf8.contains(bytes[at]) { at += 1 }
            at = skipBlanks(at)
        }
        if at < bytes.count, bytes[at] == 0x0D { at += 1 }
        guard at < bytes.count, bytes[at] == 0x0A else { return nil }
        let column = column(key)
        if isBlock { return block(at + 1, column) }
        let first = skipBlanks(at + 1)
        return first - at - 1 > column ? scalar(first) : nil
    }

    /// How far from its line's beginning.
    private func column(_ at: Int) -> Int {
        var start = at
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        return at - start
    }

    private func block(_ start: Int, _ column: Int) -> Range<Int>? {
        var first: Int?
        var end = start
        var line = start
        while line < bytes.count {
            let content = skipBlanks(line)
            let lineEnd = self.lineEnd(content)
            let isEmpty = content == lineEnd || (bytes[content] == 0x0D && content + 1 == lineEnd)
            if !isEmpty {
                guard content - line > column else { break }
                first = first ?? content
                end = lineEnd
            }
            line = lineEnd + 1
        }
        guard let first else { return nil }
        if end > first, bytes[end - 1] == 0x0D { end -= 1 }
        return isSettled(bytes[first..<end]) ? nil : first..<end
    }

    private func lineEnd(_ at: Int) -> Int {
        var end = at
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        return end
    }

    /// One word, or a text in quotes, that is all of its line and no key itself.
    private func scalar(_ first: Int) -> Range<Int>? {
        guard first < bytes.count, !"{[#&*!".utf8.contains(bytes[first]), let range = inline(first, isHeader: false),
            !range.isEmpty, bytes[range.upperBound - 1] != UInt8(ascii: ":")
        else { return nil }
        var at = range.upperBound
        if range.lowerBound > first { at = skipQuote(at) }
        while at < bytes.count, ",;})]".utf8.contains(bytes[at]) { at += 1 }
        at = skipBlanks(at)
        return at == bytes.count || bytes[at] == 0x0A || bytes[at] == 0x0D ? range : nil
    }
}
