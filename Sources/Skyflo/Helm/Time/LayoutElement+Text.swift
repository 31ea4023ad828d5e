extension LayoutElement {
    /// The element as layouts have it.
    var layoutText: ByteString {
        switch self {
        case .text(let text): text
        case .longMonth: "January"
        case .shortMonth: "Jan"
        case .month: "1"
        case .zeroMonth: "01"
        case .longWeekday: "Monday"
        case .shortWeekday: "Mon"
        case .day: "2"
        case .spaceDay: "_2"
        case .zeroDay: "02"
        case .spaceYearDay: "__2"
        case .zeroYearDay: "002"
        case .hour: "15"
        case .hour12: "3"
        case .zeroHour12: "03"
        case .minute: "4"
        case .zeroMinute: "04"
        case .second: "5"
        case .zeroSecond: "05"
        case .longYear: "2006"
        case .year: "06"
        case .upperNoon: "PM"
        case .lowerNoon: "pm"
        case .zoneName: "MST"
        case .zone(let isISO, let form): (isISO ? "Z" : "-") + form.layoutText
        case .fraction(let digits, let trims, let separator):
            ByteString(bytes: [separator] + Array(repeating: UInt8(ascii: trims ? "9" : "0"), count: digits))
        }
    }
}

extension LayoutElement.ZoneForm {
    fileprivate var layoutText: ByteString {
        switch self {
        case .hours: "07"
        case .minutes: "0700"
        case .colonMinutes: "07:00"
        case .seconds: "070000"
        case .colonSeconds: "07:00:00"
        }
    }
}
