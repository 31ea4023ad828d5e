/// A decimal number of any size, for sums without the errors of binary floats.
struct DecimalNumber {
    private var isNegative: Bool
    /// The digits of the coefficient, the lowest first and without zeros at the high end.
    private var digits: [UInt8]
    private var exponent: Int

    /// The shortest decimal that reads back as the float.
    init(_ value: Double) throws {
        guard value.isFinite else {
            throw HelmError("Cannot create a Decimal from \(GoFloat.shortest(value).text)")
        }
        let (digits, point) = GoFloat.shortestDigits(value)
        isNegative = value < 0
        self.digits = digits.reversed().map { $0 - 0x30 }
        exponent = digits.isEmpty ? 0 : point - digits.count
    }

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        var digits = digits
        while digits.last == 0 { digits.removeLast() }
        self.isNegative = isNegative && !digits.isEmpty
        self.digits = digits
        self.exponent = exponent
    }

    var double: Double {
        guard !digits.isEmpty else { return 0 }
        let text = String(decoding: digits.reversed().map { $0 + 0x30 }, as: UTF8.self)
        return Double("\(isNegative ? "-" : "")\(text)e\(exponent)") ?? 0
    }

    static func + (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
        let exponent = min(left.exponent, right.exponent)
        let (one, other) = (left.scaled(to: exponent), right.scaled(to: exponent))
        if left.isNegative == right.isNegative {
            return DecimalNumber(isNegative: left.isNegative, digits: sum(one, other), exponent: exponent)
        }
        if isLess(one, other) {
            return DecimalNumber(isNegative: right.isNegative, digits: difference(other, one), exponent: exponent)
        }
        return DecimalNumber(isNegative: left.isNegative, digits: difference(one, other), exponent: exponent)
    }

    static func - (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
        left + DecimalNumber(isNegative: !right.isNegative, digits: right.digits, exponent: right.exponent)
    }

    static func * (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
        var product = [Int](repeating: 0, count: left.digits.count + right.digits.count + 1)
        for (index, digit) in left.digits.enumerated() {
            for (offset, other) in right.digits.enumerated() { product[index + offset] += Int(digit) * Int(other) }
        }
        var carry = 0
        for index in product.indices {
            carry += product[index]
            product[index] = carry % 10
            carry /= 10
        }
        return DecimalNumber(
            isNegative: left.isNegative != right.isNegative, digits: product.map { UInt8($0) },
            exponent: left.exponent + right.exponent)
    }

    /// The quotient with 16 digits after the point, rounded half away from zero.
    func divided(by other: DecimalNumber) throws -> DecimalNumber {
        guard !other.digits.isEmpty else { throw HelmError("decimal division by 0") }
        let places = 16
        let shift = exponent - other.exponent + places
        let numerator = shift > 0 ? Array(repeating: 0, count: shift) + digits : digits
        let divisor = shift < 0 ? Array(repeating: 0, count: -shift) + other.digits : other.digits
        var (quotient, remainder) = Self.quotient(numerator, divisor)
        if !Self.isLess(Self.sum(remainder, remainder), divisor) { quotient = Self.sum(quotient, [1]) }
        remainder = []
        return DecimalNumber(isNegative: isNegative != other.isNegative, digits: quotient, exponent: -places)
    }

    // MARK: - Digits, the lowest first

    private func scaled(to lower: Int) -> [UInt8] {
        digits.isEmpty ? [] : Array(repeating: 0, count: exponent - lower) + digits
    }

    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var carry: UInt8 = 0
        for index in 0..<max(left.count, right.count) {
            let digit = (index < left.count ? left[index] : 0) + (index < right.count ? right[index] : 0) + carry
            result.append(digit % 10)
            carry = digit / 10
        }
        if carry > 0 { result.append(carry) }
        return result
    }

    private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var result = left
        var borrow: UInt8 = 0
        for index in result.indices {
            let taken = (index < right.count ? right[index] : 0) + borrow
            borrow = result[index] < taken ? 1 : 0
            result[index] = result[index] + borrow * 10 - taken
        }
        while result.last == 0 { result.removeLast() }
        return result
    }

    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return left.count < right.count }
        return left.reversed().lexicographicallyPrecedes(right.reversed())
    }

    private static func quotient(_ numerator: [UInt8], _ divisor: [UInt8]) -> ([UInt8], [UInt8]) {
        var quotient: [UInt8] = []
        var remainder: [UInt8] = []
        for digit in numerator.reversed() {
            if !remainder.isEmpty || digit != 0 { remainder.insert(digit, at: 0) }
            var count: UInt8 = 0
            while !isLess(remainder, divisor) {
                remainder = difference(remainder, divisor)
                count += 1
            }
            quotient.append(count)
        }
        return (Array(quotient.reversed()), remainder)
    }
}
