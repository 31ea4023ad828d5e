import KubeModel

/// What is left of a ResourceQuota, one line for all that pods use.
struct QuotaText {
    var quota: KubeObject

    /// Names of quotas for what isn't made of pods begin so.
    private static let others = [
        "count/", "services", "secrets", "configmaps", "persistentvolumeclaims", "requests.storage",
    ]

    var lines: [String] {
        let hard = quota["status", "hard"]?.object ?? quota["spec", "hard"]?.object ?? [:]
        let used = quota["status", "used"]?.object ?? [:]
        let texts = hard.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }.filter { entry in
            !Self.others.contains { entry.0.hasPrefix($0) }
        }.prefix(6).compactMap { name, limit -> String? in
            guard let limit = Self.text(limit) else { return nil }
            guard let taken = used[name].flatMap(Self.text) else { return "\(name) \(limit)" }
            let left = Amount(limit).flatMap { limit in Amount(taken).map { limit.minus($0) } }
            return left.map { "\(name) \($0) of \(limit) left" } ?? "\(name) \(taken) of \(limit) used"
        }
        return texts.isEmpty ? [] : ["ResourceQuota \(quota.name): \(texts.joined(separator: ", "))"]
    }

    private static func text(_ value: JSONValue) -> String? { value.string ?? value.int.map(String.init) }

    /// A quantity of Kubernetes, as far as quotas have them: a whole number with a suffix.
    private struct Amount {
        /// In thousandths.
        var milli: Int
        /// The unit is a power of 1024.
        var isBinary: Bool

        private static let binary = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)]
        private static let decimal = [
            ("m", 1), ("", 1000), ("k", 1_000_000), ("M", 1_000_000_000), ("G", 1_000_000_000_000),
        ]

        private init(milli: Int, isBinary: Bool) {
            self.milli = milli
            self.isBinary = isBinary
        }

        init?(_ text: String) {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let suffix = text.dropFirst(digits.count)
            guard let number = Int(digits) else { return nil }
            let power = Self.binary.first { $0.0 == suffix }?.1
            guard let scale = power.map({ 1000 << $0 }) ?? Self.decimal.first(where: { $0.0 == suffix })?.1 else {
                return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale)
            guard !overflow else { return nil }
            self.init(milli: product, isBinary: power != nil)
        }

        /// More may be used than there is.
        func minus(_ other: Amount) -> String {
            let left = max(0, milli - other.milli)
            if isBinary, left > 0, let unit = Self.binary.first(where: { left % (1000 << $0.1) == 0 }) {
                return "\(left / (1000 << unit.1))\(unit.0)"
            }
            return left % 1000 == 0 ? "\(left / 1000)" : "\(left)m"
        }
    }
}
