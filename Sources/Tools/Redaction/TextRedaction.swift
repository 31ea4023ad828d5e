/// One pass over a text that replaces what has the form of a secret.
///
/// A scanner by hand and not regular expressions: its time grows with the length of the text and nothing else, whatever
/// a log that someone else wrote has in it.
struct TextRedaction {
    private let redactor: Redactor

    init(_ redactor: Redactor) { self.redactor = redactor }

    func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            if let end = privateKey(bytes, at) {
                append(bytes[at..<end], to: &out)
                at = end
            } else if Self.isEscape(bytes, at) {
                // In escaped text the letter of `\\n` would run together with the word behind it.
                out += bytes[at..<at + 2]
                at += 2
            } else if Self.isWord(bytes[at]) {
                at = word(bytes, at, &out)
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func append(_ secret: ArraySlice<UInt8>, to out: inout [UInt8]) {
        out += redactor.token(secret).utf8
    }

    // MARK: - Words

    /// Copies the word that begins at `start`, or its token, together with the value that belongs to it.
    /// - Returns: where to go on.
    private func word(_ bytes: [UInt8], _ start: Int, _ out: inout [UInt8]) -> Int {
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]), !(end > start && Self.beginsPEM(bytes, end)) { end += 1 }
        let word = bytes[start..<end]
        if SecretForms.matches(word) {
            append(word, to: &out)
            return end
        }
        out += word
        if let password = password(ofURL: bytes, end) {
            out += bytes[end..<password.lowerBound]
            append(bytes[password], to: &out)
            return password.upperBound
        }
        guard let value = value(bytes, end, of: word), !value.isEmpty else { return end }
        out += bytes[end..<value.lowerBound]
        append(bytes[value], to: &out)
        return value.upperBound
    }

    /// Where the value of a credential-like name ends up: `password=x`, `"password": "x"`, `--token x`, `Bearer x`.
    private func value(_ bytes: [UInt8], _ end: Int, of word: ArraySlice<UInt8>) -> Range<Int>? {
        // Most words are followed by nothing that could be a value: they cost no look at their name.
        guard end < bytes.count, " \t=:\"'\\".utf8.contains(bytes[end]) else { return nil }
        let name = String(decoding: word, as: UTF8.self)
        let isScheme = word.count == 6 && name.lowercased() == "bearer"
        guard isScheme || CredentialNames.matches(name) else { return nil }
        var at = end
        if !isScheme {
            at = skipQuote(bytes, at)
            let blanks = skipBlanks(bytes, at)
            if blanks < bytes.count, bytes[blanks] == UInt8(ascii: "=") || bytes[blanks] == UInt8(ascii: ":") {
                at = blanks + 1
            } else if !name.hasPrefix("--") || blanks == at {
                return nil
            }
        }
        let start = skipBlanks(bytes, at)
        guard isScheme == false || start > end else { return nil }
        let range = extent(bytes, start, isHeader: name.lowercased().hasSuffix("authorization"))
        return isPlain(bytes[range], isScheme: isScheme) ? nil : range
    }

    /// Values that tell nothing: references, tokens of ours, booleans, and, after `Bearer`, an ordinary word.
    private func isPlain(_ value: ArraySlice<UInt8>, isScheme: Bool) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        if Redactor.isRedacted(text) || Redactor.isReference(text) { return true }
        if ["true", "false", "null", "nil", "none", "{", "[", "|", "|-", ">", "{}", "[]"].contains(text.lowercased()) {
            return true
        }
        return isScheme && (value.count < 8 || value.allSatisfy { $0 >= 0x61 && $0 <= 0x7A })
    }

    /// A quoted value ends at its quote, others at a blank or a separator; a header's value at the end of the line.
    private func extent(_ bytes: [UInt8], _ start: Int, isHeader: Bool) -> Range<Int> {
        guard start < bytes.count else { return bytes.count..<bytes.count }
        var from = start
        var quote: UInt8?
        // A quote inside a JSON text inside a text comes with backslashes.
        while from < bytes.count, bytes[from] == UInt8(ascii: "\\") { from += 1 }
        if from < bytes.count, Self.isQuote(bytes[from]) {
            quote = bytes[from]
            from += 1
        }
        var end = from
        while end < bytes.count, !Self.ends(bytes, end, quote: quote, isHeader: isHeader) { end += 1 }
        // A password may hold a comma; one at its end is the sentence's.
        while quote == nil, end > from, ",;})]".utf8.contains(bytes[end - 1]) { end -= 1 }
        return from..<end
    }

    private static func ends(_ bytes: [UInt8], _ at: Int, quote: UInt8?, isHeader: Bool) -> Bool {
        let byte = bytes[at]
        if byte == 0x0A || byte == 0x0D { return true }
        if let quote {
            return byte == quote || (byte == UInt8(ascii: "\\") && at + 1 < bytes.count && bytes[at + 1] == quote)
        }
        if isQuote(byte) { return true }
        if isHeader { return false }
        return byte <= 0x20 || byte == UInt8(ascii: "&")
    }

    private func skipBlanks(_ bytes: [UInt8], _ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        return at
    }

    private func skipQuote(_ bytes: [UInt8], _ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == UInt8(ascii: "\\") { at += 1 }
        return at < bytes.count && Self.isQuote(bytes[at]) ? at + 1 : at
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    // MARK: - Forms that are more than a word

    /// `://user:password@`: the range of the password, where the word before was the URL's scheme.
    private func password(ofURL bytes: [UInt8], _ at: Int) -> Range<Int>? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":"), bytes[at...].starts(with: "://".utf8) else {
            return nil
        }
        var colon: Int?
        var lastAt: Int?
        var end = at + 3
        while end < bytes.count {
            let byte = bytes[end]
            if byte <= 0x20 || Self.isQuote(byte) || byte == UInt8(ascii: "/") { break }
            if byte == UInt8(ascii: ":"), colon == nil { colon = end }
            if byte == UInt8(ascii: "@") { lastAt = end }
            end += 1
        }
        guard let colon, let lastAt, colon + 1 < lastAt else { return nil }
        let text = String(decoding: bytes[colon + 1..<lastAt], as: UTF8.self)
        return Redactor.isRedacted(text) || Redactor.isReference(text) ? nil : colon + 1..<lastAt
    }

    /// The end of the private key that begins here, as PEM or as PEM in base64; the end of the text where it doesn't end.
    private func privateKey(_ bytes: [UInt8], _ at: Int) -> Int? {
        if let end = Self.encodedPEM(bytes, at) { return end }
        guard Self.beginsPEM(bytes, at) else { return nil }
        let rest = bytes[(at + Self.begin.count)...]
        guard Self.range(of: Array("PRIVATE KEY-----".utf8), in: rest.prefix(48)) != nil else { return nil }
        guard let footer = Self.range(of: Array("-----END ".utf8), in: rest) else { return bytes.count }
        return Self.range(of: Array("-----".utf8), in: bytes[footer.upperBound...])?.upperBound ?? bytes.count
    }

    private static let begin = Array("-----BEGIN ".utf8)

    private static func beginsPEM(_ bytes: [UInt8], _ at: Int) -> Bool {
        bytes[at] == begin[0] && bytes[at...].starts(with: begin)
    }

    /// `-----BEGIN` in base64, unless it goes on with `CERTIFICATE` or `PUBLIC KEY`.
    private static func encodedPEM(_ bytes: [UInt8], _ at: Int) -> Int? {
        guard bytes[at] == UInt8(ascii: "L"), bytes[at...].starts(with: "LS0tLS1CRUdJTi".utf8),
            !bytes[at...].starts(with: "LS0tLS1CRUdJTiBDRVJU".utf8),
            !bytes[at...].starts(with: "LS0tLS1CRUdJTiBQVUJM".utf8)
        else { return nil }
        return bytes[at...].firstIndex { !(isWord($0) || "+/=".utf8.contains($0)) } ?? bytes.count
    }

    private static func isEscape(_ bytes: [UInt8], _ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count && "nrt".utf8.contains(bytes[at + 1])
    }

    private static func range(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
        for at in bytes.startIndex...(bytes.endIndex - pattern.count) where bytes[at] == first {
            if bytes[at...].starts(with: pattern) { return at..<at + pattern.count }
        }
        return nil
    }
}

