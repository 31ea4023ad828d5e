extension RegexParser {
    mutating func escape() throws(HelmError) -> RegexNode {
        let start = position
        if let set = try perlClass() { return .set(folded(set)) }
        guard position + 1 < text.count else { throw Self.error("trailing backslash at end of expression", "") }
        let assertion: RegexNode.Assertion? =
            switch text[position + 1] {
            case "A": .textStart
            case "z": .textEnd
            case "b": .wordBoundary
            case "B": .noWordBoundary
            default: nil
            }
        if let assertion {
            position += 2
            return .assertion(assertion)
        }
        return literal(try escapedCharacter(from: start))
    }

    /// `\d`, `\pL` and their like, if one begins here.
    private mutating func perlClass() throws(HelmError) -> RegexClass? {
        guard position + 1 < text.count, text[position] == "\\" else { return nil }
        let set: RegexClass? =
            switch text[position + 1] {
            case "d": .digits
            case "D": RegexClass.digits.inverted
            case "w": .words
            case "W": RegexClass.words.inverted
            case "s": .spaces
            case "S": RegexClass.spaces.inverted
            default: nil
            }
        if set != nil {
            position += 2
            return set
        }
        return text[position + 1] == "p" || text[position + 1] == "P" ? try unicodeClass() : nil
    }

    private mutating func unicodeClass() throws(HelmError) -> RegexClass {
        let start = position
        var isInverted = text[position + 1] == "P"
        position += 2
        guard let scalar = next else { throw Self.error("invalid character class range", part(from: start)) }
        var name = String(scalar)
        position += 1
        if scalar == "{" {
            guard let end = text[position...].firstIndex(of: "}") else {
                throw Self.error("invalid character class range", part(from: start))
            }
            name = part(from: position, to: end)
            position = end + 1
        }
        if name.hasPrefix("^") {
            isInverted.toggle()
            name.removeFirst()
        }
        guard let set = RegexClass.unicode(name) else {
            throw Self.error("invalid character class range", part(from: start, to: position))
        }
        return isInverted ? set.inverted : set
    }

    private func folded(_ set: RegexClass) -> RegexClass {
        flags.ignoresCase ? set.foldingCase : set
    }

    /// The character that an escape stands for.
    private mutating func escapedCharacter(from start: Int) throws(HelmError) -> UInt32 {
        position += 1
        guard let scalar = next else { throw Self.error("trailing backslash at end of expression", "") }
        position += 1
        switch scalar {
        case "1"..."7":
            // A digit alone would refer to a group, which RE2 doesn't have.
            guard let second = next, ("0"..."7").contains(second) else { break }
            return octal(scalar.value - 48)
        case "0": return octal(0)
        case "x": if let value = hexadecimal() { return value }
        case "a": return 7
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "v": return 11
        default:
            if scalar.value < 128, !RegexClass.words.contains(scalar.value) || scalar == "_" { return scalar.value }
        }
        throw Self.error("invalid escape sequence", part(from: start, to: position))
    }

    private mutating func octal(_ first: UInt32) -> UInt32 {
        var value = first
        for _ in 0..<2 {
            guard let digit = next, ("0"..."7").contains(digit) else { break }
            value = value * 8 + digit.value - 48
            position += 1
        }
        return value
    }

    /// The number after `\x`; what was read of one that is none stays read, for the error's text.
    private mutating func hexadecimal() -> UInt32? {
        let isBraced = skip("{")
        var value: UInt32 = 0
        var digits = 0
        while isBraced || digits < 2 {
            guard let scalar = next else { return nil }
            position += 1
            if isBraced, scalar == "}" { return digits > 0 ? value : nil }
            guard let digit = UInt32(String(scalar), radix: 16) else { return nil }
            value = value * 16 + digit
            digits += 1
            if value > 0x10FFFF { return nil }
        }
        return value
    }

    mutating func bracket() throws(HelmError) -> RegexClass {
        let start = position
        position += 1
        let isInverted = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while next != "]" || isFirst {
            guard next != nil else { throw Self.error("missing closing ]", part(from: start)) }
            isFirst = false
            if let set = try posixClass() {
                ranges += folded(set).ranges
            } else if let set = try perlClass() {
                ranges += folded(set).ranges
            } else {
                ranges += folded(RegexClass([try range(bracket: start)])).ranges
            }
        }
        position += 1
        let set = RegexClass(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func posixClass() throws(HelmError) -> RegexClass? {
        guard isNext("[:") else { return nil }
        guard let end = text[(position + 2)...].firstIndex(of: ":"), end + 1 < text.count, text[end + 1] == "]" else {
            return nil
        }
        let start = position
        var name = part(from: position + 2, to: end)
        position = end + 2
        let isInverted = name.hasPrefix("^")
        if isInverted { name.removeFirst() }
        guard let set = RegexClass.posix[name] else {
            throw Self.error("invalid character class range", part(from: start, to: position))
        }
        return isInverted ? set.inverted : set
    }

    private mutating func range(bracket: Int) throws(HelmError) -> ClosedRange<UInt32> {
        let start = position
        let low = try character(bracket: bracket)
        guard next == "-", position + 1 < text.count, text[position + 1] != "]" else { return low...low }
        position += 1
        let high = try character(bracket: bracket)
        guard high >= low else { throw Self.error("invalid character class range", part(from: start, to: position)) }
        return low...high
    }

    private mutating func character(bracket: Int) throws(HelmError) -> UInt32 {
        guard let scalar = next else { throw Self.error("missing closing ]", part(from: bracket)) }
        if scalar == "\\" { return try escapedCharacter(from: position) }
        position += 1
        return scalar.value
    }
}
