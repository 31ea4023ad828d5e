/// A schedule of five fields, a macro or `@every`, as the library behind CronJobs reads it (robfig/cron v3), and 7 for Sunday
/// besides.
///
/// It is due in each minute whose local time fits. So an hour that the clocks skip is skipped, and one that they repeat is due
/// twice, as with a CronJob.
package struct CronSchedule: Sendable, Hashable {
    private enum Form: Hashable {
        case every(seconds: Int64)
        case fields(Fields)
    }

    /// A bit for each value.
    private struct Fields: Hashable {
        var minutes: UInt64
        var hours: UInt64
        var days: UInt64
        var months: UInt64
        var weekdays: UInt64
        /// Where both are restricted, either is enough.
        var matchesEitherDay: Bool

        func matchesDay(_ date: CivilDate) -> Bool {
            guard months.hasBit(date.month) else { return false }
            let (day, weekday) = (days.hasBit(date.day), weekdays.hasBit(date.weekday))
            return matchesEitherDay ? day || weekday : day && weekday
        }
    }

    /// Why a text is no schedule, in the words of the library behind CronJobs.
    package struct Problem: Error, Sendable, Hashable {
        package var text: String
    }

    private var form: Form

    /// The pause of `@every`, in seconds; nil for one that goes by the calendar.
    package var intervalSeconds: Int64? {
        if case .every(let seconds) = form { seconds } else { nil }
    }

    // MARK: Times

    /// The first time after `time`; nil when there is none within five years.
    ///
    /// - Parameter zone: the time zone of the fields; nil for UTC.
    package func next(after time: KubeTime, in zone: ZoneInfo? = nil) -> KubeTime? {
        let now = Self.floorDivide(time.microseconds, by: 1_000_000)
        let fields: Fields
        switch form {
        case .every(let seconds): return KubeTime(microseconds: (now + seconds) * 1_000_000)
        case .fields(let stated): fields = stated
        }
        var minute = Self.floorDivide(now, by: 60) + 1
        let end = minute + 5 * 366 * 1440
        while minute < end {
            let offset = Self.offset(at: minute, in: zone)
            let day = Self.floorDivide(minute + offset, by: 1440)
            let rest = minute + offset - day * 1440
            if !fields.matchesDay(CivilDate(daysSince1970: day)) {
                minute = Self.advance(minute, by: 1440 - rest, offset: offset, in: zone)
            } else if !fields.hours.hasBit(Int(rest / 60)) {
                minute = Self.advance(minute, by: 60 - rest % 60, offset: offset, in: zone)
            } else if !fields.minutes.hasBit(Int(rest % 60)) {
                minute += 1
            } else {
                return KubeTime(microseconds: minute * 60_000_000)
            }
        }
        return nil
    }

    /// The last time after `start` and not after `end`.
    package func latest(after start: KubeTime, until end: KubeTime, in zone: ZoneInfo? = nil) -> KubeTime? {
        if case .every(let seconds) = form {
            let count = Self.floorDivide(end.microseconds - start.microseconds, by: seconds * 1_000_000)
            return count > 0 ? start.adding(seconds: Double(count * seconds)) : nil
        }
        var found: KubeTime?
        while let next = next(after: found ?? start, in: zone), next <= end { found = next }
        return found
    }

    /// In minutes.
    private static func offset(at minute: Int64, in zone: ZoneInfo?) -> Int64 {
        zone.map { floorDivide(Int64($0.offset(at: minute * 60).seconds), by: 60) } ?? 0
    }

    /// The beginning of the next local day or hour, by what the clocks show now. Where they are changed on the way, not more than
    /// that beginning may be passed: whoever is too early looks again.
    private static func advance(_ minute: Int64, by wait: Int64, offset: Int64, in zone: ZoneInfo?) -> Int64 {
        let target = minute + wait
        let ahead = Self.offset(at: target, in: zone) - offset
        return ahead > 0 && wait > ahead ? target - ahead : target
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
    }
}

// MARK: - Reading

