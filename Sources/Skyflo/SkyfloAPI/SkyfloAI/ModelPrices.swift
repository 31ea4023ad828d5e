import KubeModel

/// What a model's tokens cost, in whatever currency: `spec.models[].prices`.
package struct ModelPrices: Sendable, Hashable {
    /// In millionths of the currency, for a million tokens.
    private let prompt: Int
    private let cached: Int
    private let completion: Int

    /// nil for prices that can't be read.
    init?(_ json: JSONValue) {
        guard let prompt = Self.millionths(json["promptPerMillion"]),
            let completion = Self.millionths(json["completionPerMillion"])
        else { return nil }
        self.prompt = prompt
        self.completion = completion
        cached = Self.millionths(json["cachedPerMillion"]) ?? prompt
    }

    /// A decimal number as text: binary fractions would make sums of money that nobody can check.
    private static func millionths(_ json: JSONValue?) -> Int? {
        let parts = (json?.string ?? "").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...6).contains(whole.count), whole.allSatisfy(\.isNumber) else { return nil }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.count <= 6, parts.count == 1 || !fraction.isEmpty else { return nil }
        return Int(whole + fraction + String(repeating: "0", count: 6 - fraction.count))
    }

    /// A decimal number as text, in 10⁻¹² of the currency; nil for what is none.
    static func amount(_ json: JSONValue?) -> Int? { millionths(json).map { $0 * 1_000_000 } }

    /// - Parameters:
    ///   - prompt: tokens, those from the provider's cache included.
    ///   - cached: of these, from the cache.
    /// - Returns: in 10⁻¹² of the currency.
    package func cost(prompt: Int, cached: Int, completion: Int) -> Int {
        let cachedTokens = min(max(cached, 0), max(prompt, 0))
        return (max(prompt, 0) - cachedTokens) * self.prompt + cachedTokens * self.cached
            + max(completion, 0) * self.completion
    }

    /// `0.012345`, exact: six decimals, or as many more as it takes.
    /// - Parameter cost: in 10⁻¹² of the currency.
    package static func text(_ cost: Int) -> String {
        let digits = String(cost % 1_000_000_000_000)
        var fraction = String(repeating: "0", count: 12 - digits.utf8.count) + digits
        while fraction.utf8.count > 6, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(cost / 1_000_000_000_000).\(fraction)"
    }
}
