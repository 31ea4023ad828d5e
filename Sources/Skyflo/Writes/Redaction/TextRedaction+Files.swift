/// Values in files of passwords, and in cookies.
extension TextRedaction {
    // MARK: - Files of passwords

    /// `host:port:database:user:password` of a `.pgpass`.
    func passwordFileEntry(_ at: Int) -> Range<Int>? {
        var colons: [Int] = []
        var end = at
        while end < bytes.count, end - at < 512, bytes[end] > 0x20, !Self.isQuote(bytes[end]) {
            if isLineEnd(end) { break }
            if bytes[end] == UInt8(ascii: ":"), byte(end - 1) != UInt8(ascii: "\\") {
                if colons.count < 4 { colons.append(end) }
            } else if colons.count < 4, !Self.isWord(bytes[end]), !"*/\\[]".utf8.contains(bytes[end]) {
                return nil
            }
            end += 1
        }
        guard colons.count == 4, end > colons[3] + 1, isLineEnd(end) || Self.isQuote(bytes[end]) else { return nil }
        let port = bytes[colons[0] + 1..<colons[1]]
        let isNumber = bytes[colons[1] + 1..<colons[2]].allSatisfy(Self.isDigit)
        let isPort =
            port.elementsEqual("*".utf8)
            || (!isNumber && port.count >= 2 && port.count <= 5 && port.allSatisfy(Self.isDigit))
        let host = bytes[at..<colons[0]]
        let isHost = host.contains { !Self.isDigit($0) } && host.count > 0
        let isFilled = colons[2] > colons[1] + 1 && colons[3] > colons[2] + 1
        let password = colons[3] + 1..<end
        return isPort && isHost && isFilled && !isSettled(bytes[password]) ? password : nil
    }

    /// `machine h login u password p` of a `.netrc`, on one line or several.
    func passwordOfMachine(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        let isMachine = word.elementsEqual("machine".utf8)
        guard isMachine || word.elementsEqual("default".utf8) else { return nil }
        var at = word.endIndex
        if isMachine { at = nextWord(at)?.upperBound ?? at }
        for _ in 0..<4 {
            guard let key = nextWord(at), ["login", "password", "account"].contains(text(key)),
                let value = nextWord(key.upperBound)
            else { return nil }
            if text(key) == "password" { return isSettled(bytes[value]) ? nil : value }
            at = value.upperBound
        }
        return nil
    }

    /// The next run without blanks.
    private func nextWord(_ at: Int) -> Range<Int>? {
        var start = at
        while start < bytes.count, start - at < 64, Self.isSpace(bytes[start]) || isEscape(start) {
            start += isEscape(start) ? 2 : 1
        }
        var end = start
        while end < bytes.count, end - start < 256, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "\""), !isEscape(end)
        {
            end += 1
        }
        return start > at && end > start ? start..<end : nil
    }

    /// What `crypt` and its like make of passwords: `$2y$10$…`, `$apr1$…`, `{SHA}…`.
    func passwordHash(_ at: Int) -> Range<Int>? {
        guard bytes[at] == UInt8(ascii: "$") || bytes[at] == UInt8(ascii: "{") else { return nil }
        let isKnown = Self.hashes.contains { bytes[at...].starts(with: $0) }
        guard isKnown else { return nil }
        var end = at + 1
        while end < bytes.count, Self.isWord(bytes[end]) || "$/+=,}".utf8.contains(bytes[end]) { end += 1 }
        return end - at >= 20 ? at..<end : nil
    }

    /// `SCRAM-SHA-256$4096:…`, `pbkdf2_sha256$260000$…`
    func verifier(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard byte(word.endIndex) == UInt8(ascii: "$"),
            word.starts(with: "SCRAM-SHA-".utf8) || word.starts(with: "pbkdf2_".utf8)
                || word.starts(with: "bcrypt_".utf8)
        else { return nil }
        var end = word.endIndex
        while end < bytes.count, Self.isWord(bytes[end]) || "$/+=:".utf8.contains(bytes[end]) { end += 1 }
        return end - word.endIndex >= 20 ? word.endIndex..<end : nil
    }

    private static let hashes = [
        "$2y$", "$2a$", "$2b$", "$apr1$", "$1$", "$5$", "$6$", "$y$", "$7$", "$argon2", "$scrypt$", "$pbkdf2", "{SHA}",
        "{SSHA}",
        "{SSHA512}", "{CRYPT}", "{MD5}", "{SMD5}", "{PBKDF2", "{ARGON2}",
    ].map { Array($0.utf8) }

    // MARK: - Cookies

    /// `Set-Cookie: a=x; Path=/` and `Cookie: a=x; b=y`: the end of the line that they are on.
    func endOfCookies(_ word: ArraySlice<UInt8>) -> Int? {
        let name = word.count <= 10 ? String(decoding: word, as: UTF8.self).lowercased() : ""
        guard name == "cookie" || name == "set-cookie", byte(skipQuote(word.endIndex)) == UInt8(ascii: ":") else {
            return nil
        }
        let start = skipQuote(word.endIndex) + 1
        var end = start
        var hasPair = false
        while end < bytes.count, end - start < 8192, !isLineEnd(end) {
            hasPair = hasPair || bytes[end] == UInt8(ascii: "=")
            end += 1
        }
        return hasPair ? end : nil
    }

    /// The value of a cookie, up to the next one.
    func cookie(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard byte(word.endIndex) == UInt8(ascii: "=") else { return nil }
        let name = String(decoding: word, as: UTF8.self).lowercased()
        if ["path", "domain", "expires", "max-age", "samesite", "priority", "secure", "httponly"].contains(name) {
            return nil
        }
        let start = word.endIndex + 1
        var end = start
        while end < bytes.count, bytes[end] > 0x20, !";\"'".utf8.contains(bytes[end]) { end += 1 }
        let value = text(start..<end)
        guard end > start, !isSettled(bytes[start..<end]), !CredentialValues.switches.contains(value.lowercased())
        else {
            return nil
        }
        return start..<end
    }

    /// `key = AQ…==` in a keyring of Ceph.
    func keyOfCeph(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard word.elementsEqual("key".utf8) else { return nil }
        let equal = skipBlanks(word.endIndex)
        guard byte(equal) == UInt8(ascii: "=") || byte(equal) == UInt8(ascii: ":") else { return nil }
        let value = extent(skipBlanks(equal + 1), isHeader: false)
        let isKey = value.count == 40 && starts("AQ", at: value.lowerBound) && starts("==", at: value.upperBound - 2)
        return isKey ? value : nil
    }

    /// The 40 letters that come with the id of a key of AWS.
    func secretOfAWSKey(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard word.count == 20, word.starts(with: "A".utf8) else { return nil }
        var start = word.endIndex
        while start < bytes.count, start - word.endIndex < 8, ",;:|\t \"'".utf8.contains(bytes[start]) { start += 1 }
        var end = start
        while end < bytes.count, end - start <= 40, Self.isAlphanumeric(bytes[end]) || "+/=".utf8.contains(bytes[end]) {
            end += 1
        }
        return start > word.endIndex && end - start == 40 ? start..<end : nil
    }
}
