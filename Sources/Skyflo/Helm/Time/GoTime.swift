import KubeModel

/// A point in time with the zone that it is shown in.
struct GoTime {
    /// Since 1970, UTC.
    var seconds: Int64
    var nanoseconds: Int
    var zone: TimeZoneRules

    /// Go's zero time, the year 1.
    static let zero = GoTime(seconds: -62_135_596_800, nanoseconds: 0, zone: .utc)

    var isZero: Bool { seconds == Self.zero.seconds && nanoseconds == 0 }

    /// Year, month and so on, where the clock of the zone shows them.
    var local: CivilTime { CivilTime(seconds: seconds + Int64(zone.offset(at: seconds).seconds)) }

    func adding(nanoseconds delta: Int64) -> GoTime {
        var copy = self
        let total = Int64(nanoseconds) + delta % 1_000_000_000
        let carry = total < 0 ? -1 : total / 1_000_000_000
        copy.seconds = seconds &+ delta / 1_000_000_000 &+ carry
        copy.nanoseconds = Int(total - carry * 1_000_000_000)
        return copy
    }

    func adding(years: Int, months: Int, days: Int) -> GoTime {
        let now = local
        let wall = CivilTime.seconds(
            year: now.year &+ years, month: now.month &+ months, day: now.day &+ days, hour: now.hour,
            minute: now.minute, second: now.second)
        return GoTime(wall: wall, nanoseconds: nanoseconds, zone: zone)
    }

    /// From what the clock of a zone shows.
    init(wall: Int64, nanoseconds: Int, zone: TimeZoneRules) {
        // The offset in force is that of the moment itself, so it is guessed and corrected once.
        var seconds = wall - Int64(zone.offset(at: wall).seconds)
        let offset = Int64(zone.offset(at: seconds).seconds)
        if wall - offset != seconds { seconds = wall - offset }
        self.init(seconds: seconds, nanoseconds: nanoseconds, zone: zone)
    }

    init(seconds: Int64, nanoseconds: Int, zone: TimeZoneRules) {
        (self.seconds, self.nanoseconds, self.zone) = (seconds, nanoseconds, zone)
    }

    /// Nanoseconds between two times, as far as a duration has room for.
    func nanoseconds(since other: GoTime) -> Int64 {
        let (whole, overflow) = (seconds - other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (total, more) = whole.addingReportingOverflow(Int64(nanoseconds - other.nanoseconds))
        if overflow || more { return seconds < other.seconds ? .min : .max }
        return total
    }
}

/// A date and a time of day in the Gregorian calendar.
struct CivilTime {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// From 0, Sunday.
    let weekday: Int
    let yearDay: Int

    init(seconds: Int64) {
        let days = seconds.flooredDivision(by: 86400)
        let time = Int(seconds - days * 86400)
        (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
        weekday = Int((days + 4) - (days + 4).flooredDivision(by: 7) * 7)
        (year, month, day) = Self.date(ofDay: days)
        yearDay = Int(days - Self.days(year: year, month: 1, day: 1)) + 1
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// Counted from March, so that the leap day is the last of its year.
    private static func date(ofDay day: Int64) -> (Int, Int, Int) {
        let shifted = day + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    /// Days since 1970.
    static func days(year: Int, month: Int, day: Int) -> Int64 {
        let year = Int64(year) - (month <= 2 ? 1 : 0)
        let era = year.flooredDivision(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Seconds since 1970 as if in UTC. A month or a day too large goes on into the next.
    static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64 {
        let years = Int64(month - 1).flooredDivision(by: 12)
        let month = month - Int(years) * 12
        let days = Self.days(year: year + Int(years), month: month, day: 1) + Int64(day) - 1
        return days * 86400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
    }

    static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
