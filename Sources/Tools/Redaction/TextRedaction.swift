/// One pass over a text that replaces what has the form of a secret.
///
/// A scanner by hand and not regular expressions: its time grows with the length of the text and nothing else, whatever
/// a log that someone else wrote has in it. What is looked at and not consumed is bounded, or ends where the next look
/// begins.
struct TextRedaction {
    let bytes: [UInt8]
    private let redactor: Redactor
    private var out: [UInt8] = []
    /// What was replaced, with the line feed before it where that makes a line of its own.
    private(set) var hidden: [[UInt8]] = []
    /// Whose arguments these are.
    private var program: Program?
    /// Where the address of a data source stands next, behind its password.
    private var nextAddress = -1

    init(_ redactor: Redactor, _ text: String) {
        self.redactor = redactor
        bytes = Array(text.utf8)
    }

    mutating func run() -> String {
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count { at = step(at) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Copies or replaces what begins here.
    /// - Returns: where to go on.
    private mutating func step(_ at: Int) -> Int {
        if let end = privateKey(at) {
            hide(at..<end)
            return end
        }
        if endsKey(at) { hideTailOfKey() }
        if bytes[at] == 0xE2, let end = Redactor.tokenEnd(bytes, at) {
            out += bytes[at..<end]
            return end
        }
        if isEscape(at) {
            // In escaped text the letter of `\\n` would run together with the word behind it.
            out += bytes[at..<at + 2]
            return at + 2
        }
        if Self.isWord(bytes[at]) { return word(at) }
        out.append(bytes[at])
        if let end = passwordOfDataSource(at) {
            hide(at + 1..<end)
            return end
        }
        if "\n;|&".utf8.contains(bytes[at]) { program = nil }
        return at + 1
    }

    private mutating func hide(_ range: Range<Int>) {
        hidden.append((isLine(range) ? [0x0A] : []) + bytes[range])
        out += redactor.token(bytes[range]).utf8
    }

    /// Several words at the beginning of a line: to a shell they are a command.
    private func isLine(_ range: Range<Int>) -> Bool {
        guard bytes[range].contains(where: { $0 == 0x20 || $0 == 0x09 }) else { return false }
        var start = range.lowerBound
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        return start > 0 && bytes[start - 1] == 0x0A
    }

    /// Copies the word that begins at `start`, or its token, together with the value that belongs to it.
    private mutating func word(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]), !(end > start && isPEMBoundary(end)) { end += 1 }
        let word = bytes[start..<end]
        if SecretForms.matches(word) {
            hide(start..<end)
            return end
        }
        if let next = Program(word) { program = next }
        let value = password(ofURL: end) ?? pathOfWebhook(word) ?? argument(word, of: program) ?? value(of: word)
        guard let value, !value.isEmpty else {
            out += word
            return end
        }
        out += bytes[start..<value.lowerBound]
        hide(value)
        return value.upperBound
    }

    /// `user:password@tcp(host:3306)/db`, as Go's driver for MySQL has it: the end of the password behind this colon.
    private mutating func passwordOfDataSource(_ at: Int) -> Int? {
        guard bytes[at] == UInt8(ascii: ":") else { return nil }
        while nextAddress < at || (nextAddress < bytes.count && !isAddress(nextAddress)) {
            nextAddress = max(nextAddress + 1, at)
        }
        guard nextAddress < bytes.count, nextAddress - at > 1, nextAddress - at <= 128 else { return nil }
        let password = bytes[at + 1..<nextAddress]
        guard password.allSatisfy({ $0 > 0x20 && !Self.isQuote($0) }), !isSettled(password) else { return nil }
        return nextAddress
    }

    private func isAddress(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "@") && (starts("@tcp(", at) || starts("@unix(", at))
    }

    /// Replaces the lines of a private key before an end whose beginning was cut off.
    private mutating func hideTailOfKey() {
        var end = out.count
        while end > 0, Self.isSpace(out[end - 1]) { end -= 1 }
        var start = end
        var at = end
        while true {
            let lineEnd = at
            while at > 0, Self.isKeyText(out[at - 1]) { at -= 1 }
            guard at < lineEnd else { break }
            start = at
            // Only where the line is nothing else may the one before it belong to the key.
            while at > 0, out[at - 1] == 0x20 || out[at - 1] == 0x09 { at -= 1 }
            guard at > 0, out[at - 1] == 0x0A else { break }
            while at > 0, Self.isSpace(out[at - 1]) { at -= 1 }
        }
        // Less is a word in a sentence about keys.
        guard end - start >= 12 else { return }
        hidden.append(Array(out[start..<end]))
        out.replaceSubrange(start..<end, with: redactor.token(out[start..<end]).utf8)
    }

    // MARK: - Bytes

    func starts(_ text: StaticString, _ at: Int) -> Bool {
        guard at + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[at + offset] != text.utf8Start[offset] { return false }
        return true
    }

    func skipBlanks(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        return at
    }

    /// A quote inside a JSON text inside a text comes with backslashes.
    func skipQuote(_ at: Int) -> Int {
        var at = at
        while at < bytes.count, bytes[at] == UInt8(ascii: "\\") { at += 1 }
        return at < bytes.count && Self.isQuote(bytes[at]) ? at + 1 : at
    }

    func isEscape(_ at: Int) -> Bool {
        bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count && "nrt".utf8.contains(bytes[at + 1])
    }

    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x30 && byte <= 0x39)
    }

    static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F || byte == 0x2D || byte == 0x2E }

    /// Base64, and the backslashes of escaped line feeds in it.
    private static func isKeyText(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "+/=\\".utf8.contains(byte) }
}
