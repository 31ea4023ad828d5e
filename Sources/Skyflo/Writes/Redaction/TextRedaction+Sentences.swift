/// Credentials in sentences, and sentences about credentials.
extension TextRedaction {
    /// `password is x`, `using password 'x'`, `password for root: x`, and the first password of a program, alone on a line below.
    func sentence(_ word: ArraySlice<UInt8>, lower: String) -> Range<Int>? {
        let noun = lower.split(separator: ".").last.map(String.init) ?? lower
        guard Prose.isNoun(noun), noun != "auth", noun != "cookie", noun != "authorization" else { return nil }
        let end = word.endIndex
        let start = skipBlanks(end)
        guard start > end, !isLineEnd(start), byte(word.startIndex - 1) != UInt8(ascii: "<") else { return nil }
        let isPassword = noun.hasPrefix("pass") || noun == "pin"
        if isPassword || word.elementsEqual("SECRET".utf8), skipQuote(start) > start {
            return quoted(start)
        }
        return assigned(start, noun: noun) ?? atLineEnd(start, noun: word, isPassword: isPassword)
            ?? adjacent(start).flatMap { isPassword || isMade(text($0)) ? $0 : nil }
    }

    /// `PASSWORD 'x'`
    private func quoted(_ start: Int) -> Range<Int>? {
        let value = extent(start, isHeader: false)
        guard !value.isEmpty, value.count <= 256, !isLineEnd(value.upperBound),
            Self.isQuote(bytes[skipQuote(value.upperBound) - 1])
        else { return nil }
        return Prose.isPlain(text(value)) ? nil : inline(start, as: .secret)
    }

    /// The words of this line from here on, without what surrounds them.
    private func word(_ at: Int) -> (range: Range<Int>, next: Int)? {
        let start = skipBlanks(at)
        guard !isLineEnd(start) else { return nil }
        var end = start
        while end < bytes.count, end - start < 256, bytes[end] > 0x20, !isLineEnd(end) { end += 1 }
        return (start..<end, end)
    }

