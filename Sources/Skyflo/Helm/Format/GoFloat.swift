import Glibc

/// `strconv.FormatFloat`.
enum GoFloat {
    /// The digits of the shortest decimal that reads back as the same number, and where its point is: 0.d1d2… × 10^point.
    static func shortestDigits(_ value: Double) -> (digits: [UInt8], point: Int) {
        let magnitude = value.magnitude
        guard magnitude != 0 else { return ([], 0) }
        var digits: [UInt8] = []
        var point = 0
        var exponent = 0
        var seenPoint = false
        var iterator = magnitude.description.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "."): seenPoint = true
            case UInt8(ascii: "e"):
                var text: [UInt8] = []
                while let byte = iterator.next() { text.append(byte) }
                exponent = Int(String(decoding: text, as: UTF8.self)) ?? 0
            default:
                if digits.isEmpty, byte == UInt8(ascii: "0") {
                    if seenPoint { point -= 1 }
                } else {
                    digits.append(byte)
                    if !seenPoint { point += 1 }
                }
            }
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, point + exponent)
    }

    /// As `%v` prints it.
    static func shortest(_ value: Double) -> ByteString {
        format(value, verb: UInt8(ascii: "g"), precision: nil)
    }

    /// The digits of the significand as an integer, and the power of two: `4503599627370496p-52`.
    private static func binary(_ value: Double) -> ByteString {
        let isSubnormal = value.exponentBitPattern == 0
        let significand = value.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
        let exponent = Int(max(value.exponentBitPattern, 1)) - 1075
        return ByteString("\(significand)p\(exponent < 0 ? "" : "+")\(exponent)")
    }

    /// As a verb prints it; without a precision the shortest that reads back.
    static func format(_ value: Double, verb: UInt8, precision: Int?) -> ByteString {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let lower = verb | 0x20
        let sign: ByteString = value.sign == .minus ? "-" : ""
        if verb == UInt8(ascii: "b") { return sign + binary(value) }
        if lower == UInt8(ascii: "x") { return sign + hexadecimal(value, verb: verb, precision: precision) }
        if let precision {
            if lower == UInt8(ascii: "g") { return sign + general(value, verb: verb, precision: precision) }
            return sign + printed("%.*\(Character(Unicode.Scalar(verb)))", precision, value.magnitude)
        }
        let (digits, point) = shortestDigits(value)
        let exponent = digits.isEmpty ? 0 : point - 1
        switch lower {
        case UInt8(ascii: "e"): return sign + scientific(digits, exponent: exponent, verb: verb)
        case UInt8(ascii: "f"): return sign + plain(digits, point: digits.isEmpty ? 1 : point)
        default:
            // Without a precision, Go takes 6 to decide on an exponent: 100000 and 1e+06.
            if exponent < -4 || exponent >= 6 {
                return sign + scientific(digits, exponent: exponent, verb: verb - 2)
            }
            return sign + plain(digits, point: digits.isEmpty ? 1 : point)
        }
    }

    /// `g` with a precision: significant digits, without zeros at the end.
    private static func general(_ value: Double, verb: UInt8, precision: Int) -> ByteString {
        let wanted = max(precision, 1)
        let text = printed("%.*e", wanted - 1, value.magnitude).text
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return ByteString(text) }
        var digits = Array(parts[0].utf8.filter { $0 != UInt8(ascii: ".") })
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        var limit = wanted
        if limit > digits.count, digits.count >= exponent + 1 { limit = digits.count }
        if digits.isEmpty { return "0" }
        if exponent < -4 || exponent >= limit { return scientific(digits, exponent: exponent, verb: verb - 2) }
        return plain(digits, point: exponent + 1)
    }

    private static func scientific(_ digits: [UInt8], exponent: Int, verb: UInt8) -> ByteString {
        var bytes = [digits.first ?? UInt8(ascii: "0")]
        if digits.count > 1 {
            bytes.append(UInt8(ascii: "."))
            bytes += digits[1...]
        }
        bytes.append(verb)
        bytes.append(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let text = String(abs(exponent))
        if text.utf8.count < 2 { bytes.append(UInt8(ascii: "0")) }
        bytes += Array(text.utf8)
        return ByteString(bytes: bytes)
    }

    private static func plain(_ digits: [UInt8], point: Int) -> ByteString {
        let zero = UInt8(ascii: "0")
        var bytes: [UInt8] = []
        if point > 0 {
            bytes += digits.prefix(point)
            if digits.count < point { bytes += Array(repeating: zero, count: point - digits.count) }
        } else {
            bytes.append(zero)
        }
        if digits.count > point {
            bytes.append(UInt8(ascii: "."))
            if point < 0 { bytes += Array(repeating: zero, count: -point) }
            bytes += digits.dropFirst(max(0, point))
        }
        return ByteString(bytes: bytes)
    }

    /// `0x1.8p-01`: as C writes it, with an exponent of two digits at least.
    private static func hexadecimal(_ value: Double, verb: UInt8, precision: Int?) -> ByteString {
        let conversion = verb == UInt8(ascii: "x") ? "a" : "A"
        let text = precision.map { printed("%.*" + conversion, $0, value.magnitude) }
        var bytes = (text ?? printed("%" + conversion, value.magnitude)).bytes
        guard let mark = bytes.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "p") }) else {
            return ByteString(bytes: bytes)
        }
        if bytes.count - mark == 3 { bytes.insert(UInt8(ascii: "0"), at: mark + 2) }
        return ByteString(bytes: bytes)
    }

    private static func printed(_ format: String, _ value: Double) -> ByteString {
        withVaList([value]) { list in
            var buffer = [CChar](repeating: 0, count: 64)
            let count = vsnprintf(&buffer, buffer.count, format, list)
            return ByteString(bytes: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) })
        }
    }

    /// By the C library, which rounds the exact binary value as Go does.
    static func printed(_ format: String, _ precision: Int, _ value: Double) -> ByteString {
        withVaList([Int32(clamping: precision), value]) { list in
            var buffer = [CChar](repeating: 0, count: 400 + min(max(precision, 0), 100_000))
            let count = vsnprintf(&buffer, buffer.count, format, list)
            return ByteString(bytes: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) })
        }
    }
}
