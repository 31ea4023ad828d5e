/// The styles that a text may be written in, and the one that go-yaml chooses.
struct ScalarStyle {
    enum Style { case plain, singleQuoted, doubleQuoted, literal }

    /// UTF-8.
    let text: [UInt8]
    var isMultiline = false
    private var allowsPlain = true
    private var allowsSingleQuoted = true
    private var allowsLiteral = true
    private var wantsPlain = true
    private var wantsLiteral = false

    /// - Throws: for the control characters that JSON leaves as they are and YAML doesn't have.
    ///
    /// - Parameter isDirect: whether no JSON is between the value and the text.
    init(_ bytes: [UInt8], isDirect: Bool = false) throws(HelmError) {
        if Self.isWord(bytes) {
            text = bytes
            wantsPlain = PlainScalar(bytes).isString
            return
        }
        text = isDirect ? bytes.repairedUTF8 : JSONDetour.folded(bytes.repairedUTF8)
        if text.containsUnreadableControl { throw HelmError("yaml: control characters are not allowed") }
        wantsLiteral = text.contains(UInt8(ascii: "\n"))
        wantsPlain = !wantsLiteral && PlainScalar(text).isString && !PlainScalar.isSexagesimal(text)
        analyze()
    }

    /// Most texts: letters, digits and marks that mean nothing in any place, and no first byte that means something.
    private static func isWord(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first | 0x20 &- 97 < 26 || first == UInt8(ascii: "/") else { return false }
        return bytes.allSatisfy { $0 | 0x20 &- 97 < 26 || $0 &- 45 < 13 || $0 == UInt8(ascii: "_") }
    }

    func style(isKey: Bool) -> Style {
        if wantsLiteral {
            return allowsLiteral && !isKey ? .literal : .doubleQuoted
        }
        if !wantsPlain || isMultiline && isKey { return .doubleQuoted }
        if allowsPlain, !text.isEmpty || !isKey { return .plain }
        return allowsSingleQuoted ? .singleQuoted : .doubleQuoted
    }

    private mutating func analyze() {
        guard !text.isEmpty else {
            allowsLiteral = false
            return
        }
        var hasIndicators = text.starts(with: "---".utf8) || text.starts(with: "...".utf8)
        var isSpecial = false
        var (spaceBreak, breakSpace) = (false, false)
        var (afterSpace, afterBreak, afterBlank) = (false, false, true)
        var (startsBlank, endsInSpace, endsInBreak) = (false, false, false)
        var position = 0
        while position < text.count {
            let byte = text[position]
            let (scalar, length) = text.scalar(at: position)
            let next = position + length
            let beforeBlank = next >= text.count || text[next] == 0x20 || text[next] == 0x09
            hasIndicators =
                hasIndicators
                || Self.isIndicator(byte, isFirst: position == 0, afterBlank: afterBlank, beforeBlank: beforeBlank)
            isSpecial = isSpecial || !scalar.isPrintableInYAML
            let isSpace = byte == 0x20
            let isBreak = text.lineBreak(at: position) > 0
            if position == 0 { startsBlank = isSpace || isBreak }
            if next == text.count { (endsInSpace, endsInBreak) = (isSpace, isBreak) }
            breakSpace = breakSpace || isSpace && afterBreak
            spaceBreak = spaceBreak || isBreak && afterSpace
            isMultiline = isMultiline || isBreak
            (afterSpace, afterBreak) = (isSpace, isBreak)
            afterBlank = isSpace || isBreak || byte == 0x09 || byte == 0
            position = next
        }
        allowsPlain =
            !(hasIndicators || startsBlank || endsInSpace || endsInBreak || breakSpace || spaceBreak || isSpecial
            || isMultiline)
        allowsSingleQuoted = !(breakSpace || spaceBreak || isSpecial)
        allowsLiteral = !(endsInSpace || spaceBreak || isSpecial)
    }

    private static func isIndicator(_ byte: UInt8, isFirst: Bool, afterBlank: Bool, beforeBlank: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: ":"): beforeBlank
        case UInt8(ascii: "#"): isFirst || afterBlank
        case UInt8(ascii: "?"), UInt8(ascii: "-"): isFirst && beforeBlank
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"),
            UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
            isFirst
        default: false
        }
    }
}
