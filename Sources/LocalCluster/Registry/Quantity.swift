/// A number with an SI or binary suffix or an exponent (`k8s.io/apimachinery/pkg/api/resource`), to be compared.
struct Quantity: Sendable, Comparable {
    /// As it was written: messages show it.
    let text: String
    /// In billionths, the smallest unit there is.
    private let nanos: Int128

    private static let scales: [Substring: Int128] = [
        "n": 1, "u": 1_000, "m": 1_000_000, "": 1_000_000_000, "k": 1_000_000_000_000, "M": 1_000_000_000_000_000,
        "G": 1_000_000_000_000_000_000, "T": 1_000_000_000_000_000_000_000, "P": 1_000_000_000_000_000_000_000_000,
        "E": 1_000_000_000_000_000_000_000_000_000, "Ki": 1_000_000_000 << 10, "Mi": 1_000_000_000 << 20,
        "Gi": 1_000_000_000 << 30, "Ti": 1_000_000_000 << 40, "Pi": 1_000_000_000 << 50, "Ei": 1_000_000_000 << 60,
    ]

    /// nil for what is no quantity, or too large to be told.
    init?(_ text: String) {
        self.text = text
        var rest = text[...]
        let isNegative = rest.first == "-"
        if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
        let whole = rest.prefix { $0.isNumber }
        rest = rest[whole.endIndex...]
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isNumber }
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty, var scale = Self.scale(rest),
            let digits = Int128(String(whole + fraction.prefix(9)))
        else { return nil }
        for _ in 0..<min(9, fraction.count) { scale /= 10 }
        let (product, isTooLarge) = digits.multipliedReportingOverflow(by: scale)
        if isTooLarge { return nil }
        nanos = isNegative ? -product : product
    }

    private static func scale(_ suffix: Substring) -> Int128? {
        if let known = scales[suffix] { return known }
        guard let first = suffix.first, "eE".contains(first), let exponent = Int(suffix.dropFirst()) else { return nil }
        guard (-9...18).contains(exponent) else { return nil }
        return (0..<(exponent + 9)).reduce(Int128(1)) { scale, _ in scale * 10 }
    }

    init?(_ value: String?) {
        guard let value else { return nil }
        self.init(value)
    }

    private init(nanos: Int128) {
        self.nanos = nanos
        let whole = nanos / 1_000_000_000
        text = nanos % 1_000_000_000 == 0 ? String(whole) : "\(nanos / 1_000_000)m"
    }

    static func == (a: Quantity, b: Quantity) -> Bool { a.nanos == b.nanos }
    static func < (a: Quantity, b: Quantity) -> Bool { a.nanos < b.nanos }
    static func + (a: Quantity, b: Quantity) -> Quantity { Quantity(nanos: a.nanos + b.nanos) }
    static func / (a: Quantity, b: Quantity) -> Double { b.nanos == 0 ? .infinity : Double(a.nanos) / Double(b.nanos) }
}
