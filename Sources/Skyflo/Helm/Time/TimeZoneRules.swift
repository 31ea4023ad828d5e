/// The offsets of a time zone, of a file of the zone database (RFC 8536).
final class TimeZoneRules: Sendable {
    struct Offset: Sendable {
        let seconds: Int
        let name: String
    }

    let name: String
    private let transitions: [(time: Int64, offset: Int)]
    private let offsets: [Offset]
    /// The rule after the last transition.
    private let rule: ZoneRule?

    static let utc = TimeZoneRules(name: "UTC", offset: Offset(seconds: 0, name: "UTC"))

    init(name: String, offset: Offset) {
        self.name = name
        transitions = []
        offsets = [offset]
        rule = nil
    }

    /// Nil where the file isn't of version 2 or newer.
    init?(name: String, file: [UInt8]) {
        guard let parsed = ZoneFile(file), !parsed.offsets.isEmpty else { return nil }
        self.name = name
        (transitions, offsets, rule) = (parsed.transitions, parsed.offsets, parsed.rule)
    }

    func offset(at seconds: Int64) -> Offset {
        guard let last = transitions.last, let first = transitions.first else {
            return rule?.offset(at: seconds) ?? offsets[0]
        }
        if seconds >= last.time, let rule { return rule.offset(at: seconds) }
        guard seconds >= first.time else { return offsets[0] }
        var (low, high) = (0, transitions.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle].time <= seconds { low = middle } else { high = middle }
        }
        return offsets[transitions[low].offset]
    }
}

/// The content of a file of the zone database.
private struct ZoneFile {
    var transitions: [(time: Int64, offset: Int)] = []
    var offsets: [TimeZoneRules.Offset] = []
    var rule: ZoneRule?

    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: "TZif".utf8), bytes.count > 44, bytes[4] >= UInt8(ascii: "2") else { return nil }
        let counts = Self.counts(bytes, at: 0)
        // The first block has times of 32 bits; the one that follows is read.
        let start =
            44 + counts.times * 5 + counts.types * 6 + counts.characters + counts.leaps * 8 + counts.standard
            + counts.universal
        guard bytes.count >= start + 44 else { return nil }
        let second = Self.counts(bytes, at: start)
        let times = start + 44
        let indices = times + second.times * 8
        let types = indices + second.times
        let names = types + second.types * 6
        let footer = names + second.characters + second.leaps * 12 + second.standard + second.universal
        guard bytes.count >= footer else { return nil }
        for index in 0..<second.types {
            let at = types + index * 6
            let seconds = Int(Int32(truncatingIfNeeded: Self.integer(bytes, at: at, bytes: 4)))
            let name = bytes[(names + min(Int(bytes[at + 5]), second.characters))...].prefix { $0 != 0 }
            offsets.append(.init(seconds: seconds, name: String(decoding: name, as: UTF8.self)))
        }
        for index in 0..<second.times {
            let offset = Int(bytes[indices + index])
            guard offset < offsets.count else { return nil }
            transitions.append((Int64(bitPattern: Self.integer(bytes, at: times + index * 8, bytes: 8)), offset))
        }
        rule = ZoneRule(String(decoding: bytes[footer...].dropFirst().prefix { $0 != 0x0a }, as: UTF8.self))
    }

    private struct Counts {
        let universal, standard, leaps, times, types, characters: Int
    }

    private static func counts(_ bytes: [UInt8], at start: Int) -> Counts {
        let count = { (index: Int) in Int(integer(bytes, at: start + 20 + index * 4, bytes: 4)) }
        return Counts(
            universal: count(0), standard: count(1), leaps: count(2), times: count(3), types: count(4),
            characters: count(5))
    }

    private static func integer(_ bytes: [UInt8], at start: Int, bytes count: Int) -> UInt64 {
        bytes[start..<(start + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// `EST5EDT,M3.2.0,M11.1.0`: the zone's names, offsets, and when summer time begins and ends each year.
struct ZoneRule: Sendable {
    private struct Day: Sendable {
        /// Month, week and weekday; else the day of the year.
        var month = 0
        var week = 0
        var day = 0
        /// Days of the year are counted without leap days, from 1.
        var skipsLeapDay = false
        var time = 7200
    }

    private var standard: TimeZoneRules.Offset
    private var summer: (offset: TimeZoneRules.Offset, start: Day, end: Day)?

    /// Nil where the text is no rule.
    init?(_ text: String) {
        var scanner = Scanner(rest: text[...])
        guard let name = scanner.name(), let offset = scanner.offset() else { return nil }
        standard = .init(seconds: -offset, name: name)
        guard !scanner.rest.isEmpty else { return }
        guard let summerName = scanner.name() else { return nil }
        var summerOffset = -offset + 3600
        if scanner.rest.first != ",", let offset = scanner.offset() { summerOffset = -offset }
        guard scanner.skip(","), let start = scanner.day(), scanner.skip(","), let end = scanner.day() else {
            return nil
        }
        summer = (.init(seconds: summerOffset, name: summerName), start, end)
    }

    func offset(at seconds: Int64) -> TimeZoneRules.Offset {
        guard let summer else { return standard }
        let year = CivilTime(seconds: seconds + Int64(standard.seconds)).year
        let start = Self.seconds(of: summer.start, year: year) - Int64(standard.seconds)
        let end = Self.seconds(of: summer.end, year: year) - Int64(summer.offset.seconds)
        let isSummer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.offset : standard
    }

    private static func seconds(of day: Day, year: Int) -> Int64 {
        let date: Int64
        if day.month > 0 {
            let first = CivilTime.days(year: year, month: day.month, day: 1)
            let weekday = CivilTime(seconds: first * 86400).weekday
            var offset = (day.day - weekday + 7) % 7 + (day.week - 1) * 7
            if offset >= CivilTime.daysIn(month: day.month, year: year) { offset -= 7 }
            date = first + Int64(offset)
        } else {
            let isLeap = CivilTime.daysIn(month: 2, year: year) == 29
            let skipped = day.skipsLeapDay && !(isLeap && day.day >= 60) ? 1 : 0
            date = CivilTime.days(year: year, month: 1, day: 1) + Int64(day.day - skipped)
        }
        return date * 86400 + Int64(day.time)
    }

    private struct Scanner {
        var rest: Substring

        mutating func skip(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest.removeFirst()
            return true
        }

        mutating func name() -> String? {
            if skip("<") {
                let name = rest.prefix { $0 != ">" }
                rest = rest.dropFirst(name.count + 1)
                return String(name)
            }
            let name = rest.prefix(while: \.isLetter)
            rest = rest.dropFirst(name.count)
            return name.count >= 3 ? String(name) : nil
        }

        mutating func number() -> Int? {
            let digits = rest.prefix(while: \.isNumber)
            rest = rest.dropFirst(digits.count)
            return Int(digits)
        }

        mutating func offset() -> Int? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            if skip(":") { seconds += (number() ?? 0) * 60 }
            if skip(":") { seconds += number() ?? 0 }
            return isNegative ? -seconds : seconds
        }

        mutating func day() -> Day? {
            var day = Day()
            if skip("M") {
                guard let month = number(), skip("."), let week = number(), skip("."), let weekday = number(),
                    (1...12).contains(month)
                else { return nil }
                (day.month, day.week, day.day) = (month, week, weekday)
            } else {
                day.skipsLeapDay = skip("J")
                guard let number = number() else { return nil }
                day.day = number
            }
            if skip("/") { day.time = offset() ?? 7200 }
            return day
        }
    }
}