    /// Without quotes, and without the full stop of the sentence.
    private func core(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, "\"'`(\\".utf8.contains(bytes[start]) { start += 1 }
        while end > start, "\"'`.,;)\\}]".utf8.contains(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// `password is now x`, `password set to x`.
    private func assigned(_ start: Int, noun: String) -> Range<Int>? {
        var at = start
        var isAssigned = false
        for _ in 0..<6 {
            guard let (range, next) = word(at) else { return nil }
            var name = text(range).lowercased()
            if name.hasSuffix(":") || name.hasSuffix("=") { name.removeLast() }
            // `password for admin is x`: whose it is comes between.
            if name == "for" || name == "of", !isAssigned {
                at = owner(next)
                continue
            }
            guard Prose.connectors.contains(name) || (isAssigned && name.isEmpty) else {
                guard isAssigned else { return nil }
                return spoken(range, next: next)
            }
            isAssigned = isAssigned || Prose.assignments.contains(name)
            at = next
        }
        return nil
    }

    /// Behind whom the credential belongs to: `the user app`.
    private func owner(_ start: Int) -> Int {
        var at = start
        for _ in 0..<3 {
            guard let (range, next) = word(at), !Prose.connectors.contains(text(range).lowercased()) else { return at }
            at = next
        }
        return at
    }

    /// A word of a sentence, where it isn't an ordinary one.
    private func spoken(_ range: Range<Int>, next: Int) -> Range<Int>? {
        let isQuoted = "\"'`".utf8.contains(bytes[range.lowerBound])
        let value =
            isQuoted && Self.isQuote(bytes[range.lowerBound]) ? extent(range.lowerBound, isHeader: false) : core(range)
        guard !value.isEmpty, !isSettled(bytes[value]) else { return nil }
        let word = text(value)
        guard isQuoted || !Prose.isPlain(word), CredentialValues.isCredential(word, as: .secret) else { return nil }
        if PlainWords.isQuantity(word[...]), word.utf8.count <= 3 { return nil }
        return PlainWords.isPath(word[...]) || ["http", "-", "<"].contains { word.hasPrefix($0) } ? nil : value
    }

    /// `with password x`, and `password x` at the end where it has digits.
    private func adjacent(_ start: Int) -> Range<Int>? {
        guard let last = previous.last, let (range, next) = word(start),
            bytes[range.upperBound - 1] != UInt8(ascii: ":"),
            !"([{=".utf8.contains(bytes[range.lowerBound]), let value = spoken(range, next: next)
        else { return nil }
        let isEnd = isLineEnd(skipBlanks(next)) || ",;".utf8.contains(bytes[range.upperBound - 1])
        let before = text(last).lowercased()
        guard Self.articles.contains(before) else {
            return isEnd && bytes[value].contains(where: Self.isDigit) && bytes[value].contains { $0 > 0x40 }
                ? value : nil
        }
        return bytes[value].allSatisfy { $0 >= 0x61 && $0 <= 0x7A } && !isEnd ? nil : value
    }

    private static let articles: Set<String> = [
        "with", "using", "and", "the", "new", "temporary", "initial", "default", "its", "your", "as",
    ]

    // MARK: - At the end of a line

    /// `A temporary password is generated for root@localhost: x`, `PASSWORD elastic = x`.
    private func atLineEnd(_ start: Int, noun: ArraySlice<UInt8>, isPassword: Bool) -> Range<Int>? {
        var at = start
        var last = ""
        var words = 0
        while let (range, next) = word(at), next - start < 240, words < 24 {
            words += 1
            let name = text(core(range)).lowercased()
            let isColon = bytes[range.upperBound - 1] == UInt8(ascii: ":") || endsInColon(range)
            let isEqual = text(range) == "=" && noun.elementsEqual("PASSWORD".utf8)
            // The next noun looks on from there by itself.
            if Prose.isDiagnosis(name) || Prose.isNoun(name) { return nil }
            if (isColon || isEqual) && !isTrouble(before: noun.startIndex) {
                let plain = name.last == ":" ? String(name.dropLast()) : name
                if isLineEnd(skipBlanks(next)) || isTextEnd(next) { return below(next) }
                let isIdentity = isColon && Prose.identities.contains(plain.isEmpty ? last : plain)
                return isIdentity ? nil : alone(next, isPassword: isPassword)
            }
            (last, at) = (name, next)
        }
        return nil
    }

    private func endsInColon(_ range: Range<Int>) -> Bool { range.count > 1 && text(range).hasSuffix(":\"") }

    /// An error is told: what follows its colon is the cause.
    func isTrouble(before at: Int) -> Bool {
        var start = at
        while start > 0, at - start < 100, bytes[start - 1] != 0x0A { start -= 1 }
        return text(start..<at).split(separator: " ").contains { Prose.isDiagnosis($0) }
    }

    /// The one word that the line ends in.
    private func alone(_ at: Int, isPassword: Bool) -> Range<Int>? {
        guard let (range, next) = word(at), isLineEnd(skipBlanks(next)) || isTextEnd(next - 1) else { return nil }
        guard let value = spoken(range, next: next) else { return nil }
        return isPassword || isMade(text(value)) ? value : nil
    }

    private func isTextEnd(_ at: Int) -> Bool {
        at >= bytes.count || bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "}")
    }

    /// As nobody would write it in a sentence.
    private func isMade(_ text: String) -> Bool {
        guard text.utf8.count >= 8, !text.contains("/"), !PlainWords.isHost(text[...]), !PlainWords.isName(text[...])
        else { return false }
        return text.contains(where: \.isNumber) || text.dropFirst().contains(where: \.isUppercase)
            || text.contains { !($0.isLetter || $0.isNumber || "-._:".contains($0)) }
    }

    // MARK: - On a line of its own

    /// `Password:` with its value alone on a line below that is no key.
    func lineBelow(_ start: Int, after word: ArraySlice<UInt8>) -> Range<Int>? {
        guard isLineEnd(start), start < bytes.count, Prose.isNoun(lastWord(word)) else { return nil }
        return below(start)
    }

    private func lastWord(_ word: ArraySlice<UInt8>) -> String { String(decoding: word, as: UTF8.self).lowercased() }

    /// What stands alone on the next line that isn't empty, if a machine made it.
    private func below(_ end: Int) -> Range<Int>? {
        var at = end
        for _ in 0..<5 {
            at = skipBlanks(at)
            guard at < bytes.count, isLineEnd(at), at - end < 512 else { return nil }
            at += isEscape(at) ? 2 : starts("\r\n", at: at) ? 2 : 1
            guard var (range, next) = word(at) else { continue }
            // Logs begin their lines with the time.
            if isTime(range) {
                guard let second = word(next) else {
                    at = next
                    continue
                }
                (range, next) = second
            }
            return isLineEnd(skipBlanks(next)) && isMadeAlone(range) ? core(range) : nil
        }
        return nil
    }

    private func isMadeAlone(_ range: Range<Int>) -> Bool {
        let value = core(range)
        guard !value.isEmpty, !isSettled(bytes[value]), bytes[range.upperBound - 1] != UInt8(ascii: ":"),
            !"#$%<{[*-=".utf8.contains(bytes[range.lowerBound]) || value.count >= 16,
            !"#$%>".utf8.contains(bytes[range.upperBound - 1])
        else { return false }
        return (isMade(text(value)) && !isAssignment(value)) || isLongHexadecimal(value)
    }

    /// `MODE=fast`, and not the `=` that a password has in it or base64 at its end.
    private func isAssignment(_ range: Range<Int>) -> Bool {
        let name = text(range).prefix { $0 != "=" }
        return name.utf8.count < range.count - 2 && PlainWords.isName(name)
    }

    private func isLongHexadecimal(_ range: Range<Int>) -> Bool {
        range.count >= 20 && bytes[range].allSatisfy(Self.isKeyText)
    }

    private func isTime(_ range: Range<Int>) -> Bool {
        range.count >= 19 && bytes[range.lowerBound...].prefix(4).allSatisfy(Self.isDigit)
            && byte(range.lowerBound + 4) == UInt8(ascii: "-")
    }

    // MARK: - Causes

    /// `DB_PASSWORD: unbound variable`, `ExpiredToken: The security token is expired`: a sentence, whatever the name.
    private func isStatement(_ start: Int) -> Bool {
        guard byte(start - 1) == 0x20, let (first, next) = word(start), let (second, rest) = word(next) else {
            return false
        }
        let (one, two) = (text(first).lowercased(), text(second))
        if ["unbound variable", "timed out", "not found", "not set"].contains("\(one) \(two)") { return true }
        guard ["the", "a", "an", "this", "your", "you"].contains(one), let (third, _) = word(rest) else { return false }
        return [second, third].allSatisfy { range in bytes[range].allSatisfy { Self.isAlphanumeric($0) || $0 == 0x2D } }
            && two.allSatisfy { $0.isLowercase || $0 == "-" }
    }

    /// `invalid token: unexpected EOF`: what follows the colon says what is wrong, and isn't a value.
    func isCause(_ start: Int, after noun: ArraySlice<UInt8>) -> Bool {
        if isStatement(start) { return true }
        guard byte(start - 1) == 0x20, Prose.isNoun(lastWord(noun)), let (first, next) = word(start),
            bytes[first.lowerBound] > 0x22
        else { return false }
        let word = text(first)
        if Prose.isDiagnosis(word), word.utf8.allSatisfy({ $0 < 0x80 }) { return true }
        guard let (second, _) = self.word(next) else { return false }
        let other = text(second)
        if word.utf8.count == 3, word.utf8.allSatisfy(Self.isDigit) { return other.first?.isUppercase == true }
        guard Prose.isPlain(word) else { return false }
        if Prose.isVerb(other) { return true }
        guard isTrouble(before: noun.startIndex) else { return false }
        // Behind an error's name of a password only what is a sentence for certain.
        let isPassword = lastWord(noun).hasPrefix("pass")
        let isSentence =
            isPassword ? Prose.isPlain(other) : other.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x3A }
        return isSentence || word.last == ":" || "/\"'".utf8.contains(bytes[second.lowerBound])
    }
}
