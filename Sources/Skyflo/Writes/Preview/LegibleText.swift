/// A text of several lines as a preview shows it: line by line, with what can't be seen made visible, and exact.
///
/// YAML keeps texts with tabs, blanks at the end of a line or carriage returns in one quoted line, in which nobody finds
/// what changed. Here they are a block, and what its header says can't be written by the text itself.
struct LegibleText {
    private let text: String
    /// What it is compared with.
    private let other: String?
    private let marksTabs: Bool
    private let marksLetters: Bool
    /// Whether all that ends lines in blanks comes or goes: one remark says it, instead of every line.
    private let marksBlanks: Bool
    private let isQuoted: Bool

    /// - Returns: nil where YAML shows the text well.
    init?(_ text: String, comparedWith other: String?) {
        marksLetters = other.map { Self.differInLetters(text, $0) } ?? false
        let isNeeded =
            Self.isIllegible(text) || marksLetters
            || (other.map { Self.isIllegible($0) } ?? false) && text.utf8.contains(0x0A)
        guard isNeeded || Self.differInEnd(text, other: other) else { return nil }
        self.text = text
        self.other = other
        marksBlanks = other.map { !Self.differInAllBlanks(text, $0) } ?? true
        marksTabs = other.map { Self.differInTabs(text, $0) } ?? false
        // Where the text has signs of ours nobody could tell which are which.
        isQuoted = Self.holdsSigns(text) || Self.holdsSigns(other ?? "") || !text.utf8.contains(0x0A)
    }

    // MARK: - Whether it is needed

    private static func isIllegible(_ text: String) -> Bool {
        if text.unicodeScalars.contains(where: isInvisible) { return true }
        guard text.utf8.contains(0x0A) else { return false }
        let bytes = Array(text.utf8)
        if bytes[0] <= 0x20 || bytes.suffix(2) == [0x0A, 0x0A] { return true }
        return bytes.indices.contains { at in
            bytes[at] == 0x0D || bytes[at] == 0x09
                || (bytes[at] == 0x20 && (at + 1 == bytes.count || bytes[at + 1] == 0x0A))
        }
    }

