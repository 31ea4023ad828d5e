/// A limit on how often something may happen: `burst` at once, then `perSecond`.
public struct TokenBucket: Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filled: Duration = .zero

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = Double(burst)
        tokens = Double(burst)
    }

    /// Takes a token, also one that is not there yet.
    /// - Returns: how long to wait for it.
    public mutating func reserve(now: Duration) -> Duration {
        refill(now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
    }

    /// Takes a token if there is one.
    public mutating func take(now: Duration) -> Bool {
        refill(now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private mutating func refill(_ now: Duration) {
        tokens = min(burst, tokens + (now - filled) / .seconds(1) * perSecond)
        filled = now
    }
}
