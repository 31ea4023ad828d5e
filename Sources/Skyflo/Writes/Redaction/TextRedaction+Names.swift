/// Where the value of a credential-like name is.
extension TextRedaction {
    /// `password=x`, `"password": "x"`, `--token x`, `Bearer x`, `name: PASSWORD, value: x`, `<password>x</password>`.
    func value(of word: ArraySlice<UInt8>) -> Range<Int>? {
        let end = word.endIndex
        // Most words are followed by nothing that could be a value: they cost no look at their name.
        guard end < bytes.count, " \t=:\"'\\,\r\n>(]&<%*".utf8.contains(bytes[end]) else { return nil }
        let name = String(decoding: word, as: UTF8.self)
        let lower = name.lowercased()
        if lower == "bearer" { return bearer(end) }
        if lower == "identified" { return identifiedBy(end, isUpper: name.first == "I") }
        if lower == "value" { return valueBeforeName(word) }
        if lower == "key", let key = keyOfCeph(word) { return key }
        if let argument = positional(word, lower: lower) { return argument }
        if lower == "auth" { if let password = authentication(word) { return password } }
        let isSigned = isSignature(lower, word: word)
        var meaning = isSigned ? .secret : CredentialNames.meaning(of: domain(of: word) + name)
        // A connection string's `;PWD=x`.
        if lower == "pwd", byte(word.startIndex - 1) == UInt8(ascii: ";") { meaning = .secret }
        if meaning == .other, let joined = nameOfWords(word) { meaning = joined }
        guard meaning != .other else { return nil }
        if let element = element(word, as: meaning) { return element }
        let isHeader = lower.hasSuffix("authorization")
        if let start = separated(end, in: word) {
            if isCause(start, after: word) || isPlaceInSource(word) || isListOfFields(start, of: word) { return nil }
            if let list = list(start, as: meaning) { return list }
            if lower.hasSuffix("credentials"), let password = passwordBehindUser(start) { return password }
            return below(start, key: word.startIndex, as: meaning)
                ?? inline(start, as: meaning, isHeader: isHeader) ?? lineBelow(start, after: word)
        }
        if let value = flag(name, end: end, meaning: meaning) ?? directive(word, lower: lower, meaning: meaning) {
            return value
        }
        return neighbour(word, isFlag: name.hasPrefix("-"), meaning: meaning) ?? sentence(word, lower: lower)
            ?? defaultOfVariable(word)
    }

    /// Behind `=`, `:`, `=>`, `:=`, `->` and the column of a table.
    private func separated(_ end: Int, in word: ArraySlice<UInt8>) -> Int? {
        var quoted = skipQuote(end)
        // PHP's `[password] => x` and `["password"] => x`.
        if byte(quoted) == UInt8(ascii: "]") { quoted += 1 }
        if starts(">> =>", at: quoted), starts("<<", at: word.startIndex - 3) { quoted += 2 }
        // Markdown's `**Password**: x`.
        if starts("**", at: quoted), starts("**", at: word.startIndex - 2) { quoted += 2 }
        let at = skipBlanks(quoted)
        guard let byte = byte(at) else { return nil }
        switch byte {
        case UInt8(ascii: "="):
            var next = at + 1
            while next < at + 3, self.byte(next) == UInt8(ascii: "=") { next += 1 }
            guard self.byte(next) == UInt8(ascii: ">") else { return continued(skipBlanks(next)) }
            if starts("> <<\"", at: next) { return next + 4 }
            return typed(self.byte(next + 1) == 0x0A ? skipSpace(next + 1) : skipBlanks(next + 1))
        case UInt8(ascii: "~"), UInt8(ascii: ">"):
            return at > quoted && self.byte(at + 1) == UInt8(ascii: ">") ? skipBlanks(at + 2) : nil
        case UInt8(ascii: "%"):
            if starts("%22%3A", at: at) { return starts("%22", at: at + 6) ? at + 9 : at + 6 }
            return starts("%3D", at: at) || starts("%3d", at: at) ? at + 3 : nil
        // LDIF's base64.
        case UInt8(ascii: ":") where starts(":: ", at: at): return skipBlanks(at + 2)
        case UInt8(ascii: ":"):
            if starts(":** ", at: at), starts("**", at: word.startIndex - 2) { return skipBlanks(at + 3) }
            return skipBlanks(self.byte(at + 1) == UInt8(ascii: "=") ? at + 2 : at + 1)
        case 0xE2:
            return at > end && (starts("\u{2192}", at: at) || isBoxed(at, word: word)) ? skipBlanks(at + 3) : nil
        case UInt8(ascii: "."):
            let dots = bytes[at...].prefix { $0 == UInt8(ascii: ".") || $0 == 0x20 }
            return at > end && dots.count >= 4 && starts("...", at: at) ? dots.endIndex : nil
        case UInt8(ascii: "-"):
            guard at > end, self.byte(at + 1) == UInt8(ascii: ">") else { return nil }
            return skipBlanks(at + 2)
        case UInt8(ascii: "|"):
            return at > end && isCell(word.startIndex) ? skipBlanks(at + 1) : nil
        default: return nil
        }
    }