    /// Scalars that leave nothing on the screen, or change what is around them: control characters, marks of direction.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F...0xA0, 0xAD, 0x061C, 0x115F, 0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x206F,
            0x3000,
            0xFE00...0xFE0F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE01EF:
            true
        default: false
        }
    }

    private static func differInEnd(_ text: String, other: String?) -> Bool {
        guard let other, text.utf8.contains(0x0A), other.utf8.contains(0x0A) else { return false }
        return (text.utf8.last == 0x0A) != (other.utf8.last == 0x0A)
    }

    /// The control pictures, and how this writes other scalars.
    private static func holdsSigns(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x2400...0x2426).contains($0.value) } || text.contains("‹U+")
    }

    private static func differInTabs(_ a: String, _ b: String) -> Bool {
        let tabs = (a.utf8.count { $0 == 0x09 }, b.utf8.count { $0 == 0x09 })
        guard tabs != (0, 0) else { return false }
        let isBlank: (UInt8) -> Bool = { $0 == 0x09 || $0 == 0x20 }
        return tabs.0 != tabs.1 || a.utf8.filter { !isBlank($0) } == b.utf8.filter { !isBlank($0) }
    }

    /// Blanks end many lines of one of the texts, and none of the other.
    private static func differInAllBlanks(_ a: String, _ b: String) -> Bool {
        let counts = [blankEnds(a), blankEnds(b)].sorted()
        return counts[0] == 0 && counts[1] > 3
    }

    /// How many lines end in blanks.
    private static func blankEnds(_ text: String) -> Int {
        split(text).count { line in
            let last = line.last == "\r" ? line.dropLast().last : line.last
            return last == " " || last == "\t"
        }
    }

    /// The same letters, made of other characters: `é`, and `e` with an accent.
    private static func differInLetters(_ a: String, _ b: String) -> Bool {
        guard !a.utf8.allSatisfy({ $0 < 0x80 }), !b.utf8.elementsEqual(a.utf8) else { return false }
        let lines = Set(b.split(separator: "\n"))
        let bytes = Set(lines.map { Array($0.utf8) })
        return a.split(separator: "\n").contains { lines.contains($0) && !bytes.contains(Array($0.utf8)) }
    }

    // MARK: - How it is shown

    /// The header of the block and its lines; only the header where it is quoted.
    func block() -> (header: String, lines: [String]) {
        guard !isQuoted else { return (quoted(), []) }
        var lines = Self.split(text)
        let isEnded = lines.last?.isEmpty ?? false
        if isEnded { lines.removeLast() }
        let ends = LineEnds(text)
        let rows = lines.enumerated().map { at, line in
            shown(line, ends: ends, isLast: at == lines.count - 1 && !isEnded)
        }
        let isMany = isEnded && lines.last?.isEmpty == true
        let first = text.utf8.first ?? 0
        let header = "|" + (first <= 0x20 ? "2" : "") + (isEnded ? isMany ? "+" : "" : "-")
        let remarks = notes(ends, lines: rows, isEnded: isEnded)
        return (remarks.isEmpty ? header : "\(header)  # \(remarks.joined(separator: "; "))", rows)
    }

    private static func split(_ text: String) -> [Substring.UnicodeScalarView] {
        text[...].unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private func notes(_ ends: LineEnds, lines: [String], isEnded: Bool) -> [String] {
        var notes = [ends.note(comparedWith: other.map(LineEnds.init))].compactMap { $0 }
        let signs: [(sign: Unicode.Scalar, note: String)] = [
            ("\u{2420}", "␠ is a blank at the end of a line"), ("\u{2409}", "␉ is a tab"),
            ("\u{240D}", "␍ is a carriage return"),
        ]
        for (sign, note) in signs where lines.contains(where: { $0.unicodeScalars.contains(sign) }) {
            notes.append(note)
        }
        if !marksBlanks {
            let count = Self.blankEnds(text)
            notes.append(count == 0 ? "no line ends in blanks" : "\(count) lines end in blanks")
        }
        if !isEnded, let other, other.utf8.last == 0x0A { notes.append("no line feed at the end") }
        return notes
    }

    private func shown(_ line: Substring.UnicodeScalarView, ends: LineEnds, isLast: Bool) -> String {
        var line = line
        var mark = ""
        if ends.isMostlyCRLF, !isLast {
            if line.last == "\r" { line.removeLast() } else { mark = "\u{240A}" }
        }
        if !marksBlanks {
            line =
                line[..<(line.lastIndex { $0 != " " && $0 != "\t" }.map { line.index(after: $0) } ?? line.startIndex)]
        }
        let core = line.count - line.reversed().prefix { $0 == " " || $0 == "\t" || $0 == "\r" }.count
        var shown = ""
        for (at, scalar) in line.enumerated() { shown += sign(scalar, isAtEnd: at >= core) }
        return shown + mark
    }

    private func sign(_ scalar: Unicode.Scalar, isAtEnd: Bool) -> String {
        switch scalar.value {
        case 0x20: isAtEnd ? "\u{2420}" : " "
        case 0x09: isAtEnd || marksTabs ? "\u{2409}" : "\t"
        case 0x7F: "\u{2421}"
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) } ?? ""
        default:
            Self.isInvisible(scalar) || (marksLetters && !scalar.isASCII)
                ? Self.written(scalar) : String(Character(scalar))
        }
    }

    private static func written(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "‹U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "›"
    }

    /// In one line, as YAML and JSON quote it.
    private func quoted() -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\" + String(Character(scalar))
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case "\n": out += "\\n"
            default:
                guard Self.isInvisible(scalar) || (marksLetters && !scalar.isASCII) else {
                    out.unicodeScalars.append(scalar)
                    continue
                }
                let digits = String(scalar.value, radix: 16)
                let width = scalar.value > 0xFFFF ? 8 : 4
                out += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return out + "\""
    }
}

/// What the lines of a text end in.
private struct LineEnds: Equatable {
    private var all = 0
    private var crlf = 0

    init(_ text: String) {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0A {
                all += 1
                if previous == 0x0D { crlf += 1 }
            }
            previous = byte
        }
    }

    /// The lines that end otherwise are marked then.
    var isMostlyCRLF: Bool { crlf > 0 && crlf * 2 >= all }

    /// - Returns: nil where there is nothing to tell: LF only, here and there.
    func note(comparedWith other: LineEnds?) -> String? {
        if crlf == 0 { return other.map { $0.crlf > 0 } ?? false ? "lines end in LF" : nil }
        if crlf == all { return "lines end in CRLF" }
        return isMostlyCRLF ? "lines end in CRLF, those with ␊ in LF" : "lines end in LF, those with ␍ in CRLF"
    }
}
