import KubeModel

/// `time.ParseInLocation`
struct TimeParser {
    let layout: ByteString
    let text: ByteString
    var rest: ByteString
    var year = 0
    var month = -1
    var day = -1
    var yearDay = -1
    var hour = 0
    var minute = 0
    var second = 0
    var nanoseconds = 0
    var isAfternoon = false
    var isMorning = false
    var offset: Int?
    var zoneName: String?
    var isUTC = false

    init(layout: ByteString, text: ByteString) {
        (self.layout, self.text, rest) = (layout, text, text)
    }

    static func parse(_ text: ByteString, layout: ByteString, zone: TimeZoneRules) throws(HelmError) -> GoTime {
        var parser = TimeParser(layout: layout, text: text)
        return try parser.run(in: zone)
    }

    mutating func run(in zone: TimeZoneRules) throws(HelmError) -> GoTime {
        let elements = LayoutElement.elements(of: layout)
        for (index, element) in elements.enumerated() {
            if case .text(let literal) = element {
                try skip(literal)
                continue
            }
            let next = index + 1 < elements.count ? elements[index + 1] : nil
            try parse(element, next: next)
        }
        guard rest.isEmpty else { throw failure(": extra text: " + Self.quoted(rest)) }
        try resolveDate()
        if isAfternoon, hour < 12 { hour += 12 }
        if isMorning, hour == 12 { hour = 0 }
        let wall = CivilTime.seconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        return time(wall: wall, in: zone)
    }

    func time(wall: Int64, in zone: TimeZoneRules) -> GoTime {
        if isUTC { return GoTime(wall: wall, nanoseconds: nanoseconds, zone: .utc) }
        if let offset {
            let seconds = wall - Int64(offset)
            let local = zone.offset(at: seconds)
            if local.seconds == offset, zoneName == nil || zoneName == local.abbreviation {
                return GoTime(seconds: seconds, nanoseconds: nanoseconds, zone: zone)
            }
            let fixed = TimeZoneRules(
                name: zoneName ?? "", offset: UTCOffset(seconds: offset, abbreviation: zoneName ?? ""))
            return GoTime(seconds: seconds, nanoseconds: nanoseconds, zone: fixed)
        }
        if let zoneName {
            let here = GoTime(wall: wall, nanoseconds: nanoseconds, zone: zone)
            if zone.offset(at: here.seconds).abbreviation == zoneName { return here }
            let fixed = TimeZoneRules(name: zoneName, offset: UTCOffset(seconds: 0, abbreviation: zoneName))
            return GoTime(wall: wall, nanoseconds: nanoseconds, zone: fixed)
        }
        return GoTime(wall: wall, nanoseconds: nanoseconds, zone: zone)
    }

    mutating func resolveDate() throws(HelmError) {
        if yearDay >= 0 {
            let isLeap = CivilTime.daysIn(month: 2, year: year) == 29
            guard yearDay >= 1, yearDay <= (isLeap ? 366 : 365) else { throw failure(": day-of-year out of range") }
            let civil = CivilTime(
                seconds: (CivilTime.days(year: year, month: 1, day: 1) + Int64(yearDay - 1)) * 86400)
            if month >= 0, month != civil.month { throw failure(": day-of-year does not match month") }
            if day >= 0, day != civil.day { throw failure(": day-of-year does not match day") }
            (month, day) = (civil.month, civil.day)
            return
        }
        if month < 0 { month = 1 }
        if day < 0 { day = 1 }
        guard day >= 1, day <= CivilTime.daysIn(month: month, year: year) else { throw failure(": day out of range") }
    }

    // MARK: - Errors

