/// How far a value goes, and whether it may be a credential.
extension TextRedaction {
    // MARK: - On the line

    func inline(_ start: Int, as meaning: CredentialNames.Meaning, isHeader: Bool = false) -> Range<Int>? {
        if isSettled(from: start, isHeader: isHeader) || isPlaceholder(start) { return nil }
        // The names in a structure decide.
        if isStructure(start) || isLookup(start) { return nil }
        let range = extent(unwrapped(start), isHeader: isHeader)
        return isPlain(bytes[range]) || !CredentialValues.isCredential(text(range), as: meaning) ? nil : range
    }

    /// `env('DB_PASSWORD', 'x')`, `os.getenv("DB_PASSWORD")`, `ENV["DB_PASSWORD"]`: a name, and maybe its default.
    private func isLookup(_ start: Int) -> Bool {
        let end = bytes[start...].prefix(40).firstIndex { !Self.isWord($0) } ?? start
        guard end > start, let open = byte(end), "([".utf8.contains(open), skipQuote(end + 1) > end + 1 else {
            return false
        }
        let name = text(start..<end).lowercased()
        guard ["env", "environ", "environ.get", "env.fetch"].contains(where: { name.hasSuffix($0) }) else {
            return false
        }
        let variable = extent(end + 1, isHeader: false)
        return bytes[variable].allSatisfy { $0 == 0x5F || Self.isDigit($0) || ($0 >= 0x41 && $0 <= 0x5A) }
    }

    /// `{user: app, …`, `{"user": …`
    private func isStructure(_ start: Int) -> Bool {
        guard byte(start) == UInt8(ascii: "{") || starts("[{", at: start) else { return false }
        let from = skipQuote(skipBlanks(byte(start) == UInt8(ascii: "[") ? start + 2 : start + 1))
        var end = from
        while end < bytes.count, end - from < 64, Self.isWord(bytes[end]) { end += 1 }
        let next = skipBlanks(skipQuote(end))
        return end > from && (byte(next) == UInt8(ascii: ":") || byte(next) == UInt8(ascii: "="))
    }

    /// `[REDACTED]`, `<set to the key 'password' in secret 'db'>`, `{{ .Values.password }}`, and nothing beside it.
    private func isPlaceholder(_ start: Int) -> Bool {
        let from = skipQuote(start)
        guard let first = byte(from), let bracket = "[<{(".utf8.firstIndex(of: first) else { return false }
        let closing = "]>})".utf8[bracket]
        guard var end = bytes[from...].prefix(160).firstIndex(of: closing) else { return false }
        if byte(end + 1) == closing { end += 1 }
        var next = end + 1
        while next < bytes.count, ",;.)".utf8.contains(bytes[next]) { next += 1 }
        guard next == bytes.count || bytes[next] <= 0x20 || Self.isQuote(bytes[next]) || isLineEnd(next) else {
            return false
        }
        return CredentialValues.isPlaceholder(text(from..<end + 1)[...])
    }

