/// Durations as Go writes them: `1h30m`, `1.5s`, `-300ms`. In nanoseconds.
enum CELDuration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// The nanoseconds of a duration; nil for anything else, and for more than about 292 years.
    static func parse(_ text: String) -> Int64? {
        var rest = text[...]
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            rest.removeFirst()
        }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard let amount = Double(digits), let size = units.first(where: { $0.name == unit }) else { return nil }
            total += amount * size.nanoseconds
        }
        return Int64(exactly: (sign * total).rounded())
    }

    /// The duration in seconds, as `string(duration)` gives it.
    static func text(_ nanoseconds: Int64) -> String {
        "\(SchemaValidation.text(Double(nanoseconds) / 1e9))s"
    }
}
