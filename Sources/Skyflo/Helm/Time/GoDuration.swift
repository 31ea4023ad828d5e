/// `time.Duration`: nanoseconds.
enum GoDuration {
    static let second: Int64 = 1_000_000_000

    /// `1h2m3.5s`
    static func text(_ nanoseconds: Int64) -> ByteString {
        guard nanoseconds != 0 else { return "0s" }
        let magnitude = nanoseconds.magnitude
        let sign: ByteString = nanoseconds < 0 ? "-" : ""
        if magnitude < UInt64(second) {
            switch magnitude {
            case ..<1000: return sign + ByteString("\(magnitude)ns")
            case ..<1_000_000: return sign + decimal(magnitude, places: 3) + "µs"
            default: return sign + decimal(magnitude, places: 6) + "ms"
            }
        }
        let seconds = magnitude / UInt64(second)
        var result = decimal(magnitude % (60 * UInt64(second)), places: 9) + "s"
        if seconds >= 60 { result = ByteString("\(seconds / 60 % 60)m") + result }
        if seconds >= 3600 { result = ByteString("\(seconds / 3600)h") + result }
        return sign + result
    }

    private static func decimal(_ value: UInt64, places: Int) -> ByteString {
        var unit: UInt64 = 1
        for _ in 0..<places { unit *= 10 }
        var fraction = Array(GoTime.padded(Int(value % unit), places).bytes)
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        let whole = ByteString(String(value / unit))
        return fraction.isEmpty ? whole : whole + "." + ByteString(bytes: fraction)
    }

    private static let units: [ByteString: UInt64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    /// `time.ParseDuration`
    static func parse(_ text: ByteString) throws(HelmError) -> Int64 {
        let invalid = HelmError(message: "time: invalid duration " + GoQuote.quoted(text))
        var rest = text.bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { throw invalid }
        let limit = UInt64(1) << 63
        var total: UInt64 = 0
        while !rest.isEmpty {
            let (value, scaled) = try number(&rest, invalid: invalid)
            let name = rest.prefix { $0 != UInt8(ascii: ".") && !(0x30...0x39).contains($0) }
            guard !name.isEmpty else {
                throw HelmError(message: "time: missing unit in duration " + GoQuote.quoted(text))
            }
            let unitName = ByteString(bytes: name)
            guard let unit = units[unitName] else {
                throw HelmError(
                    message: "time: unknown unit " + GoQuote.quoted(unitName) + " in duration " + GoQuote.quoted(text))
            }
            rest = rest.dropFirst(name.count)
            guard value <= limit / unit else { throw invalid }
            let (sum, overflow) = total.addingReportingOverflow(value * unit + UInt64(scaled * Double(unit)))
            guard !overflow, sum <= limit else { throw invalid }
            total = sum
        }
        if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
        guard total < limit else { throw invalid }
        return Int64(total)
    }

    /// Digits, and what is after the point as a part of 1.
    private static func number(_ rest: inout ArraySlice<UInt8>, invalid: HelmError) throws(HelmError) -> (
        UInt64, Double
    ) {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        guard digits.isEmpty || UInt64(String(decoding: digits, as: UTF8.self)) != nil else { throw invalid }
        let value = UInt64(String(decoding: digits, as: UTF8.self)) ?? 0
        guard value <= UInt64(1) << 63 else { throw invalid }
        guard rest.first == UInt8(ascii: ".") else {
            guard !digits.isEmpty else { throw invalid }
            return (value, 0)
        }
        let fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(fraction.count + 1)
        guard !digits.isEmpty || !fraction.isEmpty else { throw invalid }
        return (value, Double("0." + String(decoding: fraction, as: UTF8.self) + "0") ?? 0)
    }

    /// To the nearest multiple, halves away from zero.
    static func rounded(_ value: Int64, to unit: Int64) -> Int64 {
        guard unit > 0 else { return value }
        let rest = value % unit
        if rest.magnitude &+ rest.magnitude < UInt64(unit) { return value - rest }
        let (result, overflow) =
            value < 0
            ? (value - rest).subtractingReportingOverflow(unit) : (value - rest).addingReportingOverflow(unit)
        return overflow ? (value < 0 ? .min : .max) : result
    }

    static func truncated(_ value: Int64, to unit: Int64) -> Int64 {
        unit > 0 ? value - value % unit : value
    }

    /// Whole units and the rest are divided apart, as Go does, which rounds otherwise than one division.
    static func float(_ nanoseconds: Int64, per unit: Int64) -> Double {
        Double(nanoseconds / unit) + Double(nanoseconds % unit) / Double(unit)
    }

    /// The value of templates.
    static func value(_ nanoseconds: Int64) -> HelmValue {
        .object(DurationObject(nanoseconds))
    }
}

/// A `time.Duration` of a template.
package final class DurationObject: HelmObject {
    let nanoseconds: Int64

    init(_ nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    override package var typeName: String { "time.Duration" }
    override package var kind: HelmKind { .int64 }
    override package var printed: ByteString { GoDuration.text(nanoseconds) }
    override package var hasText: Bool { true }
    override package var isTrue: Bool { nanoseconds != 0 }
    override package var plain: HelmValue { .int64(nanoseconds) }

    override package func isEqual(to other: HelmObject) -> Bool {
        (other as? DurationObject)?.nanoseconds == nanoseconds
    }

    override func method(_ name: ByteString) -> TemplateFunction? {
        let value = nanoseconds
        let result: HelmValue
        switch name {
        case "String": result = .string(GoDuration.text(value))
        case "Nanoseconds": result = .int64(value)
        case "Microseconds": result = .int64(value / 1000)
        case "Milliseconds": result = .int64(value / 1_000_000)
        case "Seconds": result = .float64(GoDuration.float(value, per: GoDuration.second))
        case "Minutes": result = .float64(GoDuration.float(value, per: 60 * GoDuration.second))
        case "Hours": result = .float64(GoDuration.float(value, per: 3600 * GoDuration.second))
        case "Abs": result = GoDuration.value(value == .min ? .max : abs(value))
        default: return nil
        }
        return TemplateFunction([], body: .plain { _, _ in result })
    }
}
