/// Values that stand apart from their names: in the columns of tables, in `INSERT`, in what a plan changes.
extension TextRedaction {
    /// Where values of this word's stand further on, in order.
    func laterValues(of word: ArraySlice<UInt8>) -> [Range<Int>] {
        guard word.count >= 6, word.count <= 12, "vVcCU".utf8.contains(word[word.startIndex]) else { return [] }
        let name = String(decoding: word, as: UTF8.self)
        switch name {
        case "VALUES", "values", "Values": return insertedValues(word)
        case "chpasswd": return passwordList(word.endIndex)
        // Of Net-SNMP: `createUser app SHA x AES y`.
        case "createUser":
            return [nthWord(3, start: word.endIndex), nthWord(5, start: word.endIndex)].compactMap { $0 }.filter(
                isHidden)
        // base64: `Password:`, as SMTP servers ask for it.
        case "UGFzc3dvcmQ6": return lastWord(end(ofLine: word.endIndex) + 1).map { [$0] } ?? []
        default: return []
        }
    }

    /// The end of a line, unless it is far away: whoever looks for it doesn't care for such lines.
    private func end(ofLine at: Int) -> Int {
        bytes[min(at, bytes.count)...].prefix(1024).firstIndex(of: 0x0A) ?? min(at + 1024, bytes.count)
    }

    private func isSecretName(_ range: Range<Int>) -> Bool {
        let name = text(range)
        guard !name.isEmpty, name.utf8.count <= 64, name.lowercased() != "secret", name.lowercased() != "secrets" else {
            return false
        }
        let meaning = CredentialNames.meaning(of: name)
        return meaning == .secret || meaning == .token
    }

    private func isHidden(_ range: Range<Int>) -> Bool {
        guard !range.isEmpty, range.count <= 512, !isSettled(bytes[range]) else { return false }
        let value = text(range)
        return !Prose.isPlain(value) && !CredentialValues.switches.contains(value.lowercased())
            && CredentialValues.isCredential(value, as: .secret)
    }

    // MARK: - Columns

    private enum Divider { case tab, bar, blanks }

    /// The cells below a header `USER  PASSWORD`, whose columns are divided by tabs, bars or blanks.
    /// - Returns: them, and where the table ends.
    func columns(_ start: Int) -> (found: [Range<Int>], end: Int) {
        let end = end(ofLine: start)
        let line = bytes[start..<end]
        guard line.count <= 512, line.allSatisfy({ Self.isWord($0) || " \t|\r".utf8.contains($0) }) else {
            return ([], start)
        }
        let divider: Divider = line.contains(UInt8(ascii: "|")) ? .bar : line.contains(0x09) ? .tab : .blanks
        let header = cells(start, end: end, divider: divider)
        guard header.count > 1 else { return ([], start) }
        let secret = header.indices.filter { isSecretName(header[$0]) }
        return secret.isEmpty ? ([], start) : rows(end + 1, divider: divider, secret: secret, of: header.count)
    }

    private func rows(_ start: Int, divider: Divider, secret: [Int], of count: Int) -> (
        found: [Range<Int>], end: Int
    ) {
        var found: [Range<Int>] = []
        var line = start
        for _ in 0..<Self.maximumRows where line < bytes.count {
            let end = end(ofLine: line)
            let row = cells(line, end: end, divider: divider)
            if row.isEmpty { break }
            if !row.allSatisfy(isRule) {
                guard row.count == count, byte(end) == nil || byte(end) == 0x0A else { break }
                found += secret.map { row[$0] }.filter(isHidden)
            }
            line = end + 1
        }
        return (found, line)
    }

    private static let maximumRows = 1000

    /// `-----`, `--+--`
    private func isRule(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { "-+=: ".utf8.contains($0) } }

    private func cells(_ start: Int, end: Int, divider: Divider) -> [Range<Int>] {
        var cells: [Range<Int>] = []
        var from = start
        var at = start
        while at <= end {
            guard at == end || isDivider(at, divider: divider) else {
                at += 1
                continue
            }
            cells.append(trimmed(from..<at))
            while at < end, divider == .blanks, bytes[at] == 0x20 { at += 1 }
            if divider != .blanks || at == end { at += 1 }
            from = min(at, end)
        }
        while let last = cells.last, last.isEmpty { cells.removeLast() }
        return cells
    }

