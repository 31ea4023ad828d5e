/// The fewest decimal digits that are read back as the same number, and where the point is: 0.`digits` × 10^`exponent`.
struct ShortestDecimal {
    var isNegative: Bool
    /// ASCII digits without zeros at either end; "0" for zero.
    var digits: [UInt8]
    var exponent: Int

    init(_ number: Double) {
        self.init(description: number.description, isNegative: number.sign == .minus)
    }

    init(_ number: Float) {
        self.init(description: number.description, isNegative: number.sign == .minus)
    }

    private init(description: String, isNegative: Bool) {
        self.isNegative = isNegative
        digits = []
        var point: Int?
        var power = 0
        var text = description.utf8[...]
        if text.first == UInt8(ascii: "-") { text = text.dropFirst() }
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                power = Int(String(Substring(text))) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        exponent = (point ?? digits.count) + power
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if digits.isEmpty {
            digits = [UInt8(ascii: "0")]
            exponent = 1
        }
    }

    /// As `strconv.FormatFloat(_, 'f', -1, _)`: without exponent.
    var positional: [UInt8] {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let zero = UInt8(ascii: "0")
        if exponent <= 0 {
            text += [zero, UInt8(ascii: ".")] + Array(repeating: zero, count: -exponent) + digits
        } else if digits.count <= exponent {
            text += digits + Array(repeating: zero, count: exponent - digits.count)
        } else {
            text += digits[..<exponent] + [UInt8(ascii: ".")] + digits[exponent...]
        }
        return text
    }

    /// As `strconv.FormatFloat(_, 'e', -1, _)`: one digit before the point, and an exponent of at least two digits.
    var scientific: [UInt8] {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        text.append(digits[0])
        if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
        let power = digits == [UInt8(ascii: "0")] ? 0 : exponent - 1
        text += power < 0 ? "e-".utf8 : "e+".utf8
        if abs(power) < 10 { text.append(UInt8(ascii: "0")) }
        text += String(abs(power)).utf8
        return text
    }

    /// As `strconv.FormatFloat(_, 'g', -1, _)`, which YAML is written with.
    var general: [UInt8] {
        let power = digits == [UInt8(ascii: "0")] ? 0 : exponent - 1
        return power < -4 || power >= 6 ? scientific : positional
    }
}
