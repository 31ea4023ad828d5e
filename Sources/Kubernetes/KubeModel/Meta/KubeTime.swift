/// A moment as Kubernetes writes it: RFC 3339 in UTC, to the second (`Time`) or to the microsecond (`MicroTime`).
///
/// Own arithmetic instead of Foundation's formatters: every object has several of them, and those are slow.
public struct KubeTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// Makes a moment of the microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Makes a moment of the seconds since 1970-01-01T00:00:00Z, rounded to the microsecond.
    public init(seconds: Double) { microseconds = Int64((seconds * 1_000_000).rounded()) }

    /// Reads RFC 3339 with any offset and any number of digits of a second; nil for anything else, leap seconds included,
    /// as in Go.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ from: Int, length: Int) -> Int64? {
            guard from + length <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[from..<from + length] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, let year = number(0, length: 4), let month = number(5, length: 2),
            let day = number(8, length: 2),
            let hour = number(11, length: 2), let minute = number(14, length: 2), let second = number(17, length: 2),
            bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A, bytes[16] == 0x3A,
            (1...12).contains(month), Self.date(Self.days(year, month: month, day: day)) == (year, month, day),
            hour < 24,
            minute < 60,
            second < 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if bytes[at] == 0x2E {
            at += 1
            var scale: Int64 = 100_000
            let start = at
            while at < bytes.count, let digit = number(at, length: 1) {
                fraction += digit * scale
                scale /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        guard at < bytes.count else { return nil }
        var offset: Int64 = 0
        if bytes[at] | 0x20 == 0x7A {
            at += 1
        } else {
            guard bytes[at] == 0x2B || bytes[at] == 0x2D, let hours = number(at + 1, length: 2),
                let minutes = number(at + 4, length: 2),
                at + 3 < bytes.count, bytes[at + 3] == 0x3A, hours <= 24, minutes < 60
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[at] == 0x2B ? 1 : -1)
            at += 6
        }
        guard at == bytes.count else { return nil }
        let seconds = Self.days(year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        // In UTC too it has to be a year of four digits, or it couldn't be written.
        guard (Self.days(0, month: 1, day: 1) * 86_400..<Self.days(10_000, month: 1, day: 1) * 86_400).contains(seconds)
        else { return nil }
        microseconds = seconds * 1_000_000 + fraction
    }

    /// The moment to the second, `2026-11-21T03:00:00Z`: the form of `metav1.Time`.
    public var description: String { format(fraction: false) }

    /// The moment to the microsecond, `2026-11-21T03:00:00.000000Z`: the form of `metav1.MicroTime`.
    public var microTime: String { format(fraction: true) }

    /// Whether the first moment is earlier.
    public static func < (a: KubeTime, b: KubeTime) -> Bool { a.microseconds < b.microseconds }

    /// The moment that many seconds later, or earlier where they are negative.
    public func adding(seconds: Double) -> KubeTime {
        KubeTime(microseconds: microseconds + Int64(seconds * 1_000_000))
    }

    /// The seconds from `earlier` to this moment; negative where it isn't earlier.
    public func seconds(since earlier: KubeTime) -> Double {
        Double(microseconds - earlier.microseconds) / 1_000_000
    }

    private func format(fraction: Bool) -> String {
        func pad(_ value: Int64, width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (seconds, micros) = Self.floorDivide(microseconds, 1_000_000)
        let (days, second) = Self.floorDivide(seconds, 86_400)
        let (year, month, day) = Self.date(days)
        let clock = "\(pad(second / 3600, width: 2)):\(pad(second / 60 % 60, width: 2)):\(pad(second % 60, width: 2))"
        return
            "\(pad(year, width: 4))-\(pad(month, width: 2))-\(pad(day, width: 2))T\(clock)\(fraction ? "." + pad(micros, width: 6) : "")Z"
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> (Int64, Int64) {
        let remainder = ((a % b) + b) % b
        return ((a - remainder) / b, remainder)
    }

    // Days from and to the proleptic Gregorian calendar, in eras of 400 years that begin in March.
    private static func days(_ year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(y, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