extension CronSchedule {
    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    package init(_ text: String) throws(Problem) {
        if text.hasPrefix("@every ") {
            guard let seconds = Self.seconds(text.dropFirst("@every ".count)), seconds > 0 else {
                throw Problem(text: "failed to parse duration \(text)")
            }
            form = .every(seconds: seconds)
            return
        }
        if text.hasPrefix("@"), Self.macros[text] == nil { throw Problem(text: "unrecognized descriptor: \(text)") }
        let parts = (Self.macros[text] ?? text).split(whereSeparator: \.isWhitespace)
        guard parts.count == 5 else {
            throw Problem(
                text: "expected exactly 5 fields, found \(parts.count): [\(parts.joined(separator: " "))]")
        }
        let days = try Self.values(parts[2], range: 1...31)
        let weekdays = try Self.values(parts[4], range: 0...7, names: Self.weekdays)
        form = .fields(
            Fields(
                minutes: try Self.values(parts[0], range: 0...59).bits,
                hours: try Self.values(parts[1], range: 0...23).bits, days: days.bits,
                months: try Self.values(parts[3], range: 1...12, names: Self.months).bits,
                weekdays: weekdays.bits.hasBit(7) ? weekdays.bits | 1 : weekdays.bits,
                matchesEitherDay: !days.isAny && !weekdays.isAny))
    }

    /// - Returns: a bit for each value, and whether there is a `*` in it that no step restricts.
    private static func values(
        _ field: Substring, range: ClosedRange<Int>, names: [String] = []
    ) throws(Problem) -> (bits: UInt64, isAny: Bool) {
        var (bits, isAny): (UInt64, Bool) = (0, false)
        for part in field.split(separator: ",") {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard pieces.count <= 2 else { throw Problem(text: "too many slashes: \(part)") }
            let bounds = try bounds(pieces[0], hasStep: pieces.count == 2, range: range, names: names)
            let step = pieces.count == 2 ? try number(pieces[1]) : 1
            if step < 1 { throw Problem(text: "step of range should be a positive number: \(part)") }
            if step == 1, pieces[0] == "*" || pieces[0] == "?" { isAny = true }
            for value in stride(from: bounds.lowerBound, through: bounds.upperBound, by: min(step, 64)) {
                bits |= 1 << UInt64(value)
            }
        }
        guard bits != 0 else { throw Problem(text: "the field \(field) has no values") }
        return (bits, isAny)
    }

    /// `*`, `5`, `1-5`; `5` with a step is all from 5 on.
    private static func bounds(
        _ span: Substring, hasStep: Bool, range: ClosedRange<Int>, names: [String]
    ) throws(Problem) -> ClosedRange<Int> {
        if span == "*" || span == "?" { return range }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw Problem(text: "too many hyphens: \(span)") }
        let low = try number(ends[0], names: names, from: range.lowerBound)
        let high =
            ends.count == 2
            ? try number(ends[1], names: names, from: range.lowerBound) : hasStep ? range.upperBound : low
        if low < range.lowerBound {
            throw Problem(text: "beginning of range (\(low)) below minimum (\(range.lowerBound)): \(span)")
        }
        if high > range.upperBound {
            throw Problem(text: "end of range (\(high)) above maximum (\(range.upperBound)): \(span)")
        }
        if low > high { throw Problem(text: "beginning of range (\(low)) beyond end of range (\(high)): \(span)") }
        return low...high
    }

    private static func number(
        _ text: Substring, names: [String] = [], from first: Int = 0
    ) throws(Problem) -> Int {
        if let position = names.firstIndex(of: text.lowercased()) { return position + first }
        guard let value = Int(text) else {
            throw Problem(
                text: "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax")
        }
        return value
    }

    /// `1h30m`, `90s`; nil for more than ten years.
    private static func seconds(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var rest = text
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            guard digits.count <= 9, let value = Int64(digits), let unit = rest.popFirst(),
                let scale = ["h": Int64(3600), "m": 60, "s": 1][String(unit)]
            else { return nil }
            total += value * scale
            guard total <= 10 * 366 * 86_400 else { return nil }
        }
        return total
    }
}

extension UInt64 {
    fileprivate func hasBit(_ position: Int) -> Bool { self >> UInt64(position) & 1 == 1 }
}

/// A day of the Gregorian calendar.
private struct CivilDate {
    var month: Int
    var day: Int
    /// 0 is Sunday.
    var weekday: Int

    init(daysSince1970 days: Int64) {
        weekday = Int(((days + 4) % 7 + 7) % 7)
        // Counted in eras of 400 years that begin in March, so that the leap day comes last.
        let shifted = days + 719_468
        let dayOfEra = (shifted % 146_097 + 146_097) % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5) + 1
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    }
}
