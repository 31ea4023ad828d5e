/// A `time.Time` of a template.
package final class TimeObject: HelmObject {
    let time: GoTime
    /// Whether it is of the running clock, whose reading `String` then prints as well.
    let hasClock: Bool

    init(_ time: GoTime, hasClock: Bool = false) {
        self.time = time
        self.hasClock = hasClock
    }

    override package var typeName: String { "time.Time" }
    override package var hasText: Bool { true }
    override package var printed: ByteString { hasClock ? time.text + " m=+0.000000001" : time.text }
    override package var plain: HelmValue { .string(time.formatted("2006-01-02T15:04:05.999999999Z07:00")) }

    override package func isEqual(to other: HelmObject) -> Bool {
        guard let other = other as? TimeObject else { return false }
        return self === other
            || other.time.seconds == time.seconds && other.time.nanoseconds == time.nanoseconds
                && other.time.zone === time.zone && !hasClock && !other.hasClock
    }

    override func method(_ name: ByteString) -> TemplateFunction? {
        let time = time
        if let value = Self.property(name, of: time) {
            return TemplateFunction([], body: .plain { _, _ in value })
        }
        switch name {
        case "String":
            let text = printed
            return TemplateFunction([], body: .plain { _, _ in .string(text) })
        case "Format": return TemplateFunction([.string], body: .plain { .string(time.formatted($1.string(0))) })
        case "AddDate":
            return TemplateFunction(
                [.int, .int, .int],
                body: .plain {
                    .object(TimeObject(time.adding(years: $1.int(0), months: $1.int(1), days: $1.int(2))))
                })
        case "Add":
            return TemplateFunction(
                [.duration], body: .plain { .object(TimeObject(time.adding(nanoseconds: $1.duration(0)))) })
        case "Truncate", "Round":
            let rounds = name == "Round"
            return TemplateFunction(
                [.duration], body: .plain { .object(TimeObject(time.rounded(to: $1.duration(0), rounds: rounds))) })
        case "Sub":
            return TemplateFunction([.time], body: .plain { GoDuration.value(time.nanoseconds(since: $1.time(0))) })
        case "Before":
            return TemplateFunction([.time], body: .plain { .bool(time.nanoseconds(since: $1.time(0)) < 0) })
        case "After":
            return TemplateFunction([.time], body: .plain { .bool(time.nanoseconds(since: $1.time(0)) > 0) })
        case "Equal":
            return TemplateFunction([.time], body: .plain { .bool(time.nanoseconds(since: $1.time(0)) == 0) })
        case "Compare":
            return TemplateFunction([.time], body: .plain { .int(Int(time.nanoseconds(since: $1.time(0)).signum())) })
        case "UTC":
            let utc = GoTime(seconds: time.seconds, nanoseconds: time.nanoseconds, zone: .utc)
            return TemplateFunction([], body: .plain { _, _ in .object(TimeObject(utc)) })
        case "Local":
            return TemplateFunction(
                [],
                body: .plain { execution, _ in
                    let zone = execution.engine.zone("Local") ?? .utc
                    return .object(TimeObject(GoTime(seconds: time.seconds, nanoseconds: time.nanoseconds, zone: zone)))
                })
        default: return nil
        }
    }

    private static func property(_ name: ByteString, of time: GoTime) -> HelmValue? {
        let civil = time.local
        switch name {
        case "Year": return .int(civil.year)
        case "Month":
            let name = ByteString(CivilTime.monthNames[civil.month - 1])
            return .object(IntegerObject(Int64(civil.month), type: "time.Month", kind: .int, name: name))
        case "Day": return .int(civil.day)
        case "Hour": return .int(civil.hour)
        case "Minute": return .int(civil.minute)
        case "Second": return .int(civil.second)
        case "Nanosecond": return .int(time.nanoseconds)
        case "YearDay": return .int(civil.yearDay)
        case "Weekday":
            let name = ByteString(CivilTime.weekdayNames[civil.weekday])
            return .object(IntegerObject(Int64(civil.weekday), type: "time.Weekday", kind: .int, name: name))
        case "Unix": return .int64(time.seconds)
        case "UnixMilli": return .int64(time.seconds &* 1000 &+ Int64(time.nanoseconds / 1_000_000))
        case "UnixMicro": return .int64(time.seconds &* 1_000_000 &+ Int64(time.nanoseconds / 1000))
        case "UnixNano": return .int64(time.seconds &* 1_000_000_000 &+ Int64(time.nanoseconds))
        case "IsZero": return .bool(time.isZero)
        default: return nil
        }
    }
}

extension GoTime {
    /// To a multiple of a duration since the zero time.
    func rounded(to unit: Int64, rounds: Bool) -> GoTime {
        guard unit > 0 else { return self }
        let divisor = UInt64(unit)
        let whole = UInt64(bitPattern: seconds - Self.zero.seconds)
        let (high, low) = whole.multipliedFullWidth(by: 1_000_000_000)
        let (sum, carry) = low.addingReportingOverflow(UInt64(nanoseconds))
        let rest = Int64(divisor.dividingFullWidth(((high + (carry ? 1 : 0)) % divisor, sum)).remainder)
        guard rounds, rest >= unit - rest else { return adding(nanoseconds: -rest) }
        return adding(nanoseconds: unit - rest)
    }
}
