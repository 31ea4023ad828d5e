import Glibc

/// How the library `cast` makes numbers of values; what it can't convert is 0.
enum Cast {
    static func int64(_ value: HelmValue) -> Int64 {
        switch value {
        case .int(let int): Int64(int)
        case .int64(let int): int
        case .float64(let float): truncated(float)
        case .bool(let bool): bool ? 1 : 0
        case .string(let text): GoNumber.integer(withoutZeroDecimals(text.text)) ?? 0
        case .object(let object):
            (object as? IntegerObject).flatMap { $0.typeName == "time.Duration" ? nil : $0.value } ?? 0
        default: 0
        }
    }

    static func int(_ value: HelmValue) -> Int {
        Int(int64(value))
    }

    static func float64(_ value: HelmValue) -> Double {
        switch value {
        case .int(let int): Double(int)
        case .int64(let int): Double(int)
        case .float64(let float): float
        case .bool(let bool): bool ? 1 : 0
        case .string(let text): GoNumber.float(text.text) ?? 0
        case .object(let object):
            (object as? IntegerObject).flatMap { $0.typeName == "time.Duration" ? nil : Double($0.value) } ?? 0
        default: 0
        }
    }

    /// What the processor makes of a float that is out of the range of integers.
    static func truncated(_ float: Double) -> Int64 {
        guard float.isFinite, float >= -0x1p63, float < 0x1p63 else { return Int64.min }
        return Int64(float)
    }

    /// `1.00` is read as 1, but `1.5` isn't read as an integer.
    private static func withoutZeroDecimals(_ text: String) -> String {
        var end = text.utf8.endIndex
        var foundZero = false
        while end > text.utf8.startIndex {
            let before = text.utf8.index(before: end)
            switch text.utf8[before] {
            case UInt8(ascii: "."): if foundZero { return String(text[..<before]) }
            case UInt8(ascii: "0"): foundZero = true
            default: return text
            }
            end = before
        }
        return text
    }
}
