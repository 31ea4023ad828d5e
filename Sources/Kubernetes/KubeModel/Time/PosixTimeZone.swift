/// A time zone as POSIX's variable `TZ` has it, with RFC 9636's extension of hours: `CET-1CEST,M3.5.0,M10.5.0/3`.
package struct PosixTimeZone: Sendable, Hashable {
    private var standard: UTCOffset
    private var summer: Summer?

    private struct Summer: Hashable {
        var offset: UTCOffset
        var start: Change
        var end: Change
    }

    /// When in a year the clocks change, in seconds of the local time until then.
    private struct Change: Hashable {
        enum Day: Hashable {
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365.
            case zeroBased(Int)
            /// `week` 5 is the last; `weekday` 0 is Sunday.
            case month(Int, week: Int, weekday: Int)
        }
        var day: Day
        var seconds: Int
    }

    /// - Returns: nil where the text is no such form.
    package init?(_ text: String) {
        var rest = Substring(text)
        guard let name = Self.name(&rest), let offset = Self.time(&rest) else { return nil }
        standard = UTCOffset(seconds: -offset, abbreviation: name)
        guard !rest.isEmpty else { return }
        guard let summerName = Self.name(&rest) else { return nil }
        var ahead = standard.seconds + 3600
        if rest.first != "," {
            guard let offset = Self.time(&rest) else { return nil }
            ahead = -offset
        }
        guard let start = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
        summer = Summer(
            offset: UTCOffset(seconds: ahead, abbreviation: summerName), start: start, end: end)
    }

    package func offset(at seconds: Int64) -> UTCOffset {
        guard let summer else { return standard }
        let year = Self.year(ofDay: Self.floorDivide(seconds + Int64(standard.seconds), by: 86_400))
        let start = Self.moment(of: summer.start, in: year) - Int64(standard.seconds)
        let end = Self.moment(of: summer.end, in: year) - Int64(summer.offset.seconds)
        // South of the equator summer goes over the end of the year.
        let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
        return isSummer ? summer.offset : standard
    }

    // MARK: The calendar

    private static func moment(of change: Change, in year: Int64) -> Int64 {
        let first = days(before: year)
        let isLeap = days(before: year + 1) - first == 366
        let day: Int64
        switch change.day {
        case .julian(let number): day = first + Int64(isLeap && number >= 60 ? number : number - 1)
        case .zeroBased(let number): day = first + Int64(number)
        case .month(let month, let week, let weekday):
            let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            let begin = first + lengths[..<(month - 1)].reduce(0, +)
            // 1970-01-01 was a Thursday.
            let wait = (Int64(weekday) - (begin + 4) % 7 + 14) % 7
            let date = wait + 7 * Int64(week - 1)
            day = begin + (date < lengths[month - 1] ? date : date - 7)
        }
        return day * 86_400 + Int64(change.seconds)
    }

    /// From 1970-01-01 to the first of January.
    private static func days(before year: Int64) -> Int64 {
        let past = year - 1
        return 365 * (year - 1970) + floorDivide(past, by: 4) - floorDivide(past, by: 100)
            + floorDivide(past, by: 400) - 477
    }

    private static func year(ofDay day: Int64) -> Int64 {
        var year = 1970 + floorDivide(day * 400, by: 146_097)
        while days(before: year + 1) <= day { year += 1 }
        while days(before: year) > day { year -= 1 }
        return year
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
    }

    // MARK: Reading

    /// `CET` or `<+0330>`.
    private static func name(_ rest: inout Substring) -> String? {
        let isQuoted = rest.first == "<"
        let name = isQuoted ? rest.dropFirst().prefix { $0 != ">" } : rest.prefix(while: \.isLetter)
        let length = isQuoted ? name.count + 2 : name.count
        rest = rest.dropFirst(length)
        return length == 0 ? nil : String(name)
    }

    /// `[+-]hh[:mm[:ss]]`
    private static func time(_ rest: inout Substring) -> Int? {
        let sign = rest.first == "-" ? -1 : 1
        if let first = rest.first, "+-".contains(first) { rest.removeFirst() }
        guard let hours = number(&rest), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where rest.first == ":" {
            rest.removeFirst()
            guard let number = number(&rest), number < 60 else { return nil }
            seconds += number * unit
        }
        return sign * seconds
    }

    /// `,M3.5.0/2`, `,J60`, `,59`
    private static func change(_ rest: inout Substring) -> Change? {
        guard rest.first == "," else { return nil }
        rest.removeFirst()
        guard let day = day(&rest) else { return nil }
        guard rest.first == "/" else { return Change(day: day, seconds: 7200) }
        rest.removeFirst()
        return time(&rest).map { Change(day: day, seconds: $0) }
    }

    private static func day(_ rest: inout Substring) -> Change.Day? {
        switch rest.first {
        case "M":
            rest.removeFirst()
            var numbers: [Int] = []
            for position in 0..<3 {
                if position > 0 {
                    guard rest.first == "." else { return nil }
                    rest.removeFirst()
                }
                guard let number = number(&rest) else { return nil }
                numbers.append(number)
            }
            guard (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), (0...6).contains(numbers[2])
            else { return nil }
            return .month(numbers[0], week: numbers[1], weekday: numbers[2])
        case "J":
            rest.removeFirst()
            return number(&rest).flatMap { (1...365).contains($0) ? .julian($0) : nil }
        default: return number(&rest).flatMap { (0...365).contains($0) ? .zeroBased($0) : nil }
        }
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return digits.count <= 4 ? Int(digits) : nil
    }
}
