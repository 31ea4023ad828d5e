/// One pass over a text that replaces what has the form of a secret.
///
/// A scanner by hand and not regular expressions: its time grows with the length of the text and nothing else, whatever
/// a log that someone else wrote has in it. What is looked at and not consumed is bounded, or ends where the next look
/// begins.
struct TextRedaction {
    let bytes: [UInt8]
    private let text: TerminalText
    private let redactor: Redactor
    /// What is replaced, in order.
    private var ranges: [Range<Int>] = []
    /// What was replaced, with the line feed before it where that makes a line of its own.
    private(set) var hidden: [[UInt8]] = []
    /// Whose arguments these are.
    private var program: Program?
    /// Where the address of a data source stands next, behind its password.
    private var nextAddress = -1
    /// Up to here there are cookies.
    private var endOfCookies = 0
    /// What is to be replaced further on, in order.
    private var later: [Range<Int>] = []
    /// Up to here there is a table.
    private var endOfTable = 0
    /// The words before this one.
    var previous: [Range<Int>] = []

    init(_ redactor: Redactor, text: String) { self.init(redactor, text: TerminalText(Array(text.utf8))) }

    private init(_ redactor: Redactor, text: TerminalText) {
        self.redactor = redactor
        self.text = text
        bytes = text.plain
    }

    mutating func run() -> String {
        var at = 0
        while at < bytes.count { at = step(at) }
        let shown = replaced()
        guard text.isChanged else { return String(decoding: shown, as: UTF8.self) }
        // Also what stands in the sequences themselves.
        var raw = Self(redactor, text: TerminalText(uncoloured: shown))
        let result = raw.run()
        hidden += raw.hidden
        return result
    }

    private func replaced() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.original.count)
        var from = 0
        for range in ranges {
            let original = text.original(range)
            out += text.original[from..<original.lowerBound]
            out += redactor.token(bytes[range]).utf8
            from = original.upperBound
        }
        return out + text.original[from...]
    }

    /// Passes over or replaces what begins here.
    /// - Returns: where to go on.
    private mutating func step(_ at: Int) -> Int {
        if let next = later.last, at >= next.lowerBound {
            later.removeLast()
            if at == next.lowerBound { return hide(next) }
        }
        if at >= endOfTable, at == 0 || bytes[at - 1] == 0x0A {
            let table = columns(at)
            endOfTable = table.end
            plan(table.found)
        }
        if let end = privateKey(at) {
            hide(at..<end)
            return end
        }
        if endsKey(at) { hideTailOfKey(at) }
        if bytes[at] == 0xE2, let end = Redactor.tokenEnd(bytes, start: at) { return end }
        // In escaped text the letter of `\\n` would run together with the word behind it.
        if isEscape(at) { return at + 2 }
        if startsLine(at), let password = passwordFileEntry(at) { return hide(password) }
        if Self.isWord(bytes[at]) { return word(at) }
        if let password = passwordHash(at) ?? passwordOfDataSource(at) ?? passwordOfAccessList(at, program: program) {
            return hide(password)
        }
        if "\n;|&".utf8.contains(bytes[at]) {
            program = nil
            previous = []
        }
        return at + 1
    }

    @discardableResult
    private mutating func hide(_ range: Range<Int>) -> Int {
        hidden.append((isLine(range) ? [0x0A] : []) + text.original[text.original(range)])
        ranges.append(range)
        return range.upperBound
    }

    /// Several words at the beginning of a line: to a shell they are a command.
    private func isLine(_ range: Range<Int>) -> Bool {
        guard bytes[range].contains(where: { $0 == 0x20 || $0 == 0x09 }) else { return false }
        var start = range.lowerBound
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        return start > 0 && bytes[start - 1] == 0x0A
    }

    /// Passes over the word that begins at `start`, and replaces it or the value that belongs to it.
    private mutating func word(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]), !(end > start && isPEMBoundary(end)) { end += 1 }
        let word = bytes[start..<end]
        if SecretForms.matches(word) {
            hide(start..<end)
            return secretOfAWSKey(word).map { hide($0) } ?? end
        }
        if let next = Program(word, after: program) { program = next }
        if let next = endOfCookies(word) { endOfCookies = next }
        let value =
            start < endOfCookies
            ? cookie(word)
            : password(ofURL: end) ?? password(ofEncodedURL: end) ?? passwordOfThinDriver(word) ?? pathOfWebhook(word)
                ?? argument(word, of: program) ?? passwordOfMachine(word)
                ?? verifier(word) ?? value(of: word)
        previous = previous.suffix(1) + [start..<end]
        plan(laterValues(of: word))
        guard let value, !value.isEmpty else { return end }
        if let next = replacement(behind: value) { plan([next]) }
        return hide(value)
    }

    /// The nearest is the last.
    private mutating func plan(_ values: [Range<Int>]) {
        guard !values.isEmpty else { return }
        later = (later + values).sorted { $0.lowerBound > $1.lowerBound }
    }

    /// `user:password@tcp(host:3306)/db`, as Go's driver for MySQL has it: the password behind this colon.
    private mutating func passwordOfDataSource(_ at: Int) -> Range<Int>? {
        guard bytes[at] == UInt8(ascii: ":") else { return nil }
        while nextAddress < at || (nextAddress < bytes.count && !isAddress(nextAddress)) {
            nextAddress = max(nextAddress + 1, at)
        }
        guard nextAddress < bytes.count, nextAddress - at > 1, nextAddress - at <= 128 else { return nil }
        let password = bytes[at + 1..<nextAddress]
        guard password.allSatisfy({ $0 > 0x20 && !Self.isQuote($0) }), !isSettled(password) else { return nil }
        return at + 1..<nextAddress
    }

    private func isAddress(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "@") && (starts("@tcp(", at: at) || starts("@unix(", at: at))
    }

    /// Replaces the lines of a private key before an end whose beginning was cut off.
    private mutating func hideTailOfKey(_ footer: Int) {
        let first = ranges.last?.upperBound ?? 0
        var end = footer
        while end > first, Self.isSpace(bytes[end - 1]) { end -= 1 }
        var start = end
        var at = end
        while true {
            let lineEnd = at
            while at > first, Self.isKeyText(bytes[at - 1]) { at -= 1 }
            guard at < lineEnd else { break }
            start = at
            // Only where the line is nothing else may the one before it belong to the key.
            while at > first, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x09 { at -= 1 }
            guard at > first, bytes[at - 1] == 0x0A else { break }
            while at > first, Self.isSpace(bytes[at - 1]) { at -= 1 }
        }
        // Less is a word in a sentence about keys.
        if end - start >= 12 { hide(start..<end) }
    }
}
