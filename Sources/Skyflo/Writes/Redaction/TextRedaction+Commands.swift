/// Passwords on command lines.
extension TextRedaction {
    /// `curl -u user:password`, `mysql -ppassword`, `redis-cli -a password`, also as elements of a list.
    func argument(_ word: ArraySlice<UInt8>, of program: Program?) -> Range<Int>? {
        guard let program else { return nil }
        if program.kind == .oracle { return passwordOfLogin(word.startIndex) }
        if program.kind == .openssl, word.elementsEqual("pass".utf8), byte(word.endIndex) == UInt8(ascii: ":") {
            return inline(word.endIndex + 1, as: .secret)
        }
        guard word.first == UInt8(ascii: "-"), word.count <= 32 else { return nil }
        let option = String(decoding: word, as: UTF8.self)
        if program.options.contains(option) { return next(word.endIndex).flatMap { inline($0, as: .secret) } }
        if program.kind == .htpasswd, !option.hasPrefix("--"), option.contains("b") {
            let start = afterOptions(word.endIndex)
            return nthWord(option.contains("n") ? 2 : 3, start: start).flatMap { isSettled(bytes[$0]) ? nil : $0 }
        }
        if program.takesUser(option) {
            guard let start = next(word.endIndex) else { return nil }
            let range = extent(start, isHeader: false)
            guard Redactor.tokenEnd(bytes, start: range.lowerBound) == nil,
                let colon = bytes[range].firstIndex(of: program.separator),
                !isSettled(bytes[colon + 1..<range.upperBound])
            else { return nil }
            return colon + 1..<range.upperBound
        }
        guard let joined = program.joined, word.starts(with: joined.utf8) else { return nil }
        let end = word.endIndex
        let isQuoted = word.startIndex > 0 && Self.isQuote(bytes[word.startIndex - 1])
        let isJoined = word.count > 2 || (end < bytes.count && !isQuoted && bytes[end] > 0x20)
        return isJoined ? inline(word.startIndex + 2, as: .secret) : nil
    }

    /// Arguments that are told by their position: `rabbitmqctl add_user app x`, `mc alias set local URL KEY x`.
    func positional(_ word: ArraySlice<UInt8>, lower: String) -> Range<Int>? {
        let before = previous.last.map { text($0) } ?? ""
        let range: Range<Int>?
        switch lower {
        case "add_user", "change_password": range = nthWord(2, start: word.endIndex)
        case "set" where before == "alias": range = nthWord(4, start: word.endIndex)
        case "convertto-securestring": range = nthWord(1, start: word.endIndex)
        case "echo", "printf": return piped(word.endIndex)
        case "auth" where before == "stats":
            guard let login = nthWord(1, start: word.endIndex),
                let colon = bytes[login].firstIndex(of: UInt8(ascii: ":"))
            else { return nil }
            range = colon + 1..<login.upperBound
        // FTP and POP3.
        case "pass" where word.first == UInt8(ascii: "P"):
            guard let value = nthWord(1, start: word.endIndex), isLineEnd(value.upperBound), isUnusual(value),
                bytes[value].contains(where: Self.isDigit), !bytes[value].contains(where: { "./(:".utf8.contains($0) })
            else { return nil }
            range = value
        // SNMP's communities are passwords.
        case "rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6", "trapcommunity":
            range = nthWord(1, start: word.endIndex)
        case "community" where before == "snmp-server": range = nthWord(1, start: word.endIndex)
        default: return nil
        }
        guard let range, bytes[range.lowerBound] != UInt8(ascii: "-"), !isSettled(bytes[range]) else { return nil }
        return CredentialValues.isCredential(text(range), as: .secret) ? range : nil
    }

    private func afterOptions(_ start: Int) -> Int {
        var at = start
        for _ in 0..<4 {
            guard let next = nthWord(1, start: at), bytes[next.lowerBound] == UInt8(ascii: "-") else { return at }
            at = next.upperBound
        }
        return at
    }

    func nthWord(_ count: Int, start: Int) -> Range<Int>? {
        var at = start
        var range: Range<Int>?
        for _ in 0..<count {
            let from = skipQuote(skipBlanks(at))
            var end = from
            while end < bytes.count, end - from < 256, bytes[end] > 0x20, !Self.isQuote(bytes[end]), !isLineEnd(end) {
                end += 1
            }
            guard from > at, end > from else { return nil }
            range = from..<end
            at = skipQuote(end)
        }
        return range
    }

    /// `echo root:x | chpasswd`, `echo x | docker login --password-stdin`
    private func piped(_ start: Int) -> Range<Int>? {
        guard let value = nthWord(1, start: start) else { return nil }
        var end = skipBlanks(skipQuote(value.upperBound))
        guard byte(end) == UInt8(ascii: "|"), !isSettled(bytes[value]), bytes[value.lowerBound] != UInt8(ascii: "$")
        else { return nil }
        while end < bytes.count, end - value.upperBound < 160, !isLineEnd(end) {
            if starts("chpasswd", at: end) {
                guard let colon = bytes[value].firstIndex(of: UInt8(ascii: ":")) else { return nil }
                return isSettled(bytes[colon + 1..<value.upperBound]) ? nil : colon + 1..<value.upperBound
            }
            if starts("--password-stdin", at: end) || starts("passwd --stdin", at: end) { return value }
            end += 1
        }
        return nil
    }

    /// `user app on >x` of Redis: the password behind this bracket.
    func passwordOfAccessList(_ at: Int, program: Program?) -> Range<Int>? {
        guard bytes[at] == UInt8(ascii: ">"), byte(at - 1) == 0x20 || byte(at - 1) == 0x22 else { return nil }
        guard program?.kind == .accessList || isUserLine(at), byte(at + 1) != 0x20 else { return nil }
        return inline(at + 1, as: .secret)
    }

    private func isUserLine(_ at: Int) -> Bool {
        var start = at
        while start > 0, at - start < 160, bytes[start - 1] != 0x0A { start -= 1 }
        return starts("user ", at: start) && (text(start..<at).contains(" on ") || text(start..<at).contains(" off "))
    }

    /// The next word, behind blanks, or behind `=`, or as the next element of a list.
    func next(_ end: Int) -> Int? {
        var at = end
        if byte(at) == UInt8(ascii: "=") { return at + 1 }
        let blanks = skipBlanks(at)
        if blanks > at, blanks < bytes.count { return continued(blanks) }
        at = skipQuote(at)
        guard at > end, byte(at) == UInt8(ascii: ",") else { return nil }
        let start = skipSpace(at + 1)
        return skipQuote(start) > start ? start : nil
    }

    /// Where the line goes on below, behind a backslash.
    func continued(_ at: Int) -> Int {
        guard byte(at) == UInt8(ascii: "\\") else { return at }
        let end = byte(at + 1) == 0x0D ? at + 2 : at + 1
        return byte(end) == 0x0A ? skipBlanks(end + 1) : at
    }

    /// `user/password@host`
    func passwordOfLogin(_ start: Int) -> Range<Int>? {
        var slash: Int?
        for at in start..<min(start + 128, bytes.count) {
            let byte = bytes[at]
            if byte <= 0x20 || Self.isQuote(byte) { return nil }
            if byte == UInt8(ascii: "/") { slash = slash ?? at }
            guard byte == UInt8(ascii: "@"), let slash, slash + 1 < at else { continue }
            return isSettled(bytes[slash + 1..<at]) ? nil : slash + 1..<at
        }
        return nil
    }
}