    /// PHP's `string(7) "x"`.
    private func typed(_ at: Int) -> Int {
        guard starts("string(", at: at) else { return at }
        var end = at + 7
        while end < bytes.count, Self.isDigit(bytes[end]) { end += 1 }
        return byte(end) == UInt8(ascii: ")") ? skipBlanks(end + 1) : at
    }

    /// `│ Password │ x │`
    private func isBoxed(_ at: Int, word: ArraySlice<UInt8>) -> Bool {
        starts("\u{2502}", at: at) && byte(word.startIndex - 1) == 0x20 && byte(word.startIndex - 4) == 0xE2
    }

    private func isCell(_ start: Int) -> Bool {
        var at = start
        while at > 0, start - at < 64, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x09 { at -= 1 }
        return byte(at - 1) == UInt8(ascii: "|")
    }

    /// `configmap shop/db-password: data.mode, data.url`: what a summary says of an object.
    private func isListOfFields(_ start: Int, of word: ArraySlice<UInt8>) -> Bool {
        guard byte(word.startIndex - 1) == UInt8(ascii: "/"), byte(start - 1) == 0x20 else { return false }
        return ["data.", "spec.", "metadata.", "binaryData.", "rules", "subjects"].contains {
            text(start..<min(start + 12, bytes.count)).hasPrefix($0)
        }
    }

    /// `credentials: admin / x`
    private func passwordBehindUser(_ start: Int) -> Range<Int>? {
        guard let user = nthWord(1, start: start - 1), starts(" / ", at: user.upperBound) else { return nil }
        let start = user.upperBound + 3
        // Nothing of it where it was hidden before.
        return inline(start, as: .secret) ?? start..<start
    }