    private func isDivider(_ at: Int, divider: Divider) -> Bool {
        switch divider {
        case .tab: bytes[at] == 0x09
        case .bar: bytes[at] == UInt8(ascii: "|")
        case .blanks: bytes[at] == 0x20 && byte(at + 1) == 0x20
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Self.isSpace(bytes[start]) { start += 1 }
        while end > start, Self.isSpace(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    // MARK: - SQL

    /// `INSERT INTO users (name, password) VALUES ('app', 'x'), …`
    private func insertedValues(_ word: ArraySlice<UInt8>) -> [Range<Int>] {
        var end = word.startIndex
        while end > 0, Self.isSpace(bytes[end - 1]) { end -= 1 }
        guard byte(end - 1) == UInt8(ascii: ")"),
            let start = bytes[max(0, end - 512)..<end].lastIndex(of: UInt8(ascii: "("))
        else { return [] }
        let names = elements(start + 1).found
        let secret = names.indices.filter { isSecretName(names[$0]) }
        guard !secret.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var at = skipSpace(word.endIndex)
        while found.count < Self.maximumRows, byte(at) == UInt8(ascii: "(") {
            let row = elements(at + 1)
            found += secret.filter { $0 < row.found.count }.map { row.found[$0] }.filter(isHidden)
            at = skipSpace(row.end)
            if byte(at) == UInt8(ascii: ",") { at = skipSpace(at + 1) }
        }
        return found
    }

    /// What stands between commas up to the closing bracket, without its quotes.
    private func elements(_ start: Int) -> (found: [Range<Int>], end: Int) {
        var found: [Range<Int>] = []
        var at = start
        while at < bytes.count, at - start < 8192, found.count < 256 {
            at = skipSpace(at)
            let range = skipQuote(at) > at ? extent(at, isHeader: false) : bareElement(at)
            found.append(trimmed(range))
            at = skipSpace(skipQuote(range.upperBound))
            guard byte(at) == UInt8(ascii: ",") else { break }
            at += 1
        }
        return (found, byte(at) == UInt8(ascii: ")") ? at + 1 : at)
    }

    private func bareElement(_ start: Int) -> Range<Int> {
        var end = start
        while end < bytes.count, end - start < 512, !",)\n".utf8.contains(bytes[end]) { end += 1 }
        return start..<end
    }

    // MARK: - Lines below

    /// cloud-init's `chpasswd: {list: | root:x …}`.
    private func passwordList(_ start: Int) -> [Range<Int>] {
        guard byte(start) == UInt8(ascii: ":") else { return [] }
        var found: [Range<Int>] = []
        var line = end(ofLine: start) + 1
        for _ in 0..<50 {
            guard line < bytes.count, bytes[line] == 0x20 || bytes[line] == 0x09 else { break }
            let entry = trimmed(line..<end(ofLine: line))
            line = end(ofLine: line) + 1
            guard let colon = bytes[entry].firstIndex(of: UInt8(ascii: ":")), byte(colon + 1) != 0x20,
                !"[{-".utf8.contains(bytes[entry.lowerBound])
            else { continue }
            let password = colon + 1..<entry.upperBound
            if isHidden(password) { found.append(password) }
        }
        return found
    }

    /// The word that a line ends in.
    private func lastWord(_ line: Int) -> Range<Int>? {
        guard line < bytes.count else { return nil }
        let content = trimmed(line..<end(ofLine: line))
        let start = bytes[content].lastIndex(where: Self.isSpace).map { $0 + 1 } ?? content.lowerBound
        return isHidden(start..<content.upperBound) ? start..<content.upperBound : nil
    }

    /// What a plan of Terraform puts in its place: `"old" -> "new"`.
    func replacement(behind value: Range<Int>) -> Range<Int>? {
        let quote = skipQuote(value.upperBound)
        let arrow = skipBlanks(quote)
        guard quote > value.upperBound, starts("->", at: arrow) else { return nil }
        let start = skipBlanks(arrow + 2)
        return skipQuote(start) > start ? inline(start, as: .secret) : nil
    }

    /// Terraform's `variable "db_password" { default = "x" }`.
    func defaultOfVariable(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        let brace = skipBlanks(skipQuote(word.endIndex))
        guard let last = previous.last, text(last) == "variable", byte(brace) == UInt8(ascii: "{") else { return nil }
        let block = bytes[brace...].prefix(512).prefix { $0 != UInt8(ascii: "}") }
        guard let key = block.indices.first(where: { starts("default", at: $0) && Self.isSpace(bytes[$0 - 1]) })
        else { return nil }
        let equal = skipBlanks(key + 7)
        return byte(equal) == UInt8(ascii: "=") ? inline(skipBlanks(equal + 1), as: .secret) : nil
    }

    // MARK: - Pairs

    /// Scala's `(password,x)`, Lisp's `(password . "x")`, and `["password","x"]`.
    func pair(_ word: ArraySlice<UInt8>, quoted: Int, meaning: CredentialNames.Meaning) -> Range<Int>? {
        let isQuoted = quoted > word.endIndex
        let opening = word.startIndex - 1 - (isQuoted ? 1 : 0)
        guard let bracket = byte(opening), "([".utf8.contains(bracket) else { return nil }
        var start = quoted
        if starts(" . \"", at: quoted) {
            start += 3
        } else if byte(start) == UInt8(ascii: ",") {
            start += 1
        } else {
            return nil
        }
        if isQuoted { start = skipBlanks(start) }
        guard skipQuote(start) > start || !isQuoted && !(byte(opening - 1).map(Self.isWord) ?? false),
            let value = inline(start, as: meaning)
        else { return nil }
        let end = skipQuote(value.upperBound)
        guard byte(end) == UInt8(ascii: bracket == 0x28 ? ")" : "]"), isUnusual(value) else { return nil }
        return value
    }

    /// No word that stands beside a credential's name in lists of names.
    func isUnusual(_ range: Range<Int>) -> Bool {
        let value = text(range)
        return !Prose.isPlain(value) && !AuthenticationWords.all.contains(value.lowercased())
            && !CredentialNames.matches(value) && value.contains { $0.isNumber || $0.isUppercase || $0.isPunctuation }
    }
}