    /// A block's beginning, and brackets.
    private func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
        guard value.count <= 5, let first = value.first else { return value.isEmpty }
        if first == UInt8(ascii: "|") || first == UInt8(ascii: ">") {
            return value.dropFirst().allSatisfy("+-0123456789".utf8.contains)
        }
        return ["{", "[", "{}", "[]", "("].contains(String(decoding: value, as: UTF8.self))
    }

    /// Behind `Some(`, `Secret(`, `b` and the like, as languages print values.
    private func unwrapped(_ start: Int) -> Int {
        var at = start
        for _ in 0..<4 {
            var end = at
            while end < bytes.count, end - at < 32, Self.isAlphanumeric(bytes[end]) || ":_.@".utf8.contains(bytes[end])
            {
                end += 1
            }
            guard end > at, end < bytes.count else { return at }
            // The prefix of a text: `b'…'`, `u"…"`.
            if end - at <= 2, Self.isQuote(bytes[end]) { return end }
            if bytes[end] == UInt8(ascii: "<"), let close = bytes[end...].prefix(32).firstIndex(of: UInt8(ascii: ">")),
                byte(close + 1) == UInt8(ascii: "(")
            {
                end = close + 1
            }
            guard "([<".utf8.contains(bytes[end]), skipQuote(end + 1) > end + 1 || isWrapper(end + 1) else { return at }
            at = end + 1
        }
        return at
    }

    /// Another wrapper follows.
    private func isWrapper(_ start: Int) -> Bool {
        var at = start
        while at < bytes.count, at - start < 32, Self.isAlphanumeric(bytes[at]) { at += 1 }
        return at > start && at < bytes.count && "([<".utf8.contains(bytes[at])
    }

    /// The value is a token of ours or a reference, and nothing else: what merely holds one may hold a secret beside it.
    private func isSettled(from start: Int, isHeader: Bool) -> Bool {
        let start = byte(start) == UInt8(ascii: "[") ? start + 1 : start
        let from = skipQuote(start)
        let quote: UInt8? = from > start && Self.isQuote(bytes[from - 1]) ? bytes[from - 1] : nil
        guard var end = Self.settled(bytes, start: from) else { return false }
        while quote == nil, end < bytes.count, ",;})]".utf8.contains(bytes[end]) { end += 1 }
        return end == bytes.count || ends(end, quote: quote, isHeader: isHeader)
    }

    func isSettled(_ value: ArraySlice<UInt8>) -> Bool { Self.settled(Array(value), start: 0) == value.count }

    /// The end of the token or reference that begins here, maybe behind the name of an authentication scheme.
    static func settled(_ bytes: [UInt8], start: Int) -> Int? {
        var at = start
        while at < bytes.count, at - start <= 10, isAlphanumeric(bytes[at]) { at += 1 }
        if at > start {
            let scheme = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
            guard ["bearer", "basic", "token", "digest"].contains(scheme) else { return nil }
            let end = at
            while at < bytes.count, bytes[at] == 0x20 { at += 1 }
            guard at > end else { return nil }
        }
        return Redactor.tokenEnd(bytes, start: at) ?? reference(bytes, start: at)
    }

    /// `$(NAME)` and `${NAME}` hold nothing themselves, `$(cat /run/token)` is for all to read.
    static func reference(_ bytes: [UInt8], start: Int) -> Int? {
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
            if let range = tripleQuoted(from) { return range }
            quote = bytes[from]
            from += 1
        }
        var end = from
        while end < bytes.count, !ends(end, quote: quote, isHeader: isHeader) { end += 1 }
        // A password may hold a comma; one at its end is the sentence's.
        while quote == nil, end > from, ",;})]".utf8.contains(bytes[end - 1]) { end -= 1 }
        return from..<end
    }

    /// `"""…"""`, over several lines as well.
    private func tripleQuoted(_ at: Int) -> Range<Int>? {
        let quote = bytes[at]
        guard at + 3 < bytes.count, bytes[at + 1] == quote, bytes[at + 2] == quote else { return nil }
        var end = at + 3
        while end + 2 < bytes.count, end - at < 4096 {
            if bytes[end] == quote, bytes[end + 1] == quote, bytes[end + 2] == quote { return at + 3..<end }
            end += 1
        }
        return nil
    }

    func ends(_ at: Int, quote: UInt8?, isHeader: Bool) -> Bool {
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
    func below(_ start: Int, key: Int, as meaning: CredentialNames.Meaning) -> Range<Int>? {
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
        if isBlock { return block(at + 1, column: column, meaning: meaning) }
        let first = skipBlanks(at + 1)
        return first - at - 1 > column ? scalar(first, meaning: meaning) : nil
    }

    /// How far from its line's beginning.
    private func column(_ at: Int) -> Int {
        var start = at
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        return at - start
    }

    private func block(_ start: Int, column: Int, meaning: CredentialNames.Meaning) -> Range<Int>? {
        var first: Int?
        var end = start
        var line = start
        var lines = 0
        while line < bytes.count {
            let content = skipBlanks(line)
            let lineEnd = self.lineEnd(content)
            let isEmpty = content == lineEnd || (bytes[content] == 0x0D && content + 1 == lineEnd)
            if !isEmpty {
                guard content - line > column else { break }
                first = first ?? content
                end = lineEnd
                lines += 1
            }
            line = lineEnd + 1
        }
        guard let first else { return nil }
        if end > first, bytes[end - 1] == 0x0D { end -= 1 }
        if isSettled(bytes[first..<end]) { return nil }
        // Several lines under a name that isn't a secret's are a configuration: each of its lines is looked at.
        let isConfiguration = lines > 1 && meaning != .secret && meaning != .secretSwitch
        if isConfiguration, CredentialValues.isConfiguration(text(first..<end)) { return nil }
        return CredentialValues.isCredential(text(first..<end), as: meaning) ? first..<end : nil
    }

    func lineEnd(_ at: Int) -> Int {
        var end = at
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        return end
    }

    /// One word, or a text in quotes, that is all of its line and no key itself.
    func scalar(_ first: Int, meaning: CredentialNames.Meaning) -> Range<Int>? {
        guard first < bytes.count, !"{[#&*!".utf8.contains(bytes[first]), let range = inline(first, as: meaning),
            !range.isEmpty, bytes[range.upperBound - 1] != UInt8(ascii: ":")
        else { return nil }
        var at = range.upperBound
        if range.lowerBound > first { at = skipQuote(at) }
        while at < bytes.count, ",;})]".utf8.contains(bytes[at]) { at += 1 }
        at = skipBlanks(at)
        return at == bytes.count || bytes[at] == 0x0A || bytes[at] == 0x0D ? range : nil
    }
}
