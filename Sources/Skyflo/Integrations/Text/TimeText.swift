import KubeModel

/// Times and durations as people write them, with the units of Prometheus.
package enum TimeText {
    /// What can be sent and shown, in seconds since 1970: years of four digits.
    static let range: ClosedRange<Double> = 0...253_402_300_799

    private static let units: [(name: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
        ("y", 31_536_000_000),
    ]

    /// `90s`, `1h30m`, `7d`, `2w`, in milliseconds; nil for anything else, and for nothing.
    package static func milliseconds(_ text: String) -> Int? {
        var (total, rest) = (0, text[...])
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Int(digits), let size = units.first(where: { $0.name == unit })?.milliseconds else {
                return nil
            }
            let (product, isTooLong) = number.multipliedReportingOverflow(by: size)
            let (sum, isTooMuch) = total.addingReportingOverflow(product)
            guard !isTooLong, !isTooMuch else { return nil }
            total = sum
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return total > 0 ? total : nil
    }

    /// A moment in seconds since 1970: `now`, `1h`, `-1h`, `now-1h` and `1h ago` for an hour ago, `now+5m`, RFC 3339, or
    /// seconds since 1970.
    ///
    /// - Returns: nil for anything else.
    package static func moment(_ text: String, now: Double) -> Double? {
        var word = text.lowercased().filter { !$0.isWhitespace }[...]
        if word == "now" { return now }
        if let time = KubeTime(text.uppercased()) { return within(Double(time.microseconds) / 1_000_000) }
        if let seconds = Double(word), seconds.isFinite, word.first?.isNumber == true {
            // What is written in milliseconds is meant so: in seconds it would be in the year 5000 at least.
            return within(seconds > 100_000_000_000 ? seconds / 1000 : seconds)
        }
        var sign = -1.0
        if word.hasPrefix("now") { word = word.dropFirst(3) }
        if word.hasSuffix("ago") { word = word.dropLast(3) }
        if word.first == "-" || word.first == "+" {
            sign = word.first == "-" ? -1 : 1
            word = word.dropFirst()
        }
        return milliseconds(String(word)).flatMap { within(now + sign * Double($0) / 1000) }
    }

    private static func within(_ time: Double) -> Double? { range.contains(time) ? time : nil }

    /// With milliseconds where there are some.
    static func text(_ time: Double) -> String {
        let milliseconds = Int((time * 1000).rounded())
        let rest = milliseconds % 1000
        if rest == 0 { return String(milliseconds / 1000) }
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - String(rest).count) + String(rest)
    }

    /// `2026-11-30T21:10:46Z`
    package static func shown(_ time: Double) -> String {
        range.contains(time) ? KubeTime(seconds: time.rounded(.down)).description : "?"
    }
}
