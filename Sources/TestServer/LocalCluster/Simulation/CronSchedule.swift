import KubeModel

/// A schedule of five fields, a macro or `@every`, in UTC, as the library behind CronJobs reads it.
struct CronSchedule: Sendable, Equatable {
    private enum Form: Sendable, Equatable {
        case every(seconds: Int64)
        case fields(Fields)
    }

    private struct Fields: Sendable, Equatable {
        var minutes: Set<Int>
        var hours: Set<Int>
        var days: Set<Int>
        var months: Set<Int>
        var weekdays: Set<Int>
        /// Where both are restricted, either is enough.
        var matchesEitherDay: Bool

        func matchesDay(_ date: CivilDate) -> Bool {
            guard months.contains(date.month) else { return false }
            let (day, weekday) = (days.contains(date.day), weekdays.contains(date.weekday))
            return matchesEitherDay ? day || weekday : day && weekday
        }
    }

    private var form: Form

    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    struct Problem: Error { var text: String }

    init(_ text: String) throws(Problem) {
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
        let isOpen = [parts[2], parts[4]].contains { $0.first == "*" || $0.first == "?" }
        form = .fields(
            Fields(
                minutes: try Self.values(parts[0], range: 0...59), hours: try Self.values(parts[1], range: 0...23),
                days: try Self.values(parts[2], range: 1...31),
                months: try Self.values(parts[3], range: 1...12, names: Self.months),
                weekdays: Set(try Self.values(parts[4], range: 0...7, names: Self.weekdays).map { $0 % 7 }),
                matchesEitherDay: !isOpen))
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func values(
        _ field: Substring, range: ClosedRange<Int>, names: [String] = []
    ) throws(Problem) -> Set<Int> {
        func number(_ text: Substring) throws(Problem) -> Int {
            if let position = names.firstIndex(of: text.lowercased()) { return position + range.lowerBound }
            guard let value = Int(text) else {
                throw Problem(
                    text: "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            return value
        }
        var all: Set<Int> = []
        for part in field.split(separator: ",") {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            var bounds = range
            if let span = pieces.first, span != "*", span != "?" {
                let ends = span.split(separator: "-", omittingEmptySubsequences: false)
                let low = try number(ends[0])
                let high = ends.count > 1 ? try number(ends[1]) : pieces.count > 1 ? range.upperBound : low
                if low < range.lowerBound {
                    throw Problem(text: "beginning of range (\(low)) below minimum (\(range.lowerBound)): \(part)")
                }
                if high > range.upperBound {
                    throw Problem(text: "end of range (\(high)) above maximum (\(range.upperBound)): \(part)")
                }
                if low > high {
                    throw Problem(text: "beginning of range (\(low)) beyond end of range (\(high)): \(part)")
                }
                bounds = low...high
            }
            let step = pieces.count > 1 ? try number(pieces[1]) : 1
            if step < 1 { throw Problem(text: "step of range should be a positive number: \(part)") }
            all.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return all
    }

    /// `1h30m`, `90s`.
    private static func seconds(_ text: Substring) -> Int64? {
        var total: Int64 = 0
        var rest = text
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber }
            rest = rest[digits.endIndex...]
            guard let value = Int64(digits), let unit = rest.popFirst(),
                let scale = ["h": Int64(3600), "m": 60, "s": 1][String(unit)]
            else { return nil }
            total += value * scale
        }
        return total
    }

    // MARK: Times

    /// The first time after `time`; nil when there is none within five years.
    func next(after time: KubeTime) -> KubeTime? {
        let now = time.microseconds / 1_000_000
        guard case .fields(let fields) = form else {
            guard case .every(let seconds) = form else { return nil }
            return KubeTime(microseconds: (now + seconds) * 1_000_000)
        }
        var minute = now / 60 + 1
        let end = minute + 5 * 366 * 1440
        while minute < end {
            let (day, rest) = minute.quotientAndRemainder(dividingBy: 1440)
            if !fields.matchesDay(CivilDate(daysSince1970: day)) {
                minute = (day + 1) * 1440
            } else if !fields.hours.contains(Int(rest / 60)) {
                minute = (minute / 60 + 1) * 60
            } else if !fields.minutes.contains(Int(rest % 60)) {
                minute += 1
            } else {
                return KubeTime(microseconds: minute * 60_000_000)
            }
        }
        return nil
    }

    /// The last time after `start` and not after `end`.
    func latest(after start: KubeTime, until end: KubeTime) -> KubeTime? {
        var found: KubeTime?
        while let next = next(after: found ?? start), next <= end { found = next }
        return found
    }
}

/// A day of the Gregorian calendar.
struct CivilDate: Sendable, Equatable {
    var month: Int
    var day: Int
    /// 0 is Sunday.
    var weekday: Int

    /// - Parameter days: not negative.
    init(daysSince1970 days: Int64) {
        weekday = Int((days + 4) % 7)
        // Counted in eras of 400 years that begin in March, so that the leap day comes last.
        let shifted = days + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5) + 1
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    }
}
