import KubeModel

/// Conversions between types, by the name of the target.
enum CELConversion {
    static func convert(_ value: CELValue, to type: String) throws(CELFailure) -> CELValue {
        let result: CELValue? =
            switch type {
            case "int": try int(value)
            case "uint": try uint(value)
            case "double": double(value)
            case "string": string(value)
            case "bool": bool(value)
            case "bytes": bytes(value)
            case "duration": duration(value)
            default: timestamp(value)
            }
        guard let result else {
            if case .string(let text) = value {
                throw CELEvaluator.error("type conversion error from '\(text)' to '\(type)'")
            }
            throw CELEvaluator.noOverload
        }
        return result
    }

    private static func int(_ value: CELValue) throws(CELFailure) -> CELValue? {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let whole = Int64(exactly: number) else { throw CELEvaluator.error("integer overflow") }
            return .int(whole)
        case .double(let number):
            guard let whole = Int64(exactly: number.rounded(.towardZero)) else {
                throw CELEvaluator.error("integer overflow")
            }
            return .int(whole)
        case .string(let text): return Int64(text).map(CELValue.int)
        case .timestamp(let moment): return .int(moment.microseconds / 1_000_000)
        default: return nil
        }
    }

    private static func uint(_ value: CELValue) throws(CELFailure) -> CELValue? {
        let whole: UInt64?
        switch value {
        case .uint: return value
        case .int(let number): whole = UInt64(exactly: number)
        case .double(let number): whole = UInt64(exactly: number.rounded(.towardZero))
        case .string(let text): return UInt64(text).map(CELValue.uint)
        default: return nil
        }
        guard let whole else { throw CELEvaluator.error("unsigned integer overflow") }
        return .uint(whole)
    }

    private static func double(_ value: CELValue) -> CELValue? {
        switch value {
        case .double: value
        case .int(let number): .double(Double(number))
        case .uint(let number): .double(Double(number))
        case .string(let text): Double(text).map(CELValue.double)
        default: nil
        }
    }

    private static func string(_ value: CELValue) -> CELValue? {
        switch value {
        case .string, .bool, .int, .uint, .double, .timestamp, .duration: .string(value.text)
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self).map(CELValue.string)
        default: nil
        }
    }

    private static func bool(_ value: CELValue) -> CELValue? {
        switch value {
        case .bool: return value
        case .string(let text):
            if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return .bool(true) }
            return ["0", "f", "F", "false", "FALSE", "False"].contains(text) ? .bool(false) : nil
        default: return nil
        }
    }

    private static func bytes(_ value: CELValue) -> CELValue? {
        switch value {
        case .bytes: value
        case .string(let text): .bytes(Array(text.utf8))
        default: nil
        }
    }

    private static func duration(_ value: CELValue) -> CELValue? {
        switch value {
        case .duration: value
        case .string(let text): CELDuration.parse(text).map(CELValue.duration)
        default: nil
        }
    }

    private static func timestamp(_ value: CELValue) -> CELValue? {
        switch value {
        case .timestamp: return value
        case .string(let text): return KubeTime(text).map(CELValue.timestamp)
        case .int(let seconds):
            let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            return overflow ? nil : .timestamp(KubeTime(microseconds: microseconds))
        default: return nil
        }
    }
}