    /// The package `time` has a quoting of its own, which writes all that isn't ASCII as bytes.
    static func quoted(_ text: ByteString) -> ByteString {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x20..<0x80: bytes.append(byte)
            default: bytes += Array("\\x".utf8) + GoQuote.hex(UInt32(byte), digits: 2)
            }
        }
        return ByteString(bytes: bytes + [UInt8(ascii: "\"")])
    }

    func failure(_ message: ByteString) -> HelmError {
        HelmError(message: "parsing time " + Self.quoted(text) + message)
    }

    func mismatch(_ element: ByteString, at value: ByteString) -> HelmError {
        HelmError(
            message: "parsing time " + Self.quoted(text) + " as " + Self.quoted(layout) + ": cannot parse "
                + Self.quoted(value) + " as " + Self.quoted(element))
    }

    // MARK: - Elements

    /// Spaces of the layout stand for any number of them.
    mutating func skip(_ literal: ByteString) throws(HelmError) {
        let space = UInt8(ascii: " ")
        var prefix = literal.bytes[...]
        while let first = prefix.first {
            if first == space {
                if !rest.isEmpty, rest.bytes.first != space { throw mismatch(literal, at: rest) }
                prefix = prefix.drop { $0 == space }
                rest = ByteString(bytes: rest.bytes.drop { $0 == space })
                continue
            }
            guard rest.bytes.first == first else { throw mismatch(literal, at: rest) }
            prefix = prefix.dropFirst()
            rest.bytes.removeFirst()
        }
    }

    mutating func parse(_ element: LayoutElement, next: LayoutElement?) throws(HelmError) {
        let hold = rest
        let name = element.layoutText
        func require(_ value: Int?) throws(HelmError) -> Int {
            guard let value else { throw mismatch(name, at: hold) }
            return value
        }
        func ranged(_ value: Int?, _ range: ClosedRange<Int>, _ what: ByteString) throws(HelmError) -> Int {
            let value = try require(value)
            guard range.contains(value) else { throw failure(": " + what + " out of range") }
            return value
        }
        switch element {
        case .text: break
        case .longYear:
            guard let first = rest.bytes.first, (0x30...0x39).contains(first) else { throw mismatch(name, at: hold) }
            year = try require(digits(4...4))
        case .year:
            let short = try require(digits(2...2))
            year = short >= 69 ? 1900 + short : 2000 + short
        case .longMonth, .shortMonth, .longWeekday, .shortWeekday: try takeName(element, name: name)
        case .month: month = try ranged(digits(1...2), 1...12, "month")
        case .zeroMonth: month = try ranged(digits(2...2), 1...12, "month")
        case .day: day = try require(digits(1...2))
        case .spaceDay:
            if rest.bytes.first == UInt8(ascii: " ") { rest.bytes.removeFirst() }
            day = try require(digits(1...2))
        case .zeroDay: day = try require(digits(2...2))
        case .spaceYearDay, .zeroYearDay:
            while rest.bytes.first == UInt8(ascii: " "), element == .spaceYearDay { rest.bytes.removeFirst() }
            yearDay = try require(digits(element == .zeroYearDay ? 3...3 : 1...3))
        case .hour: hour = try ranged(digits(1...2), 0...23, "hour")
        case .hour12: hour = try ranged(digits(1...2), 0...12, "hour")
        case .zeroHour12: hour = try ranged(digits(2...2), 0...12, "hour")
        case .minute: minute = try ranged(digits(1...2), 0...59, "minute")
        case .zeroMinute: minute = try ranged(digits(2...2), 0...59, "minute")
        case .second, .zeroSecond:
            second = try ranged(digits(element == .second ? 1...2 : 2...2), 0...59, "second")
            takeFraction(unless: next)
        case .upperNoon, .lowerNoon: try takeNoon(element == .upperNoon, name: name)
        case .zone(let isISO, let form): try takeZone(isISO: isISO, form: form, name: name)
        case .zoneName: try takeZoneName(name)
        case .fraction(let digits, let trims, _): try takeFraction(digits: digits, trims: trims, name: name)
        }
    }

    mutating func takeName(_ element: LayoutElement, name: ByteString) throws(HelmError) {
        let hold = rest
        let isMonth = element == .longMonth || element == .shortMonth
        let isShort = element == .shortMonth || element == .shortWeekday
        let names = isMonth ? CivilTime.monthNames : CivilTime.weekdayNames
        guard let index = lookUp(isShort ? names.map { String($0.prefix(3)) } : names) else {
            throw mismatch(name, at: hold)
        }
        if isMonth { month = index + 1 }
    }

    /// Between so and so many digits.
    mutating func digits(_ count: ClosedRange<Int>) -> Int? {
        let found = rest.bytes.prefix(count.upperBound).prefix { (0x30...0x39).contains($0) }
        guard found.count >= count.lowerBound else { return nil }
        rest = ByteString(bytes: rest.bytes.dropFirst(found.count))
        return found.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// A name in any case.
    mutating func lookUp(_ names: [String]) -> Int? {
        for (index, name) in names.enumerated() {
            let start = rest.bytes.prefix(name.utf8.count)
            guard start.count == name.utf8.count, zip(start, name.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
                continue
            }
            rest = ByteString(bytes: rest.bytes.dropFirst(name.utf8.count))
            return index
        }
        return nil
    }

    mutating func takeNoon(_ isUpper: Bool, name: ByteString) throws(HelmError) {
        let word = String(decoding: rest.bytes.prefix(2), as: UTF8.self)
        switch word {
        case isUpper ? "PM" : "pm": isAfternoon = true
        case isUpper ? "AM" : "am": isMorning = true
        default: throw mismatch(name, at: rest)
        }
        rest = ByteString(bytes: rest.bytes.dropFirst(2))
    }

    /// A fraction after the seconds is read even where the layout has none.
    mutating func takeFraction(unless next: LayoutElement?) {
        if case .fraction = next { return }
        guard let point = rest.bytes.first, point == UInt8(ascii: ".") || point == UInt8(ascii: ",") else { return }
        let digits = rest.bytes.dropFirst().prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return }
        setNanoseconds(digits)
        rest = ByteString(bytes: rest.bytes.dropFirst(digits.count + 1))
    }

    mutating func takeFraction(digits count: Int, trims: Bool, name: ByteString) throws(HelmError) {
        guard let point = rest.bytes.first, point == UInt8(ascii: ".") || point == UInt8(ascii: ",") else {
            if trims { return }
            throw mismatch(name, at: rest)
        }
        let all = rest.bytes.dropFirst().prefix { (0x30...0x39).contains($0) }
        let digits = trims ? all : all.prefix(count)
        guard trims ? !digits.isEmpty : digits.count == count else { throw mismatch(name, at: rest) }
        setNanoseconds(digits)
        rest = ByteString(bytes: rest.bytes.dropFirst(digits.count + 1))
    }

    mutating func setNanoseconds(_ digits: some Collection<UInt8>) {
        let nine = Array(digits.prefix(9)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 9 - digits.count))
        nanoseconds = nine.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func takeZone(isISO: Bool, form: LayoutElement.ZoneForm, name: ByteString) throws(HelmError) {
        if isISO, rest.bytes.first == UInt8(ascii: "Z") {
            rest.bytes.removeFirst()
            isUTC = true
            return
        }
        let hold = rest
        let sign = rest.bytes.first
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw mismatch(name, at: hold) }
        rest.bytes.removeFirst()
        var seconds = 0
        var isFirst = true
        let parts = form == .hours ? 1 : form == .seconds || form == .colonSeconds ? 3 : 2
        for (part, unit) in zip(0..<parts, [3600, 60, 1]) {
            if part > 0, form == .colonMinutes || form == .colonSeconds {
                guard rest.bytes.first == UInt8(ascii: ":") else { throw mismatch(name, at: hold) }
                rest.bytes.removeFirst()
            }
            guard let value = digits(2...2) else { throw mismatch(name, at: hold) }
            if value > (isFirst ? 24 : 60) {
                throw failure(
                    isFirst ? ": time zone offset hour out of range" : ": time zone offset minute out of range")
            }
            seconds += value * unit
            isFirst = false
        }
        offset = sign == UInt8(ascii: "-") ? -seconds : seconds
        // "+0000" is UTC only where the zone has that offset as well, which `time` finds out.
    }

    mutating func takeZoneName(_ name: ByteString) throws(HelmError) {
        if GoText.hasPrefix("UTC", rest) {
            isUTC = true
            rest = ByteString(bytes: rest.bytes.dropFirst(3))
            return
        }
        let upper = rest.bytes.prefix(6).prefix { (0x41...0x5a).contains($0) }
        guard (3...5).contains(upper.count), upper.count == 3 || upper.last == UInt8(ascii: "T") else {
            throw mismatch(name, at: rest)
        }
        zoneName = String(decoding: upper, as: UTF8.self)
        rest = ByteString(bytes: rest.bytes.dropFirst(upper.count))
    }
}
