/// Private keys.
extension TextRedaction {
    /// The end of the private key that begins here, as PEM or as PEM in base64; the end of the text where it doesn't end.
    func privateKey(_ at: Int) -> Int? {
        if let end = encodedPEM(at) { return end }
        guard starts("-----BEGIN ", at: at), isPrivate(at + 11) else { return nil }
        guard let footer = firstIndex("-----END ", start: at + 11) else { return bytes.count }
        return firstIndex("-----", start: footer + 9).map { $0 + 5 } ?? bytes.count
    }

    func endsKey(_ at: Int) -> Bool { starts("-----END ", at: at) && isPrivate(at + 9) }

    func isPEMBoundary(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "-") && (starts("-----BEGIN ", at: at) || starts("-----END ", at: at))
    }

    /// `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
    private func isPrivate(_ at: Int) -> Bool {
        for start in at..<max(at, min(at + 32, bytes.count)) {
            if bytes[start] == UInt8(ascii: "-") { return false }
            if starts("PRIVATE KEY", at: start) { return true }
        }
        return false
    }

    private func firstIndex(_ text: StaticString, start: Int) -> Int? {
        (start..<max(start, bytes.count)).first { starts(text, at: $0) }
    }

    /// `-----BEGIN` in base64, unless it goes on with `CERTIFICATE` or `PUBLIC KEY`; also wrapped into lines.
    private func encodedPEM(_ at: Int) -> Int? {
        guard starts("LS0tLS1CRUdJTi", at: at), !starts("LS0tLS1CRUdJTiBDRVJU", at: at),
            !starts("LS0tLS1CRUdJTiBQVUJM", at: at)
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
