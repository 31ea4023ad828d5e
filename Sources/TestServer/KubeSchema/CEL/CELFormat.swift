/// `format` of the CEL string extensions: `%s`, `%d`, `%f`, `%x`, `%X`, `%o`, `%b` and `%%`, a precision for `%f`.
enum CELFormat {
    static func format(_ pattern: String, arguments: CELValue) throws(CELFailure) -> String {
        guard case .list(let values) = arguments else { throw CELEvaluator.noOverload }
        var result = ""
        var rest = values[...]
        var scalars = Substring(pattern).unicodeScalars
        while let scalar = scalars.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let precision = try self.precision(&scalars)
            guard let verb = scalars.popFirst() else { throw CELEvaluator.error("unexpected end of format string") }
            if verb == "%" {
                result += "%"
                continue
            }
            guard let value = rest.popFirst() else { throw CELEvaluator.error("index \(values.count) out of range") }
            result += try text(value, verb: verb, precision: precision)
        }
        return result
    }

    private static func precision(_ scalars: inout Substring.UnicodeScalarView) throws(CELFailure) -> Int {
        guard scalars.first == "." else { return 6 }
        scalars.removeFirst()
        var digits = ""
        while let digit = scalars.first, ("0"..."9").contains(digit) {
            digits.unicodeScalars.append(digit)
            scalars.removeFirst()
        }
        guard let precision = Int(digits), precision <= 15 else {
            throw CELEvaluator.error("precision specifier out of range")
        }
        return precision
    }

    private static func text(
        _ value: CELValue, verb: Unicode.Scalar, precision: Int
    ) throws(CELFailure) -> String {
        switch (verb, value) {
        case ("s", _): return value.text
        case ("d", .int), ("d", .uint): return value.text
        case ("x", .int(let number)): return String(number, radix: 16)
        case ("X", .int(let number)): return String(number, radix: 16, uppercase: true)
        case ("o", .int(let number)): return String(number, radix: 8)
        case ("b", .int(let number)): return String(number, radix: 2)
        case ("b", .bool(let flag)): return flag ? "1" : "0"
        case ("f", .double(let number)): return fixed(number, precision: precision)
        case ("f", .int(let number)): return fixed(Double(number), precision: precision)
        default: throw CELEvaluator.error("could not convert argument to be formatted with %\(verb)")
        }
    }

    private static func fixed(_ number: Double, precision: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        var scale = 1.0
        for _ in 0..<precision { scale *= 10 }
        let whole = abs(number).rounded(.down)
        var fraction = ((abs(number) - whole) * scale).rounded(.toNearestOrEven)
        let carry = fraction >= scale
        if carry { fraction = 0 }
        let digits = String(Int64(fraction))
        let sign = number < 0 ? "-" : ""
        let integral = "\(sign)\(Int64(whole) + (carry ? 1 : 0))"
        if precision == 0 { return integral }
        return "\(integral).\(String(repeating: "0", count: precision - digits.count))\(digits)"
    }
}
