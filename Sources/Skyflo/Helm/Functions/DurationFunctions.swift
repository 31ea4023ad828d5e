/// Helm's functions of durations.
enum DurationFunctions {
    static func add(to table: inout FunctionTable) {
        table.add("mustToDuration", taking: .any) { GoDuration.value(try nanoseconds($0[0])) }
        let units: [(name: ByteString, unit: Int64)] = [
            ("durationSeconds", GoDuration.second), ("durationMinutes", 60 * GoDuration.second),
            ("durationHours", 3600 * GoDuration.second),
        ]
        for (name, unit) in units {
            table.add(name, taking: .any) { .float64((try? nanoseconds($0[0])).map { float($0, per: unit) } ?? 0) }
        }
        for (name, days) in [("durationDays", 1.0), ("durationWeeks", 7.0)] {
            table.add(ByteString(name), taking: .any) {
                guard let value = try? nanoseconds($0[0]) else { return .float64(0) }
                return .float64(float(value, per: 3600 * GoDuration.second) / 24 / days)
            }
        }
        for (name, unit) in [
            ("durationMilliseconds", Int64(1_000_000)), ("durationMicroseconds", 1000), ("durationNanoseconds", 1),
        ] {
            table.add(ByteString(name), taking: .any) { .int64(((try? nanoseconds($0[0])) ?? 0) / unit) }
        }
        table.add("durationRoundTo", taking: .any, .any) { changed($0, by: GoDuration.rounded) }
        table.add("durationTruncateTo", taking: .any, .any) { changed($0, by: GoDuration.truncated) }
    }

    private static func changed(_ arguments: FunctionArguments, by change: (Int64, Int64) -> Int64) -> HelmValue {
        guard let value = try? nanoseconds(arguments[0]) else { return GoDuration.value(0) }
        guard let unit = try? nanoseconds(arguments[1]) else { return GoDuration.value(value) }
        return GoDuration.value(change(value, unit))
    }

    /// Whole units and the rest are divided apart, as Go does, which rounds otherwise than one division.
    static func float(_ nanoseconds: Int64, per unit: Int64) -> Double {
        Double(nanoseconds / unit) + Double(nanoseconds % unit) / Double(unit)
    }

    private static func nanoseconds(_ value: HelmValue) throws(HelmError) -> Int64 {
        switch value {
        case .null: throw HelmError("invalid duration")
        case .string(let text): return try nanoseconds(text)
        case .int(let seconds): return try whole(Int64(seconds))
        case .int64(let seconds): return try whole(seconds)
        case .float64(let seconds): return try float(seconds)
        case .object(let object):
            if let duration = object as? DurationObject { return duration.nanoseconds }
            if let integer = object as? IntegerObject { return try whole(integer.value) }
            throw HelmError("unsupported duration type \(value.typeName)")
        default: throw HelmError("unsupported duration type \(value.typeName)")
        }
    }

    private static func nanoseconds(_ text: ByteString) throws(HelmError) -> Int64 {
        let trimmed = GoText.trimmingSpaces(text)
        if trimmed.isEmpty { throw HelmError("empty duration") }
        if let value = try? GoDuration.parse(trimmed) { return value }
        if let seconds = GoNumber.float(trimmed.text) { return try float(seconds) }
        throw HelmError(message: "could not parse duration " + GoQuote.quoted(text))
    }

    private static func whole(_ seconds: Int64) throws(HelmError) -> Int64 {
        let (value, overflow) = seconds.multipliedReportingOverflow(by: GoDuration.second)
        if overflow { throw HelmError("duration seconds overflow: \(seconds)") }
        return value
    }

    private static func float(_ seconds: Double) throws(HelmError) -> Int64 {
        let text = GoFloat.shortest(seconds)
        guard seconds.isFinite else { throw HelmError(message: "invalid duration seconds: " + text) }
        let limit = 9_223_372_036.854775
        guard seconds.magnitude <= limit else { throw HelmError(message: "duration seconds overflow: " + text) }
        return Cast.truncated(seconds * 1e9)
    }
}
