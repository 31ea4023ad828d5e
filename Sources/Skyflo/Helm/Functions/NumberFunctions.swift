import Glibc

/// Sprig's functions of numbers.
enum NumberFunctions {
    static func add(to table: inout FunctionTable) {
        addCasts(to: &table)
        addIntegers(to: &table)
        addFloats(to: &table)
        addSequences(to: &table)
    }

    private static func addCasts(to table: inout FunctionTable) {
        table.add("int", taking: .any) { .int(Cast.int($0[0])) }
        table.add("int64", taking: .any) { .int64(Cast.int64($0[0])) }
        table.add("float64", taking: .any) { .float64(Cast.float64($0[0])) }
        table.add("atoi", taking: .string) { .int(Int(GoNumber.decimal($0.string(0).text) ?? 0)) }
        table.add("toDecimal", taking: .any) {
            .int64(GoNumber.integer(GoFormat.print([$0[0]]).text, radix: 8) ?? 0)
        }
    }

    private static func addIntegers(to table: inout FunctionTable) {
        table.add("add", variadic: .any) { .int64($0.values.reduce(0) { $0 &+ Cast.int64($1) }) }
        table.add("add1", taking: .any) { .int64(Cast.int64($0[0]) &+ 1) }
        table.add("sub", taking: .any, .any) { .int64(Cast.int64($0[0]) &- Cast.int64($0[1])) }
        table.add("mul", taking: .any, variadic: .any) { arguments in
            .int64(arguments.rest(from: 1).reduce(Cast.int64(arguments[0])) { $0 &* Cast.int64($1) })
        }
        table.add("div", taking: .any, .any) {
            let divisor = Cast.int64($0[1])
            guard divisor != 0 else { throw GoRuntimeError.divisionByZero }
            return .int64(Cast.int64($0[0]).dividedReportingOverflow(by: divisor).partialValue)
        }
        table.add("mod", taking: .any, .any) {
            let divisor = Cast.int64($0[1])
            guard divisor != 0 else { throw GoRuntimeError.divisionByZero }
            return .int64(Cast.int64($0[0]).remainderReportingOverflow(dividingBy: divisor).partialValue)
        }
        table.add("max", taking: .any, variadic: .any) { .int64($0.values.map(Cast.int64).max() ?? 0) }
        table.alias("biggest", of: "max")
        table.add("min", taking: .any, variadic: .any) { .int64($0.values.map(Cast.int64).min() ?? 0) }
    }

    private static func addFloats(to table: inout FunctionTable) {
        table.add("maxf", taking: .any, variadic: .any) { .float64(extreme($0, isMaximum: true)) }
        table.add("minf", taking: .any, variadic: .any) { .float64(extreme($0, isMaximum: false)) }
        table.add("ceil", taking: .any) { .float64(Cast.float64($0[0]).rounded(.up)) }
        table.add("floor", taking: .any) { .float64(Cast.float64($0[0]).rounded(.down)) }
        table.add("round", taking: .any, .int, variadic: .float64) {
            .float64(rounded(Cast.float64($0[0]), places: $0.int(1), up: $0.count > 2 ? $0.float(2) : 0.5))
        }
        table.add("add1f", taking: .any) { .float64(try decimal([$0[0], .int(1)]) { $0 + $1 }) }
        table.add("addf", variadic: .any) { .float64(try decimal([.int(0)] + $0.values) { $0 + $1 }) }
        table.add("subf", taking: .any, variadic: .any) { .float64(try decimal($0.values) { $0 - $1 }) }
        table.add("mulf", taking: .any, variadic: .any) { .float64(try decimal($0.values) { $0 * $1 }) }
        table.add("divf", taking: .any, variadic: .any) { .float64(try decimal($0.values) { try $0.divided(by: $1) }) }
    }

    private static func addSequences(to table: inout FunctionTable) {
        table.add("until", taking: .int) {
            .list(HelmList(try sequence(from: 0, to: $0.int(0), by: $0.int(0) < 0 ? -1 : 1), type: .int))
        }
        table.add("untilStep", taking: .int, .int, .int) {
            .list(HelmList(try sequence(from: $0.int(0), to: $0.int(1), by: $0.int(2)), type: .int))
        }
        table.add("seq", variadic: .int) { .string(try numbers($0)) }
    }

    // MARK: -

    private static func extreme(_ arguments: FunctionArguments, isMaximum: Bool) -> Double {
        var result = Cast.float64(arguments[0])
        for value in arguments.rest(from: 1) {
            let other = Cast.float64(value)
            if result.isNaN || other.isNaN {
                result = .nan
            } else if isMaximum ? other > result : other < result {
                result = other
            }
        }
        return result
    }

    private static func rounded(_ value: Double, places: Int, up: Double) -> Double {
        let power = pow(10, Double(places))
        let digit = power * value
        let fraction = digit - digit.rounded(.towardZero)
        return (fraction >= up ? digit.rounded(.up) : digit.rounded(.down)) / power
    }

    private static func decimal(
        _ values: [HelmValue], _ operation: (DecimalNumber, DecimalNumber) throws -> DecimalNumber
    ) throws -> Double {
        var result = try DecimalNumber(Cast.float64(values[0]))
        for value in values.dropFirst() { result = try operation(result, try DecimalNumber(Cast.float64(value))) }
        return result.double
    }

    private static let maximumCount = 1_000_000

    private static func sequence(from start: Int, to stop: Int, by step: Int) throws -> [HelmValue] {
        guard step != 0, stop != start, (stop < start) == (step < 0) else { return [] }
        let count = Double(stop) - Double(start)
        guard (count / Double(step)).magnitude <= Double(maximumCount) else {
            throw HelmError("a list of more than \(maximumCount) numbers is not made")
        }
        return stride(from: start, to: stop, by: step).map { .int($0) }
    }

    private static func numbers(_ arguments: FunctionArguments) throws -> ByteString {
        let values = arguments.values.indices.map { arguments.int($0) }
        let (start, end, step): (Int, Int, Int)
        var increment = 1
        switch values.count {
        case 1:
            (start, end) = (1, values[0])
            step = end < start ? -1 : 1
            increment = step
        case 2:
            (start, end) = (values[0], values[1])
            step = end < start ? -1 : 1
            increment = step
        case 3:
            (start, step, end) = (values[0], values[1], values[2])
            if end < start {
                increment = -1
                if step > 0 { return "" }
            }
        default: return ""
        }
        let numbers = try sequence(from: start, to: end &+ increment, by: step)
        return GoText.joined(numbers.map { GoFormat.print([$0]) }, by: " ")
    }
}
