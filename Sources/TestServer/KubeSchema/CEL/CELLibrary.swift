import KubeModel

/// The functions of the CEL standard library and those that Kubernetes adds, by name and values.
enum CELLibrary {
    /// Calls a function with its values, the receiver first, where it has one.
    static func call(_ name: String, values: [CELValue]) throws(CELFailure) -> CELValue {
        guard let subject = values.first else { throw CELEvaluator.noOverload }
        let arguments = Array(values.dropFirst())
        switch name {
        case "size": return .int(try size(subject))
        case "type": return .type(subject.typeName)
        case "dyn": return subject
        case "int", "uint", "double", "string", "bool", "bytes", "duration", "timestamp":
            return try CELConversion.convert(subject, to: name)
        default: break
        }
        switch subject {
        case .string(let text): return try CELStrings.call(name, text: text, arguments: arguments)
        case .list(let elements): return try CELLists.call(name, list: elements, arguments: arguments)
        case .timestamp(let moment): return .int(try part(name, of: moment))
        case .duration(let nanoseconds): return .int(try part(name, of: nanoseconds))
        case .authorizer(let authorizer): return try authorizer.call(name, arguments: arguments)
        default: throw CELEvaluator.noOverload
        }
    }

    private static func size(_ value: CELValue) throws(CELFailure) -> Int64 {
        switch value {
        case .string(let text): return Int64(text.unicodeScalars.count)
        case .bytes(let bytes): return Int64(bytes.count)
        case .list(let elements): return Int64(elements.count)
        case .map(let map): return Int64(map.entries.count)
        default: throw CELEvaluator.noOverload
        }
    }

    /// A part of a length. Each unit counts the whole of it.
    private static func part(_ name: String, of nanoseconds: Int64) throws(CELFailure) -> Int64 {
        switch name {
        case "getHours": return nanoseconds / 3_600_000_000_000
        case "getMinutes": return nanoseconds / 60_000_000_000
        case "getSeconds": return nanoseconds / 1_000_000_000
        case "getMilliseconds": return nanoseconds / 1_000_000 % 1000
        default: throw CELEvaluator.noOverload
        }
    }

    /// A part of a moment in UTC. Months, days of the month and days of the year begin at 0, as in the specification, but
    /// for `getDate`.
    private static func part(_ name: String, of moment: KubeTime) throws(CELFailure) -> Int64 {
        let fields = moment.microTime.split { !$0.isNumber }.compactMap { Int64($0) }
        guard fields.count == 7 else { throw CELEvaluator.error("timestamp out of range") }
        switch name {
        case "getFullYear": return fields[0]
        case "getMonth": return fields[1] - 1
        case "getDate": return fields[2]
        case "getDayOfMonth": return fields[2] - 1
        case "getHours": return fields[3]
        case "getMinutes": return fields[4]
        case "getSeconds": return fields[5]
        case "getMilliseconds": return fields[6] / 1000
        case "getDayOfWeek", "getDayOfYear":
            let (days, rest) = moment.microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
            let day = rest < 0 ? days - 1 : days
            // 1970-01-01 was a Thursday.
            if name == "getDayOfWeek" { return ((day + 4) % 7 + 7) % 7 }
            let year = String(moment.microTime.prefix(4))
            guard let start = KubeTime("\(year)-01-01T00:00:00Z") else { throw CELEvaluator.noOverload }
            return day - start.microseconds / 86_400_000_000
        default: throw CELEvaluator.noOverload
        }
    }
}
