extension PatternParser {
    /// What stands behind `[`.
    mutating func set() -> PatternSet? {
        let isNegated = take("^")
        var items: [PatternSet.Item] = []
        var isFirst = true
        while let scalar = peek {
            if scalar == "]", !isFirst {
                at += 1
                return PatternSet(items, isNegated: isNegated)
            }
            isFirst = false
            guard let item = item() else { return nil }
            items.append(item)
        }
        return nil
    }

    private mutating func item() -> PatternSet.Item? {
        if let named = posixSet() { return named.map { .not($0.negated) } }
        if peek == "\\" {
            let start = at
            at += 1
            if let set = escapedSet() { return .not(set.negated) }
            at = start
        }
        guard let low = member() else { return nil }
        // A dash before the bracket stands for itself.
        guard peek == "-", at + 1 < text.count, text[at + 1] != "]" else { return .range(low.value...low.value) }
        at += 1
        guard let high = member(), low <= high else { return nil }
        return .range(low.value...high.value)
    }

    private mutating func member() -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        at += 1
        return scalar == "\\" ? escapedScalar() : scalar
    }

    /// `[:alpha:]`: nil where none stands, `.some(nil)` for a name that is none.
    private mutating func posixSet() -> PatternSet?? {
        guard peek == "[", at + 1 < text.count, text[at + 1] == ":" else { return nil }
        guard let end = text[(at + 2)...].firstIndex(of: ":"), end + 1 < text.count, text[end + 1] == "]" else {
            return nil
        }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(at + 2)..<end])
        at = end + 2
        let isNegated = name.hasPrefix("^")
        let set = PatternSet.posix(isNegated ? String(name.dropFirst()) : name)
        return .some(isNegated ? set?.negated : set)
    }

    /// `\d` and its like, behind the backslash; nil where none stands.
    mutating func escapedSet() -> PatternSet? {
        guard let scalar = peek else { return nil }
        let set: PatternSet?
        switch scalar {
        case "d": set = .digit
        case "D": set = PatternSet.digit.negated
        case "w": set = .word
        case "W": set = PatternSet.word.negated
        case "s": set = .space
        case "S": set = PatternSet.space.negated
        case "p", "P": return unicodeSet()
        default: set = nil
        }
        if set != nil { at += 1 }
        return set
    }

    private mutating func unicodeSet() -> PatternSet? {
        let start = at
        var isNegated = peek == "P"
        at += 1
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let scalar = peek, scalar != "}" {
                name.unicodeScalars.append(scalar)
                at += 1
            }
            at += 1
        } else if let scalar = peek {
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard at <= text.count, let set = PatternSet.unicode(name) else {
            at = start
            return nil
        }
        return isNegated ? set.negated : set
    }

    /// A single character behind a backslash; nil for an escape that means nothing.
    mutating func escapedScalar() -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        at += 1
        switch scalar {
        case "a": return "\u{7}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{B}"
        case "x": return hexadecimal()
        case "0"..."7": return octal(scalar)
        default:
            // Any other character of ASCII that is no letter or digit stands for itself.
            return scalar.isASCII && (!PatternSet.word.contains(scalar) || scalar == "_") ? scalar : nil
        }
    }

    private mutating func hexadecimal() -> Unicode.Scalar? {
        let isBraced = take("{")
        var value: UInt32 = 0
        var count = 0
        while let scalar = peek, let digit = UInt32(String(scalar), radix: 16), isBraced || count < 2 {
            value = min(value << 4 | digit, 0x11_0000)
            count += 1
            at += 1
        }
        guard isBraced ? count > 0 && take("}") : count == 2 else { return nil }
        return Unicode.Scalar(value)
    }

    /// `\1` alone would be a reference to a group, which RE2 doesn't have.
    private mutating func octal(_ first: Unicode.Scalar) -> Unicode.Scalar? {
        var value = first.value - 48
        var count = 1
        while count < 3, let scalar = peek, ("0"..."7").contains(scalar) {
            value = value * 8 + (scalar.value - 48)
            count += 1
            at += 1
        }
        return first == "0" || count > 1 ? Unicode.Scalar(value) : nil
    }
}
