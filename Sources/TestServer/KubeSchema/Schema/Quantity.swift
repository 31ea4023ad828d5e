public import KubeModel

/// A number with an SI or binary suffix or an exponent (`k8s.io/apimachinery/pkg/api/resource`).
public struct Quantity: Sendable, Comparable, CustomStringConvertible {
    private enum Format: Sendable { case decimal, binary, exponent }

    /// The number in billionths, the smallest unit that a quantity can have.
    private let nanos: Int128
    private let format: Format

    private static let one: Int128 = 1_000_000_000
    private static let decimals: [(suffix: String, scale: Int128)] = [
        ("E", one * 1_000_000_000_000_000_000), ("P", one * 1_000_000_000_000_000), ("T", one * 1_000_000_000_000),
        ("G", one * 1_000_000_000), ("M", one * 1_000_000), ("k", one * 1000), ("", one), ("m", 1_000_000),
        ("u", 1000), ("n", 1),
    ]
    private static let binaries: [(suffix: String, scale: Int128)] = [
        ("Ei", one << 60), ("Pi", one << 50), ("Ti", one << 40), ("Gi", one << 30), ("Mi", one << 20),
        ("Ki", one << 10),
    ]

    private init(nanos: Int128, format: Format) {
        self.nanos = nanos
        self.format = format
    }

    /// Reads a text; nil for what is no quantity, and for one that is too large to be told.
    public init?(_ text: String) {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
        let whole = rest.prefix { ("0"..."9").contains($0) }
        rest = rest[whole.endIndex...]
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { ("0"..."9").contains($0) }
            rest = rest[fraction.endIndex...]
        }
        guard let (scale, format) = Self.scale(rest), let digits = Int128(whole + fraction.prefix(9)) else {
            return nil
        }
        let (product, isTooLarge) = digits.multipliedReportingOverflow(by: scale)
        if isTooLarge { return nil }
        let divisor = (0..<min(9, fraction.count)).reduce(Int128(1)) { result, _ in result * 10 }
        self.init(nanos: (isNegative ? -product : product) / divisor, format: format)
    }

    /// Reads a text or a number; nil for anything else.
    public init?(_ json: JSONValue?) {
        switch json {
        case .string(let text): self.init(text)
        case .int, .double: self.init(json?.description ?? "")
        default: return nil
        }
    }

    private static func scale(_ suffix: Substring) -> (Int128, Format)? {
        if let known = decimals.first(where: { $0.suffix == suffix }) { return (known.scale, .decimal) }
        if let known = binaries.first(where: { $0.suffix == suffix }) { return (known.scale, .binary) }
        guard let first = suffix.first, "eE".contains(first), let exponent = Int(suffix.dropFirst()),
            (-9...18).contains(exponent)
        else { return nil }
        return ((0..<(exponent + 9)).reduce(Int128(1)) { scale, _ in scale * 10 }, .exponent)
    }

    /// The canonical form: no fraction, and the largest suffix that allows it, such as `1500m` for `1.5`.
    public var description: String {
        if nanos == 0 { return "0" }
        if format == .binary, nanos % Self.one == 0 {
            let unit = Self.binaries.first { nanos % $0.scale == 0 } ?? ("", Self.one)
            return "\(nanos / unit.scale)\(unit.suffix)"
        }
        if format == .exponent, nanos % Self.one == 0 {
            var (value, exponent) = (nanos / Self.one, 0)
            while value % 1000 == 0 { (value, exponent) = (value / 1000, exponent + 3) }
            return exponent == 0 ? "\(value)" : "\(value)e\(exponent)"
        }
        guard let unit = Self.decimals.first(where: { nanos % $0.scale == 0 }) else { return "\(nanos)n" }
        return "\(nanos / unit.scale)\(unit.suffix)"
    }

    /// Whether both are the same number, in whatever form: `1` and `1000m` are.
    public static func == (a: Quantity, b: Quantity) -> Bool { a.nanos == b.nanos }
    /// Whether the first is the smaller number.
    public static func < (a: Quantity, b: Quantity) -> Bool { a.nanos < b.nanos }
    /// The sum, in the form of the first one that isn't zero.
    public static func + (a: Quantity, b: Quantity) -> Quantity {
        Quantity(nanos: a.nanos + b.nanos, format: a.nanos == 0 ? b.format : a.format)
    }
    /// The ratio of the first to the second; infinity where the second is zero.
    public static func / (a: Quantity, b: Quantity) -> Double {
        b.nanos == 0 ? .infinity : Double(a.nanos) / Double(b.nanos)
    }

    /// The quantity `0`.
    public static let zero = Quantity(nanos: 0, format: .decimal)

    /// Makes a whole number.
    public init(_ count: Int) { self.init(nanos: Int128(count) * Self.one, format: .decimal) }

    /// The number as floating point.
    public var value: Double { Double(nanos) / Double(Self.one) }
}
