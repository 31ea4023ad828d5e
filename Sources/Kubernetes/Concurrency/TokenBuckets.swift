/// A limit on how often something may happen, for each of many: addresses, say.
public struct TokenBuckets: Sendable {
    private let perSecond: Double
    private let burst: Int
    private let limit: Int
    private var buckets: [String: TokenBucket] = [:]

    /// Makes full buckets of ``TokenBucket``'s kind. At most `limit` keys are remembered; when there are more, all start
    /// anew.
    public init(perSecond: Double, burst: Int, limit: Int = 4096) {
        self.perSecond = perSecond
        self.burst = burst
        self.limit = limit
    }

    /// Takes a token of this key if one is available, and returns whether it did. `now` is the time on any clock that
    /// never goes back.
    public mutating func take(for key: String, now: Duration) -> Bool {
        if buckets.count >= limit, buckets[key] == nil { buckets = [:] }
        return buckets[key, default: TokenBucket(perSecond: perSecond, burst: burst)].take(now: now)
    }
}
