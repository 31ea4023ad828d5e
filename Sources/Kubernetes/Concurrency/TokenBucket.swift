/// A limit on how often something may happen: `burst` at once, then `perSecond`.
public struct TokenBucket: Sendable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filled: Duration = .zero

    /// Makes a full bucket: `burst` tokens are available at once, and `perSecond` new ones come each second, up to
    /// `burst`.
    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = Double(burst)
        tokens = Double(burst)
    }

    /// Takes a token, also one that isn't available yet, and returns how long to wait for it. `now` is the time on any
    /// clock that never goes back.
    public mutating func reserve(now: Duration) -> Duration {
        refill(now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
    }

    /// Takes a token if one is available, and returns whether it did. `now` is the time on any clock that never goes
    /// back.
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
