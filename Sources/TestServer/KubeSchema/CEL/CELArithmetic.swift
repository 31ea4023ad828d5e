import KubeModel

/// The operators between values. Integers are checked for overflow (CEL specification, "Numeric values").
enum CELArithmetic {
    static func unary(_ symbol: CELOperator, value: CELValue) throws(CELFailure) -> CELValue {
        switch (symbol, value) {
        case (.not, .bool(let flag)): return .bool(!flag)
        case (.negate, .double(let number)): return .double(-number)
        case (.negate, .int(let number)):
            guard number != .min else { throw CELEvaluator.error("integer overflow") }
            return .int(-number)
        default: throw CELEvaluator.noOverload
        }
    }

    static func binary(_ symbol: CELOperator, lhs a: CELValue, rhs b: CELValue) throws(CELFailure) -> CELValue {
        switch symbol {
        case .equal: return .bool(CELValue.equal(a, b))
        case .notEqual: return .bool(!CELValue.equal(a, b))
        case .less: return .bool(try order(a, other: b, accept: { $0 < 0 }))
        case .lessOrEqual: return .bool(try order(a, other: b, accept: { $0 <= 0 }))
        case .greater: return .bool(try order(a, other: b, accept: { $0 > 0 }))
        case .greaterOrEqual: return .bool(try order(a, other: b, accept: { $0 >= 0 }))
        case .isIn: return .bool(try contains(b, value: a))
        default: return try arithmetic(symbol, lhs: a, rhs: b)
        }
    }

    private static func order(
        _ a: CELValue, other b: CELValue, accept: (Int) -> Bool
    ) throws(CELFailure) -> Bool {
        if let result = CELValue.compare(a, b) { return accept(result) }
        // Not a number is in no order with any number, which is no error.
        if case .double(let x) = a, x.isNaN { return false }
        if case .double(let y) = b, y.isNaN { return false }
        throw CELEvaluator.noOverload
    }

    private static func contains(_ container: CELValue, value: CELValue) throws(CELFailure) -> Bool {
        switch container {
        case .list(let elements): return elements.contains { CELValue.equal($0, value) }
        case .map(let map): return map[value] != nil
        default: throw CELEvaluator.noOverload
        }
    }

    private static func arithmetic(
        _ symbol: CELOperator, lhs a: CELValue, rhs b: CELValue
    ) throws(CELFailure) -> CELValue {
        switch (a, b) {
        case (.int(let x), .int(let y)): return .int(try whole(symbol, lhs: x, rhs: y))
        case (.uint(let x), .uint(let y)): return .uint(try whole(symbol, lhs: x, rhs: y))
        case (.double(let x), .double(let y)): return .double(try fraction(symbol, lhs: x, rhs: y))
        case (.string(let x), .string(let y)) where symbol == .add: return .string(x + y)
        case (.bytes(let x), .bytes(let y)) where symbol == .add: return .bytes(x + y)
        case (.list(let x), .list(let y)) where symbol == .add: return .list(x + y)
        default: return try time(symbol, lhs: a, rhs: b)
        }
    }

    private static func whole<Number: FixedWidthInteger>(
        _ symbol: CELOperator, lhs x: Number, rhs y: Number
    ) throws(CELFailure) -> Number {
        let result: (partialValue: Number, overflow: Bool)
        switch symbol {
        case .add: result = x.addingReportingOverflow(y)
        case .subtract: result = x.subtractingReportingOverflow(y)
        case .multiply: result = x.multipliedReportingOverflow(by: y)
        case .divide:
            if y == 0 { throw CELEvaluator.error("division by zero") }
            result = x.dividedReportingOverflow(by: y)
        case .modulo:
            if y == 0 { throw CELEvaluator.error("modulus by zero") }
            result = x.remainderReportingOverflow(dividingBy: y)
        default: throw CELEvaluator.noOverload
        }
        if result.overflow { throw CELEvaluator.error("\(Number.isSigned ? "integer" : "unsigned integer") overflow") }
        return result.partialValue
    }

    private static func fraction(_ symbol: CELOperator, lhs x: Double, rhs y: Double) throws(CELFailure) -> Double {
        switch symbol {
        case .add: return x + y
        case .subtract: return x - y
        case .multiply: return x * y
        case .divide: return x / y
        default: throw CELEvaluator.noOverload
        }
    }

    private static func time(_ symbol: CELOperator, lhs a: CELValue, rhs b: CELValue) throws(CELFailure) -> CELValue {
        switch (symbol, a, b) {
        case (.add, .timestamp(let moment), .duration(let length)),
            (.add, .duration(let length), .timestamp(let moment)):
            return .timestamp(KubeTime(microseconds: try whole(.add, lhs: moment.microseconds, rhs: length / 1000)))
        case (.subtract, .timestamp(let moment), .duration(let length)):
            return .timestamp(
                KubeTime(microseconds: try whole(.subtract, lhs: moment.microseconds, rhs: length / 1000)))
        case (.subtract, .timestamp(let x), .timestamp(let y)):
            let micros = try whole(.subtract, lhs: x.microseconds, rhs: y.microseconds)
            return .duration(try whole(.multiply, lhs: micros, rhs: 1000))
        case (.add, .duration(let x), .duration(let y)), (.subtract, .duration(let x), .duration(let y)):
            return .duration(try whole(symbol, lhs: x, rhs: y))
        default: throw CELEvaluator.noOverload
        }
    }
}
