import Concurrency
import Synchronization

/// How often an address may try to sign in: some times at once, then one every few seconds.
final class SignInLimiter: Sendable {
    private struct State: Sendable {
        var buckets: [String: TokenBucket] = [:]
    }

    /// Addresses that are remembered. When there are more, all start anew.
    private static let addresses = 4096

    private let burst: Int
    private let perSecond: Double
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    init(burst: Int = 10, perSecond: Double = 0.2) {
        self.burst = burst
        self.perSecond = perSecond
    }

    func allows(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return state.withLock { state in
            if state.buckets.count >= Self.addresses, state.buckets[address] == nil { state.buckets = [:] }
            return state.buckets[address, default: TokenBucket(perSecond: perSecond, burst: burst)].take(now: now)
        }
    }
}
