import KubeModel

/// A quantity of Kubernetes (`250m`, `12345678n`, `64Mi`, `1.5`, `2e3`) as a number of cores or bytes.
struct ResourceAmount: Sendable, Comparable {
    var value: Double

    static let zero = ResourceAmount(value: 0)

    private static let scales: [String: Double] = [
        "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
        "Ki": 1024, "Mi": 1_048_576, "Gi": 1_073_741_824, "Ti": 1_099_511_627_776, "Pi": 1_125_899_906_842_624,
        "Ei": 1_152_921_504_606_846_976,
    ]

    init(value: Double) { self.value = value }

    /// nil for what is no quantity.
    init?(_ json: JSONValue?) {
        guard let text = json?.string ?? json?.double.map({ "\($0)" }) else { return nil }
        if let number = Double(text), number.isFinite {
            value = number
            return
        }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }
        guard let number = Double(digits), number.isFinite,
            let scale = Self.scales[String(text.dropFirst(digits.count))]
        else { return nil }
        value = number * scale
    }

    static func < (a: ResourceAmount, b: ResourceAmount) -> Bool { a.value < b.value }
    static func + (a: ResourceAmount, b: ResourceAmount) -> ResourceAmount {
        ResourceAmount(value: a.value + b.value)
    }

    /// As kubectl prints cores: in thousandths, rounded up.
    var cores: String { "\(Self.whole((value * 1000 - 1e-6).rounded(.up)))m" }

    /// As kubectl prints bytes.
    var mebibytes: String { "\(Self.whole((value / 1_048_576).rounded(.down)))Mi" }

    /// `12%`; nil of nothing.
    func percent(of total: ResourceAmount?) -> String? {
        guard let total, total.value > 0 else { return nil }
        return "\(Self.whole((value / total.value * 100).rounded(.down)))%"
    }

    private static func whole(_ number: Double) -> Int { Int(exactly: max(0, number.rounded())) ?? .max }
}
