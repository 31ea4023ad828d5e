/// Secrets that are told by what stands around them: URLs, command lines, private keys.
extension TextRedaction {
    /// Programs with short options for passwords.
    enum Program {
        case curl, mysql, redis

        init?(_ word: ArraySlice<UInt8>) {
            guard word.count >= 4, word.count <= 10 else { return nil }
            switch String(decoding: word, as: UTF8.self) {
            case "curl": self = .curl
            case "mysql", "mysqldump", "mysqladmin", "mariadb": self = .mysql
            case "redis-cli": self = .redis
            default: return nil
            }
        }
    }

    /// `curl -u user:password`, `mysql -ppassword`, `redis-cli -a password`.
    func argument(_ word: ArraySlice<UInt8>, of program: Program?) -> Range<Int>? {
        guard let program, word.first == UInt8(ascii: "-") else { return nil }
        let end = word.endIndex
        switch program {
        case .mysql:
            let isPassword = word.starts(with: "-p".utf8) && end < bytes.count
            let isQuoted = word.startIndex > 0 && Self.isQuote(bytes[word.startIndex - 1])
            let isJoined = word.count > 2 || (isPassword && !isQuoted && bytes[end] > 0x20)
            return word.starts(with: "-p".utf8) && isJoined ? inline(word.startIndex + 2, isHeader: false) : nil
        case .redis:
            return word.elementsEqual("-a".utf8) && skipBlanks(end) > end
                ? inline(skipBlanks(end), isHeader: false) : nil
        case .curl:
            guard word.elementsEqual("-u".utf8) || word.elementsEqual("--user".utf8), skipBlanks(end) > end else {
                return nil
            }
            let range = extent(skipBlanks(end), isHeader: false)
            guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")),
                !isSettled(bytes[colon + 1..<range.upperBound])
            else { return nil }
            return colon + 1..<range.upperBound
        }
    }

    /// Who knows the path may post.
    func pathOfWebhook(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard word.elementsEqual("hooks.slack.com".utf8) else { return nil }
        let end = word.endIndex
        guard starts("/services/", end) || starts("/workflows/", end) || starts("/triggers/", end),
            let slash = bytes[(end + 1)...].firstIndex(of: UInt8(ascii: "/"))
        else { return nil }
        return inline(slash + 1, isHeader: false)
    }

    /// `://user:password@`: the range of the password, where the word before was the URL's scheme.
    func password(ofURL at: Int) -> Range<Int>? {
        guard starts("://", at) else { return nil }
        var colon: Int?
        var lastAt: Int?
        var hasSlash = false
        var end = at + 3
        while end < bytes.count, bytes[end] > 0x20, !Self.isQuote(bytes[end]) {
            switch bytes[end] {
            case UInt8(ascii: ":"): colon = colon ?? end
            case UInt8(ascii: "@"): lastAt = end
            case UInt8(ascii: "/"):
                // Behind another `:/` the next URL begins.
                guard lastAt == nil || hasSlash, let colon, bytes[end - 1] != UInt8(ascii: ":"),
                    hasSlash || isPassword(colon + 1..<end)
                else { return self.password(colon, lastAt) }
                hasSlash = true
            default: break
            }
            end += 1
        }
        return password(colon, lastAt)
    }

    /// What stands before the first slash is no port. A password may hold slashes.
    private func isPassword(_ range: Range<Int>) -> Bool {
        bytes[range].contains { $0 < 0x30 || $0 > 0x39 } && bytes[range.lowerBound - 2] != UInt8(ascii: "[")
    }

    private func password(_ colon: Int?, _ lastAt: Int?) -> Range<Int>? {
        guard let colon, let lastAt, colon + 1 < lastAt, !isSettled(bytes[colon + 1..<lastAt]) else { return nil }
        return colon + 1..<lastAt
    }

    // MARK: - Private keys

    /// The end of the private key that begins here, as PEM or as PEM in base64; the end of the text where it doesn't end.
    func privateKey(_ at: Int) -> Int? {
        if let end = encodedPEM(at) { return end }
        guard starts("-----BEGIN ", at), isPrivate(at + 11) else { return nil }
        guard let footer = firstIndex("-----END ", at + 11) else { return bytes.count }
        return firstIndex("-----", footer + 9).map { $0 + 5 } ?? bytes.count
    }

    func endsKey(_ at: Int) -> Bool { starts("-----END ", at) && isPrivate(at + 9) }

    func isPEMBoundary(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "-") && (starts("-----BEGIN ", at) || starts("-----END ", at))
    }

    /// `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
    private func isPrivate(_ at: Int) -> Bool {
        for start in at..<max(at, min(at + 32, bytes.count)) {
            if bytes[start] == UInt8(ascii: "-") { return false }
            if starts("PRIVATE KEY", start) { return true }
        }
        return false
    }

    private func firstIndex(_ text: StaticString, _ start: Int) -> Int? {
        (start..<max(start, bytes.count)).first { starts(text, $0) }
    }

    /// `-----BEGIN` in base64, unless it goes on with `CERTIFICATE` or `PUBLIC KEY`; also wrapped into lines.
    private func encodedPEM(_ at: Int) -> Int? {
        guard starts("LS0tLS1CRUdJTi", at), !starts("LS0tLS1CRUdJTiBDRVJU", at), !starts("LS0tLS1CRUdJTiBQVUJM", at)
        else { return nil }
        var end = base64End(at)
        while bytes[end - 1] != UInt8(ascii: "="), let next = wrapped(end) { end = next }
        return end
    }

    private func base64End(_ at: Int) -> Int {
        bytes[at...].firstIndex { !(Self.isWord($0) || "+/=".utf8.contains($0)) } ?? bytes.count
    }

    /// The end of the next line, where it is base64 and nothing else.
    private func wrapped(_ at: Int) -> Int? {
        var start = at
        if start < bytes.count, bytes[start] == 0x0D { start += 1 }
        guard start < bytes.count, bytes[start] == 0x0A else { return nil }
        start = skipBlanks(start + 1)
        let end = base64End(start)
        guard end > start, end - start >= 16 || bytes[end - 1] == UInt8(ascii: "=") else { return nil }
        return end == bytes.count || Self.isSpace(bytes[end]) || Self.isQuote(bytes[end]) ? end : nil
    }
}
