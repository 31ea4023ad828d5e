import KubeModel

/// The elements of a layout of Go's package `time`: `2006-01-02 15:04:05`.
enum LayoutElement: Equatable {
    case text(ByteString)
    case longMonth, shortMonth, month, zeroMonth
    case longWeekday, shortWeekday
    case day, spaceDay, zeroDay, spaceYearDay, zeroYearDay
    case hour, hour12, zeroHour12
    case minute, zeroMinute, second, zeroSecond
    case longYear, year
    case upperNoon, lowerNoon
    case zoneName
    /// A zone as a number; `isISO` writes UTC as Z.
    case zone(isISO: Bool, form: ZoneForm)
    /// Parts of a second after the separator; `trims` leaves zeros at the end out.
    case fraction(digits: Int, trims: Bool, separator: UInt8)

    enum ZoneForm: Equatable {
        case hours, minutes, colonMinutes, seconds, colonSeconds
    }

    static func elements(of layout: ByteString) -> [LayoutElement] {
        var elements: [LayoutElement] = []
        var literal: [UInt8] = []
        var index = 0
        while index < layout.count {
            if let (element, length) = element(of: layout.bytes[index...]) {
                if !literal.isEmpty { elements.append(.text(ByteString(bytes: literal))) }
                literal = []
                elements.append(element)
                index += length
            } else {
                // An underscore before a year is text, not a day padded by a space.
                literal.append(layout.bytes[index])
                index += 1
            }
        }
        if !literal.isEmpty { elements.append(.text(ByteString(bytes: literal))) }
        return elements
    }

    /// The texts that stand for an element, the longer ones first.
    private static let names: [(text: String, element: LayoutElement)] = [
        ("January", .longMonth), ("Jan", .shortMonth), ("Monday", .longWeekday), ("Mon", .shortWeekday),
        ("MST", .zoneName), ("002", .zeroYearDay), ("01", .zeroMonth), ("02", .zeroDay), ("03", .zeroHour12),
        ("04", .zeroMinute), ("05", .zeroSecond), ("06", .year), ("15", .hour), ("1", .month), ("2006", .longYear),
        ("2", .day), ("__2", .spaceYearDay), ("_2", .spaceDay), ("3", .hour12), ("4", .minute), ("5", .second),
        ("PM", .upperNoon), ("pm", .lowerNoon),
        ("-07:00:00", .zone(isISO: false, form: .colonSeconds)), ("-070000", .zone(isISO: false, form: .seconds)),
        ("-07:00", .zone(isISO: false, form: .colonMinutes)), ("-0700", .zone(isISO: false, form: .minutes)),
        ("-07", .zone(isISO: false, form: .hours)),
        ("Z07:00:00", .zone(isISO: true, form: .colonSeconds)), ("Z070000", .zone(isISO: true, form: .seconds)),
        ("Z07:00", .zone(isISO: true, form: .colonMinutes)), ("Z0700", .zone(isISO: true, form: .minutes)),
        ("Z07", .zone(isISO: true, form: .hours)),
    ]

    private static func element(of layout: ArraySlice<UInt8>) -> (LayoutElement, Int)? {
        guard let first = layout.first else { return nil }
        if first == UInt8(ascii: ".") || first == UInt8(ascii: ",") { return fraction(of: layout) }
        guard "JM012_345Pp-Z".utf8.contains(first) else { return nil }
        for (text, element) in names where layout.starts(with: text.utf8) {
            let after = layout.dropFirst(text.utf8.count).first
            if element == .shortMonth || element == .shortWeekday, let after, (0x61...0x7a).contains(after) { continue }
            if element == .spaceDay, layout.dropFirst().starts(with: "2006".utf8) { return nil }
            return (element, text.utf8.count)
        }
        return nil
    }

    private static func fraction(of layout: ArraySlice<UInt8>) -> (LayoutElement, Int)? {
        let digits = layout.dropFirst()
        guard let digit = digits.first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9"),
            let separator = layout.first
        else { return nil }
        let count = digits.prefix { $0 == digit }.count
        if let after = digits.dropFirst(count).first, (0x30...0x39).contains(after) { return nil }
        return (.fraction(digits: count, trims: digit == UInt8(ascii: "9"), separator: separator), count + 1)
    }
}