    /// `auth.go:42: …`
    private func isPlaceInSource(_ word: ArraySlice<UInt8>) -> Bool {
        let ending = word.split(separator: UInt8(ascii: ".")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return word.contains(UInt8(ascii: "."))
            && ["go", "py", "rs", "java", "kt", "ts", "js", "rb", "c", "cc", "swift"].contains(ending)
            && byte(word.endIndex + 1).map(Self.isDigit) ?? false
    }

    /// What an annotation's name begins with: `nginx.org/`.
    private func domain(of word: ArraySlice<UInt8>) -> String {
        guard byte(word.startIndex - 1) == UInt8(ascii: "/"), let last = previous.last,
            last.upperBound == word.startIndex - 1, bytes[last].contains(UInt8(ascii: ".")),
            !starts("://", at: last.lowerBound - 3)
        else { return "" }
        return text(last) + "/"
    }

    /// `API Key: x`, `Unseal Key 1: x`: a name of several words.
    private func nameOfWords(_ word: ArraySlice<UInt8>) -> CredentialNames.Meaning? {
        let at = skipBlanks(word.endIndex)
        guard byte(at) == UInt8(ascii: ":") || byte(at) == UInt8(ascii: "=") || starts("is ", at: at), word.count <= 8,
            let last = previous.last, word.startIndex == last.upperBound + 1
        else { return nil }
        var words = [text(last), String(decoding: word, as: UTF8.self)]
        if let first = previous.first, previous.count > 1, first.upperBound + 1 == last.lowerBound {
            words.insert(text(first), at: 0)
        }
        if let number = words.last, number.utf8.allSatisfy(Self.isDigit) { words.removeLast() }
        guard words.count >= 2, ["key", "string", "keys", "id"].contains(words[words.count - 1].lowercased()) else {
            return nil
        }
        // `references non-existent secret key: tls.crt`
        let value = text(extent(skipBlanks(at + 1), isHeader: false))
        if isTrouble(before: word.startIndex), PlainWords.isName(value[...]) { return nil }
        let meaning = CredentialNames.meaning(of: words.suffix(2).joined(separator: " "))
        return meaning == .secret ? meaning : nil
    }

    /// After `Bearer`, an ordinary word is none.
    private func bearer(_ end: Int) -> Range<Int>? {
        let start = skipBlanks(end)
        guard start > end, let value = inline(start, as: .secret) else { return nil }
        let isWord = value.count < 8 || bytes[value].allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
        return isWord ? nil : value
    }

    /// `?sig=`: what signs a URL is all that it takes to use it.
    private func isSignature(_ name: String, word: ArraySlice<UInt8>) -> Bool {
        guard word.startIndex > 0, "?&".utf8.contains(bytes[word.startIndex - 1]), bytes[word.endIndex] == 0x3D else {
            return false
        }
        return ["sig", "x-amz-signature", "x-goog-signature", "signature"].contains(name)
    }

    /// `--token x`, `-storepass x`.
    private func flag(_ name: String, end: Int, meaning: CredentialNames.Meaning) -> Range<Int>? {
        guard name.hasPrefix("--") || (name.hasPrefix("-") && name.utf8.count > 3) else { return nil }
        let quoted = skipQuote(end)
        let blanks = skipBlanks(quoted)
        guard blanks > quoted else { return nil }
        let start = continued(blanks)
        if starts("--", at: start) { return nil }
        let value = inline(start, as: meaning)
        // A usage says `--password PASSWORD`.
        let placeholder = name.drop { $0 == "-" }.uppercased().replacing("-", with: "_")
        return value.map { text($0) == placeholder } ?? false ? nil : value
    }

    /// `["x", "y"]` under one name.
    /// - Returns: what is in the brackets, nothing of it where it is for all to read; nil where this is no list of values.
    private func list(_ start: Int, as meaning: CredentialNames.Meaning) -> Range<Int>? {
        guard byte(start) == UInt8(ascii: "["), meaning != .reference else { return nil }
        let from = skipBlanks(start + 1)
        var end = from
        while end < bytes.count, end - from < 1024, !"]{\n".utf8.contains(bytes[end]) { end += 1 }
        guard byte(end) == UInt8(ascii: "]"), end > from else { return nil }
        let elements = bytes[from..<end].split { ", \"'".utf8.contains($0) }
        let isPlain = elements.allSatisfy { element in
            isSettled(element) || !CredentialValues.isCredential(String(decoding: element, as: UTF8.self), as: meaning)
        }
        return isPlain || CredentialValues.isMask(text(start..<end + 1)[...]) ? from..<from : from..<end
    }

    /// `"name":"DB_PASSWORD","value":"x"`, on lines of their own as well, `"--password","x"`, `name="password" value="x"`.
    private func neighbour(_ word: ArraySlice<UInt8>, isFlag: Bool, meaning: CredentialNames.Meaning) -> Range<Int>? {
        var at = word.endIndex
        var isNext = false
        while at < bytes.count, Self.isSpace(bytes[at]) || ",\"'\\".utf8.contains(bytes[at]) {
            isNext = isNext || bytes[at] == 0x2C || bytes[at] == 0x0A || isEscape(at) || isAttribute(at, of: word)
            if isFlag, bytes[at] == 0x2C { return nextElement(at + 1, meaning: meaning) }
            at += isEscape(at) ? 2 : 1
        }
        if isFlag, isNext, starts("- ", at: at) { return scalar(skipBlanks(at + 2), meaning: meaning) }
        guard isNext, let key = ["value", "Value", "ParameterValue", "val"].first(where: { matches($0, at: at) }) else {
            return argumentOfCall(word, meaning: meaning)
        }
        let separator = skipBlanks(skipQuote(at + key.utf8.count))
        guard byte(separator) == UInt8(ascii: ":") || byte(separator) == UInt8(ascii: "=") else { return nil }
        let start = skipBlanks(separator + 1)
        return below(start, key: at, as: meaning) ?? inline(start, as: meaning)
    }

    private func matches(_ text: String, at: Int) -> Bool {
        at + text.utf8.count <= bytes.count && bytes[at..<at + text.utf8.count].elementsEqual(text.utf8)
    }

    /// The quote that ends the value of an XML attribute.
    private func isAttribute(_ at: Int, of word: ArraySlice<UInt8>) -> Bool {
        guard at == skipQuote(word.endIndex) - 1, Self.isQuote(bytes[at]) else { return false }
        var start = word.startIndex
        while start > 0, word.startIndex - start < 64, Self.isWord(bytes[start - 1]) { start -= 1 }
        return start > 1 && bytes[start - 1] == bytes[at]
            && (bytes[start - 2] == UInt8(ascii: "=") || bytes[start - 2] == UInt8(ascii: "\\"))
    }

    /// `define('DB_PASSWORD', 'x')`, `password("x")`.
    private func argumentOfCall(_ word: ArraySlice<UInt8>, meaning: CredentialNames.Meaning) -> Range<Int>? {
        guard meaning == .secret || meaning == .token else { return nil }
        let end = word.endIndex
        if byte(end) == UInt8(ascii: "("), meaning == .secret, skipQuote(end + 1) > end + 1 {
            guard let first = inline(end + 1, as: meaning) else { return nil }
            // `changeUserPassword("app", "x")`
            let next = skipQuote(first.upperBound)
            let second = byte(next) == UInt8(ascii: ",") ? nextElement(next + 1, meaning: meaning) : nil
            return first.lowerBound..<(second ?? first).upperBound
        }
        if starts("\">>,<<\"", at: end) { return inline(end + 6, as: meaning) }
        if byte(end) == UInt8(ascii: ","), isTuple(word.startIndex) {
            let start = skipBlanks(end + 1)
            let inner = starts("<<", at: start) ? start + 2 : start
            return skipQuote(inner) > inner ? inline(inner, as: meaning) : nil
        }
        let quoted = skipQuote(end)
        var opening = word.startIndex - (quoted - end) - 1
        if byte(opening) == 0x20 { opening -= 1 }
        if let value = pair(word, quoted: quoted, meaning: meaning) { return value }
        guard quoted > end, byte(opening) == UInt8(ascii: "("), byte(quoted) == UInt8(ascii: ",") else { return nil }
        guard let value = nextElement(quoted + 1, meaning: meaning) else { return nil }
        return byte(skipBlanks(skipQuote(value.upperBound))) == UInt8(ascii: ")") ? value : nil
    }

    /// Erlang's `{password,"x"}` and Elixir's `{:password, "x"}`.
    private func isTuple(_ start: Int) -> Bool {
        byte(start - 1) == UInt8(ascii: "{")
            || (byte(start - 1) == UInt8(ascii: ":") && byte(start - 2) == UInt8(ascii: "{"))
    }

    /// The next text of a list.
    private func nextElement(_ at: Int, meaning: CredentialNames.Meaning) -> Range<Int>? {
        let at = skipSpace(at)
        guard skipQuote(at) > at, !starts("--", at: skipQuote(at)) else { return nil }
        return inline(at, as: meaning)
    }

    /// `"value":"x","name":"DB_PASSWORD"`: the name comes behind.
    private func valueBeforeName(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        let separator = skipBlanks(skipQuote(word.endIndex))
        guard byte(separator) == UInt8(ascii: ":") || byte(separator) == UInt8(ascii: "=") else { return nil }
        let start = skipBlanks(separator + 1)
        // What `elasticsearch-reset-password` prints.
        if let last = previous.last, text(last) == "New" { return inline(start, as: .secret) }
        let value = extent(start, isHeader: false)
        // Without quotes only in YAML, where the name is on the next line.
        guard skipQuote(start) > start || isLineEnd(skipBlanks(value.upperBound)) else { return nil }
        guard value.count <= 512, !value.isEmpty else { return nil }
        var at = skipQuote(value.upperBound)
        while at < bytes.count, at - value.upperBound < 64, Self.isSpace(bytes[at]) || ",\"'\\".utf8.contains(bytes[at])
        {
            at += 1
        }
        guard let key = ["name", "key", "Key", "Name"].first(where: { matches($0, at: at) }) else { return nil }
        let next = skipBlanks(skipQuote(at + key.utf8.count))
        guard byte(next) == byte(separator) else { return nil }
        let name = extent(skipBlanks(next + 1), isHeader: false)
        guard name.count <= 128 else { return nil }
        return inline(start, as: CredentialNames.meaning(of: text(name)))
    }
}