/// Words that are credentials by their form alone.
enum SecretForms {
    /// - Parameter word: letters, digits and `-._`.
    static func matches(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 16 else { return false }
        return isJWT(word) || isAWSKey(word)
            || prefixes.contains { word.count >= $0.minimum && word.starts(with: $0.text) }
    }

    /// Three parts in base64url, the first of which is a JSON object.
    private static func isJWT(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.starts(with: "eyJ".utf8) else { return false }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].count >= 8 && parts[1].count >= 2
    }

    private static func isAWSKey(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 20 && (word.starts(with: "AKIA".utf8) || word.starts(with: "ASIA".utf8))
            && word.allSatisfy { ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39) }
    }

    /// What vendors put in front of their tokens so that scanners find them.
    private static let prefixes: [(text: [UInt8], minimum: Int)] = [
        ("ghp_", 20), ("gho_", 20), ("ghs_", 20), ("ghu_", 20), ("ghr_", 20), ("github_pat_", 30), ("glpat-", 20),
        ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20), ("sk-", 24), ("sk_live_", 20), ("rk_live_", 20), ("AIza", 35),
        ("npm_", 30), ("pypi-", 30), ("hvs.", 20), ("dckr_pat_", 20),
    ].map { (Array($0.0.utf8), $0.1) }
}
