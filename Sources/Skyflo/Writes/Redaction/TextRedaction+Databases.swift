/// Values in SQL, and in commands of databases.
extension TextRedaction {
    /// `IDENTIFIED BY 'x'`, `IDENTIFIED WITH mysql_native_password BY 'x'`; without quotes only where it isn't a sentence.
    func identifiedBy(_ end: Int, isUpper: Bool) -> Range<Int>? {
        var at = skipBlanks(end)
        guard at > end else { return nil }
        for _ in 0..<5 {
            let isQuoted = skipQuote(at) > at
            at = skipQuote(at)
            var wordEnd = at
            while wordEnd < bytes.count, wordEnd - at < 40, Self.isWord(bytes[wordEnd]) { wordEnd += 1 }
            let word = text(at..<wordEnd).lowercased()
            guard ["by", "with", "password", "values"].contains(word) || word.hasSuffix("password") else { return nil }
            at = skipBlanks(isQuoted ? skipQuote(wordEnd) : wordEnd)
            guard word == "by" || word == "password" || word == "values" else { continue }
            if skipQuote(at) > at { return inline(at, as: .secret) }
            if word == "by", isUpper, !starts("PASSWORD", at: at) { return inline(at, as: .secret) }
        }
        return nil
    }

    /// `AUTH x` and `AUTH user x`, as a client of Redis sends it: the last word, where there is nothing else on the line.
    func authentication(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard word.elementsEqual("AUTH".utf8) else { return nil }
        var words: [Range<Int>] = []
        var at = word.endIndex
        while words.count < 3 {
            let from = skipQuote(skipBlanks(skipQuote(at)))
            guard from > at, !isLineEnd(from) else { break }
            var end = from
            while end < bytes.count, bytes[end] > 0x20, !Self.isQuote(bytes[end]), bytes[end] != UInt8(ascii: "\\") {
                end += 1
            }
            guard end > from, end - from <= 512 else { return nil }
            words.append(from..<end)
            at = end
        }
        guard let first = words.first, let last = words.last, words.count <= 2,
            !"<:=".utf8.contains(bytes[first.lowerBound]),
            bytes[first.upperBound - 1] != UInt8(ascii: ":"), isLineEnd(skipQuote(at))
        else { return nil }
        if words.count == 2, !isMechanism(first), bytes[first].allSatisfy({ $0 < 0x61 || $0 > 0x7A }) { return nil }
        let value = text(last)
        let isProse = Prose.isPlain(value) || isMechanism(last)
        return isProse || isSettled(bytes[last]) || !CredentialValues.isCredential(value, as: .token) ? nil : last
    }

    /// `PLAIN`, `LOGIN`
    private func isMechanism(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy { ($0 >= 0x41 && $0 <= 0x5A) || $0 == 0x2D || Self.isDigit($0) || $0 == 0x2E }
            && AuthenticationWords.all.contains(text(range).lowercased()) || Prose.isPlain(text(range))
    }

    /// `requirepass x`, `masterauth x`, `auth-pass mymaster x`, `set NAME x`.
    func directive(_ word: ArraySlice<UInt8>, lower: String, meaning: CredentialNames.Meaning) -> Range<Int>? {
        let quoted = skipQuote(word.endIndex)
        let start = skipBlanks(quoted)
        guard start > quoted, !isLineEnd(start) else { return nil }
        if [
            "requirepass", "masterauth", "primaryauth", "set-initial-password", "insecure-password", "bindpw", "rootpw",
        ].contains(
            lower)
        {
            return inline(start, as: .secret)
        }
        if lower == "auth-pass" {
            let end = extent(start, isHeader: false).upperBound
            return inline(skipBlanks(skipQuote(end)), as: .secret)
        }
        guard meaning == .secret || meaning == .token else { return nil }
        if let value = aloneOnLine(word, lower: lower, start: start) { return value }
        // A setting in a language that needs no sign between them: `storePassword "x"`.
        if meaning == .secret, skipQuote(start) > start, !Prose.isNoun(lower) { return inline(start, as: .secret) }
        // Clojure's `:password "x"`.
        if byte(word.startIndex - 1) == UInt8(ascii: ":"), skipQuote(start) > start {
            return inline(start, as: meaning)
        }
        guard let last = previous.last.map({ text($0).lowercased() }) else { return nil }
        // nginx, HAProxy and Apache set headers so.
        if ["proxy_set_header", "add_header", "set-header", "header", "requestheader"].contains(last) {
            let isHeader = lower.hasSuffix("authorization") && skipQuote(start) == start
            return isVariable(start) ? nil : inline(start, as: .secret, isHeader: isHeader)
        }
        let commands: Set<String> = ["set", "setx", "env", "arg", "setenv", "fastcgi_param"]
        guard commands.contains(last), !Prose.isNoun(lower), let value = inline(start, as: meaning) else { return nil }
        // `env DB_PASSWORD comes from …`
        let isLast = isLineEnd(skipBlanks(skipQuote(value.upperBound)))
        return isLast || bytes[value].contains { $0 < 0x61 || $0 > 0x7A } ? value : nil
    }

    /// `api_token x`, `auth_pass x`, `PASS x`, `password<TAB>x`: a name and its value, and nothing else on the line.
    private func aloneOnLine(_ word: ArraySlice<UInt8>, lower: String, start: Int) -> Range<Int>? {
        let isTabbed = bytes[word.endIndex..<start].contains(0x09)
        guard isTabbed || !Prose.isNoun(lower), !word.starts(with: "-".utf8),
            let value = nthWord(1, start: word.endIndex),
            isLineEnd(skipBlanks(skipQuote(value.upperBound))), previous.isEmpty || isFirst(word.startIndex),
            !isSettled(bytes[value]), !bytes[value].contains(where: { "(){}<:".utf8.contains($0) })
        else { return nil }
        let plain = text(value)
        guard isUnusual(value), CredentialValues.isCredential(plain, as: .secret), plain.utf8.count >= 6,
            !PlainWords.isPath(plain[...]), !plain.contains("/")
        else { return nil }
        return isTabbed || plain.contains(where: \.isNumber) && plain.contains(where: \.isLetter) ? value : nil
    }

    /// On its line there is at most one word before.
    private func isFirst(_ at: Int) -> Bool {
        var start = at
        while start > 0, at - start < 24, bytes[start - 1] != 0x0A { start -= 1 }
        guard start == 0 || bytes[start - 1] == 0x0A else { return false }
        return bytes[start..<at].split(separator: 0x20).count <= 1
    }

    /// `$http_authorization` and `"Bearer $token"`.
    private func isVariable(_ start: Int) -> Bool {
        let value = text(extent(start, isHeader: true)).split { " ;".contains($0) }
        return value.last.map { PlainWords.isVariable($0) } ?? false
            && value.dropLast().allSatisfy { AuthenticationWords.all.contains($0.lowercased()) }
    }
}
