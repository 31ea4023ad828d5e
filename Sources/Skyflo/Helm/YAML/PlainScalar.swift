/// What a plain scalar of YAML 1.1 is, as go-yaml 2 sees it. It writes quotes where this isn't a string.
enum PlainScalar {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer above `Int64.max`.
    case unsigned(UInt64)
    case float(Double)
    /// A date or a time, which is read as the text that it is.
    case timestamp
    case string

    init(_ text: [UInt8], isTagged: Bool = false) {
        guard let first = text.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            self = Self.word(text) ?? Self.number(text, isTagged: isTagged)
        case UInt8(ascii: "."):
            self = Self.word(text) ?? Self.fraction(text)
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
            UInt8(ascii: "~"):
            self = Self.word(text) ?? .string
        default: self = .string
        }
    }

    var isString: Bool {
        if case .string = self { true } else { false }
    }

    private static func word(_ text: [UInt8]) -> PlainScalar? {
        guard text.count <= 5 else { return nil }
        return words[String(decoding: text, as: UTF8.self)]
    }

    private static let words: [String: PlainScalar] = {
        var words: [String: PlainScalar] = [:]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            words[word] = .bool(true)
        }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            words[word] = .bool(false)
        }
        for word in ["~", "null", "Null", "NULL"] { words[word] = .null }
        for word in [".nan", ".NaN", ".NAN"] { words[word] = .float(.nan) }
        for word in [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"] { words[word] = .float(.infinity) }
        for word in ["-.inf", "-.Inf", "-.INF"] { words[word] = .float(-.infinity) }
        return words
    }()

    /// What begins with a point: a float, or text.
    private static func fraction(_ text: [UInt8]) -> PlainScalar {
        decimal(text).map { .float($0) } ?? .string
    }

    private static func number(_ text: [UInt8], isTagged: Bool) -> PlainScalar {
        if !isTagged, YAMLTimestamp.isOne(text) { return .timestamp }
        let plain = text.filter { $0 != UInt8(ascii: "_") }
        if let integer = self.integer(plain) { return integer }
        if let float = decimal(plain) { return .float(float) }
        return .string
    }

    /// As `strconv.ParseInt` and `ParseUint` with base 0: the prefixes 0x, 0o, 0b and 0.
    private static func integer(_ text: [UInt8]) -> PlainScalar? {
        var digits = text[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        let isSigned = isNegative || digits.first == UInt8(ascii: "+")
        if isSigned { digits = digits.dropFirst() }
        var radix = 10
        if digits.count > 1, digits.first == UInt8(ascii: "0") {
            switch digits[digits.startIndex + 1] | 0x20 {
            case UInt8(ascii: "x"): radix = 16
            case UInt8(ascii: "o"): radix = 8
            case UInt8(ascii: "b"): radix = 2
            default: radix = 0
            }
            digits = digits.dropFirst(radix == 0 ? 1 : 2)
            if radix == 0 { radix = 8 }
        }
        // The second sign that `UInt64` would take is no digit for Go.
        guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            let magnitude = UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
        else { return nil }
        if isNegative { return magnitude <= 1 << 63 ? .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) : nil }
        if magnitude <= UInt64(Int64.max) { return .integer(Int64(magnitude)) }
        return isSigned ? nil : .unsigned(magnitude)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` within a float's range.
    private static func decimal(_ text: [UInt8]) -> Double? {
        var position = 0
        func skipDigits(_ text: [UInt8]) -> Int {
            let start = position
            while position < text.count, text[position] &- 48 < 10 { position += 1 }
            return position - start
        }
        if let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { position = 1 }
        let whole = skipDigits(text)
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            if skipDigits(text) == 0, whole == 0 { return nil }
        } else if whole == 0 {
            return nil
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                position += 1
            }
            if skipDigits(text) == 0 { return nil }
        }
        guard position == text.count else { return nil }
        guard let number = Double(String(decoding: text, as: UTF8.self)), number.isFinite else { return nil }
        return number
    }

    /// Numbers to the base of 60, which YAML 1.1 has and go-yaml doesn't read. It quotes what looks like one.
    static func isSexagesimal(_ text: [UInt8]) -> Bool {
        guard let first = text.first, first == 43 || first == 45 || first &- 48 < 10 else { return false }
        var position = first &- 48 < 10 ? 0 : 1
        guard position < text.count, text[position] &- 48 < 10 else { return false }
        while position < text.count, text[position] &- 48 < 10 || text[position] == UInt8(ascii: "_") { position += 1 }
        var groups = 0
        while position < text.count, text[position] == UInt8(ascii: ":") {
            let digits = text[(position + 1)...].prefix { $0 &- 48 < 10 }
            guard digits.count == 1 || digits.count == 2 && digits[position + 1] <= UInt8(ascii: "5") else {
                return false
            }
            position += 1 + digits.count
            groups += 1
        }
        guard groups > 0 else { return false }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            while position < text.count, text[position] &- 48 < 10 || text[position] == UInt8(ascii: "_") {
                position += 1
            }
        }
        return position == text.count
    }
}
