/// `strconv.ParseInt`, `ParseUint` and `ParseFloat`.
enum GoNumber {
    /// An integer of a literal, in the base of its prefix (`0x`, `0o`, `0b`, `0`).
    static func integer(_ text: String) -> Int64? {
        let (isNegative, rest) = sign(text)
        guard let magnitude = unsigned(rest) else { return nil }
        if isNegative {
            return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// The same without a sign.
    static func unsigned(_ text: String) -> UInt64? {
        guard let first = text.first, first.isASCII, first.isNumber else { return nil }
        var radix = 10
        var digits = Substring(text)
        if first == "0" {
            switch text.dropFirst().first {
            case "x", "X": (radix, digits) = (16, text.dropFirst(2))
            case "b", "B": (radix, digits) = (2, text.dropFirst(2))
            case "o", "O": (radix, digits) = (8, text.dropFirst(2))
            default: (radix, digits) = text.count > 1 ? (8, text.dropFirst()) : (10, digits)
            }
        }
        if text.contains("_") {
            guard hasValidUnderscores(text) else { return nil }
            digits = Substring(digits.filter { $0 != "_" })
        }
        guard let start = digits.first, start != "+", start != "-" else { return nil }
        return UInt64(digits, radix: radix)
    }

    /// A decimal integer, as `strconv.Atoi` reads it.
    static func decimal(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2b || $0 == 0x2d }) else { return nil }
        return Int64(text)
    }

    /// An integer in a base, as `strconv.ParseInt`.
    static func integer(_ text: String, radix: Int) -> Int64? {
        guard text.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x5f }) else { return nil }
        return Int64(text, radix: radix)
    }

    private static func sign(_ text: String) -> (isNegative: Bool, rest: String) {
        switch text.first {
        case "-": (true, String(text.dropFirst()))
        case "+": (false, String(text.dropFirst()))
        default: (false, text)
        }
    }

    /// Underscores may only separate digits, or follow the prefix of a base.
    private static func hasValidUnderscores(_ text: String) -> Bool {
        var previous: Character = "^"
        var rest = Substring(text)
        if let first = rest.first, "+-".contains(first) { rest = rest.dropFirst() }
        var isHex = false
        if rest.count >= 2, rest.first == "0", let base = rest.dropFirst().first, "bBoOxX".contains(base) {
            previous = "0"
            isHex = base == "x" || base == "X"
            rest = rest.dropFirst(2)
        }
        for character in rest {
            if character.isASCII, character.isNumber || (isHex && character.isHexDigit) {
                previous = "0"
            } else if character == "_" {
                guard previous == "0" else { return false }
                previous = "_"
            } else {
                guard previous != "_" else { return false }
                previous = "!"
            }
        }
        return previous != "_"
    }

    /// A float of a literal or a text.
    static func float(_ text: String) -> Double? {
        guard let parsed = floatOrOverflow(text), parsed.isFinite || !text.contains(where: \.isNumber) else {
            return nil
        }
        return parsed
    }

    /// The same, where one too large is infinite.
    static func floatOrOverflow(_ text: String) -> Double? {
        var text = text
        if text.contains("_") {
            let body = text.drop { $0 == "+" || $0 == "-" }
            guard !body.isEmpty, hasValidUnderscores(text) else { return nil }
            text.removeAll { $0 == "_" }
        }
        let body = text.drop { $0 == "+" || $0 == "-" }
        guard text.utf8.count - body.utf8.count <= 1, let first = body.utf8.first else { return nil }
        let lower = body.lowercased()
        if ["inf", "infinity", "nan"].contains(lower) {
            let value = lower == "nan" ? Double.nan : Double.infinity
            return text.first == "-" ? -value : value
        }
        guard (0x30...0x39).contains(first) || first == UInt8(ascii: ".") else { return nil }
        if lower.hasPrefix("0x"), !lower.contains("p") { return nil }
        guard body.utf8.last != UInt8(ascii: "."), first != UInt8(ascii: ".") else { return padded(text, body: body) }
        return Double(text)
    }

    /// Swift reads neither `.5` nor `5.` on all paths; Go reads both, but no lone `.`.
    private static func padded(_ text: String, body: Substring) -> Double? {
        guard body != "." else { return nil }
        var digits = String(body)
        if digits.hasPrefix(".") { digits = "0" + digits }
        if digits.hasSuffix(".") { digits += "0" }
        guard digits.dropFirst().first?.isNumber == true || digits.contains("."), let value = Double(digits) else {
            return nil
        }
        return text.first == "-" ? -value : value
    }
}