extension GoTime {
    /// `2006-01-02 15:04:05.999999999 -0700 MST`, as `String()` prints it.
    var text: ByteString { formatted("2006-01-02 15:04:05.999999999 -0700 MST") }

    func formatted(_ layout: ByteString) -> ByteString {
        let civil = local
        let offset = zone.offset(at: seconds)
        var result: ByteString = ""
        for element in LayoutElement.elements(of: layout) {
            result += formatted(element, civil, offset)
        }
        return result
    }

    private func formatted(_ element: LayoutElement, _ civil: CivilTime, _ offset: UTCOffset) -> ByteString {
        let month = CivilTime.monthNames[civil.month - 1]
        let weekday = CivilTime.weekdayNames[civil.weekday]
        let hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12
        return switch element {
        case .text(let text): text
        case .longMonth: ByteString(month)
        case .shortMonth: ByteString(month.prefix(3))
        case .month: ByteString(String(civil.month))
        case .zeroMonth: Self.padded(civil.month, 2)
        case .longWeekday: ByteString(weekday)
        case .shortWeekday: ByteString(weekday.prefix(3))
        case .day: ByteString(String(civil.day))
        case .spaceDay: Self.padded(civil.day, 2, by: " ")
        case .zeroDay: Self.padded(civil.day, 2)
        case .spaceYearDay: Self.padded(civil.yearDay, 3, by: " ")
        case .zeroYearDay: Self.padded(civil.yearDay, 3)
        case .hour: Self.padded(civil.hour, 2)
        case .hour12: ByteString(String(hour12))
        case .zeroHour12: Self.padded(hour12, 2)
        case .minute: ByteString(String(civil.minute))
        case .zeroMinute: Self.padded(civil.minute, 2)
        case .second: ByteString(String(civil.second))
        case .zeroSecond: Self.padded(civil.second, 2)
        case .longYear: civil.year < 0 ? "-" + Self.padded(-civil.year, 4) : Self.padded(civil.year, 4)
        case .year: Self.padded(((civil.year % 100) + 100) % 100, 2)
        case .upperNoon: civil.hour >= 12 ? "PM" : "AM"
        case .lowerNoon: civil.hour >= 12 ? "pm" : "am"
        case .zoneName: Self.zoneName(offset)
        case .zone(let isISO, let form): isISO && offset.seconds == 0 ? "Z" : Self.zoneText(offset.seconds, form)
        case .fraction(let digits, let trims, let separator):
            fraction(digits: digits, trims: trims, separator: separator)
        }
    }

    static func padded(_ number: Int, _ width: Int, by padding: Character = "0") -> ByteString {
        let text = String(number)
        return ByteString(String(repeating: padding, count: max(0, width - text.utf8.count)) + text)
    }

    /// A zone without a name is its offset.
    private static func zoneName(_ offset: UTCOffset) -> ByteString {
        if !offset.abbreviation.isEmpty { return ByteString(offset.abbreviation) }
        return zoneText(offset.seconds, .minutes)
    }

    private static func zoneText(_ seconds: Int, _ form: LayoutElement.ZoneForm) -> ByteString {
        let total = abs(seconds)
        let sign: ByteString = seconds < 0 ? "-" : "+"
        let (hours, minutes) = (padded(total / 3600, 2), padded(total / 60 % 60, 2))
        return switch form {
        case .hours: sign + hours
        case .minutes: sign + hours + minutes
        case .colonMinutes: sign + hours + ":" + minutes
        case .seconds: sign + hours + minutes + padded(total % 60, 2)
        case .colonSeconds: sign + hours + ":" + minutes + ":" + padded(total % 60, 2)
        }
    }

    private func fraction(digits: Int, trims: Bool, separator: UInt8) -> ByteString {
        var bytes = Array(Self.padded(nanoseconds, 9).bytes.prefix(digits))
        if digits > 9 { bytes += Array(repeating: UInt8(ascii: "0"), count: digits - 9) }
        if trims {
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
            if bytes.isEmpty { return "" }
        }
        return ByteString(bytes: [separator] + bytes)
    }
}
