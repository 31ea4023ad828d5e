import KubeModel

/// Hides credentials in a text that comes in pieces, as ``Redactor/redact(text:)`` does in a whole one.
///
/// Plain words pass at once. A word with anything else in it is held until it ends, and where credentials are spoken of, whole
/// lines are: what was handed out can't be taken back. A stretch that is looked at has a few lines; the text as a whole is
/// looked at again when it is complete, by whoever stores it.
package struct RedactedStream: Sendable {
    /// Lines of a list or a file that are looked at together, where one speaks of a credential.
    private static let linesTogether = 4
    /// After so many bytes a sentence that speaks of a credential may end.
    private static let sentenceLength = 160
    /// Of a line, the end that is looked at with the next word: commands and headers have their secret close by.
    private static let lineLimit = 240
    /// So many letters and digits in a plain sentence are a number with its unit, a version or a name.
    private static let shortLength = 8
    /// What is held at most, so that a text without line ends doesn't fill the memory.
    private static let heldLimit = 64 * 1024

    private let redactor: Redactor
    /// The word that is being read, as far as it isn't handed out.
    private var word: [UInt8] = []
    /// Of the word, how many bytes there are in all.
    private var wordLength = 0
    private var isPlain = true
    /// The letters of the word, in lower case, however much of it was handed out; only the first.
    private var letters = ""
    /// What is held because of what the text speaks of; nil while it isn't.
    private var stretch: [UInt8]?
    private var linesLeft = 0
    /// The end of the line so far, for words that have a meaning with those before them only.
    private var line: [UInt8] = []
    /// Words of the line that have ended.
    private var wordsOfLine = 0
    /// The line so far has nothing but plain words and short ones, so that it is no command.
    private var isPlainLine = true

    package init(_ redactor: Redactor) { self.redactor = redactor }

    /// - Returns: what may be shown by now.
    package mutating func push(_ text: String) -> String {
        var shown: [UInt8] = []
        for byte in text.utf8 { take(byte, &shown) }
        // Of a plain word also the beginning.
        if stretch == nil, isPlain, !word.isEmpty, wordLength <= Self.plainLength {
            shown += word
            extendLine(by: word)
            word.removeAll(keepingCapacity: true)
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// - Returns: the rest.
    package mutating func finish() -> String {
        var shown: [UInt8] = []
        endWord(&shown)
        release(&shown)
        return String(decoding: shown, as: UTF8.self)
    }

    // MARK: Words

    /// A longer one may be anything.
    private static let plainLength = 20

    private mutating func take(_ byte: UInt8, _ shown: inout [UInt8]) {
        guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else {
            word.append(byte)
            wordLength += 1
            isPlain = isPlain && Self.isPlain(byte, at: wordLength)
            if letters.utf8.count < 64 { letters.unicodeScalars.append(Unicode.Scalar(byte)) }
            return
        }
        let endsSentence = word.last == UInt8(ascii: ".")
        endWord(&shown)
        emit([byte], &shown)
        if byte == 0x0A {
            endLine(&shown)
        } else if endsSentence, (stretch?.count ?? 0) > Self.sentenceLength {
            release(&shown)
        }
    }

    /// Letters, the first of them a capital or not, and what ends a sentence. Other scripts have no credentials.
    private static func isPlain(_ byte: UInt8, at position: Int) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x80...0xFF: true
        case 0x41...0x5A: position == 1
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "'"),
            UInt8(ascii: ")"), UInt8(ascii: "("), UInt8(ascii: "*"), UInt8(ascii: "`"), UInt8(ascii: ";"):
            true
        default: false
        }
    }

    private mutating func endWord(_ shown: inout [UInt8]) {
        guard wordLength > 0 else { return }
        let isShort = isShort
        defer {
            wordsOfLine += 1
            isPlainLine = isPlainLine && (isPlain || isShort)
            word.removeAll(keepingCapacity: true)
            (wordLength, isPlain, letters) = (0, true, "")
        }
        if stretch == nil, speaksOfCredential { beginStretch() }
        let isHarmless = isPlain && wordLength <= Self.plainLength || isShort && isPlainLine && wordsOfLine > 1
        guard stretch == nil, !isHarmless, !isShortNumber else { return emit(word, &shown) }
        // Alone and with what stands before it in its line.
        let text = String(decoding: line + word, as: UTF8.self)
        let redacted = redactor.redact(text: text)
        guard redacted != text else { return emit(word, &shown) }
        if redacted.utf8.starts(with: line) {
            emit(Array(redacted.utf8.dropFirst(line.count)), &shown)
        } else {
            emit(Array(redactor.token(word).utf8), &shown)
        }
    }

    /// Letters and digits, and what ends a sentence.
    private var isShort: Bool {
        wordLength <= Self.shortLength
            && word.allSatisfy {
                TextRedaction.isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
            }
    }

    private var isShortNumber: Bool { wordLength <= 6 && word.allSatisfy { (0x30...0x39).contains($0) } }

    private var speaksOfCredential: Bool {
        if wordLength <= 2 { return false }
        return CredentialNames.meaning(ofMember: letters) != .other || letters.contains("-----")
    }

    private mutating func emit(_ bytes: [UInt8], _ shown: inout [UInt8]) {
        extendLine(by: bytes)
        if stretch != nil {
            stretch?.append(contentsOf: bytes)
            if (stretch?.count ?? 0) > Self.heldLimit { release(&shown) }
        } else {
            shown += bytes
        }
    }

    // MARK: Lines

    /// Cuts the line between words where it gets too long.
    private mutating func extendLine(by bytes: [UInt8]) {
        line += bytes
        guard line.count > Self.lineLimit * 2 else { return }
        let tail = line.suffix(Self.lineLimit)
        line = Array(tail[(tail.firstIndex(of: 0x20).map { $0 + 1 } ?? tail.startIndex)...])
    }

    private mutating func beginStretch() {
        stretch = []
        linesLeft = 1
        isExtended = false
        context = line
    }

    private var isExtended = false

    /// The line as it stood before the stretch, which was handed out and is looked at with it.
    private var context: [UInt8] = []

    private mutating func endLine(_ shown: inout [UInt8]) {
        line.removeAll(keepingCapacity: true)
        (wordsOfLine, isPlainLine) = (0, true)
        guard let held = stretch else { return }
        let text = String(decoding: context + held, as: UTF8.self)
        // A private key ends where it says so.
        if text.contains("-----BEGIN"), !text.contains("-----END"), held.count < Self.heldLimit { return }
        if linesLeft == 1, !isExtended {
            // In a list of variables the value stands below the name, and in a file below its key.
            isExtended = text.contains("name:") || [":", "|", ">"].contains(text.last { !$0.isWhitespace })
            if isExtended { linesLeft = Self.linesTogether }
        }
        linesLeft -= 1
        if linesLeft <= 0 || held.last == 0x0A && held.dropLast().last == 0x0A { release(&shown) }
    }

    private mutating func release(_ shown: inout [UInt8]) {
        guard let held = stretch else { return }
        let redacted = redactor.redact(text: String(decoding: context + held, as: UTF8.self))
        if redacted.utf8.starts(with: context) {
            shown += redacted.utf8.dropFirst(context.count)
        } else {
            shown += redactor.redact(text: String(decoding: held, as: UTF8.self)).utf8
        }
        stretch = nil
        context = []
    }
}
