import KubeModel

/// Hours of days of the week in a time zone.
package struct TimeWindow: Sendable, Hashable {
    /// 1 for Monday to 7 for Sunday (ISO 8601). All days where none is stated.
    package var days: Set<Int>
    /// Minutes after midnight; `end` is not part of it. An end that isn't after the start is on the following day.
    package var start: Int
    package var end: Int
    /// A name of the IANA time zone database.
    package var timeZone: String

    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    init?(_ json: JSONValue) {
        let names = json["days"]?.array?.compactMap(\.string) ?? []
        let days = names.compactMap { name in Self.dayNames.firstIndex(of: name).map { $0 + 1 } }
        guard days.count == names.count, let start = Self.minutes(json["start"]?.string ?? "00:00"),
            let end = Self.minutes(json["end"]?.string ?? "24:00")
        else { return nil }
        self.days = names.isEmpty ? Set(1...7) : Set(days)
        self.start = start
        self.end = end
        timeZone = json["timeZone"]?.string ?? "UTC"
    }

    /// `HH:MM`, up to `24:00`.
    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<60).contains(minute),
            (0...24).contains(hour), hour < 24 || minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameters:
    ///   - day: 1 for Monday to 7 for Sunday.
    ///   - minute: after midnight.
    package func contains(day: Int, minute: Int) -> Bool { minutesLeft(day: day, minute: minute) != nil }

    /// How long the window stays open from then on; nil where it isn't open. On a day that the clock is changed on, an hour
    /// more or less.
    package func minutesLeft(day: Int, minute: Int) -> Int? {
        if end > start { return days.contains(day) && (start..<end).contains(minute) ? end - minute : nil }
        let dayBefore = day == 1 ? 7 : day - 1
        if days.contains(day), minute >= start { return 24 * 60 - minute + end }
        return days.contains(dayBefore) && minute < end ? end - minute : nil
    }

    /// `Mon`
    package static func name(ofDay day: Int) -> String { dayNames[(day + 6) % 7] }
}
