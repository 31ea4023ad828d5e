import Concurrency
import Synchronization

/// How often an address may try to sign in: some times at once, then one every few seconds.
final class SignInLimiter: Sendable {
    private let start = ContinuousClock.now
    private let addresses: Mutex<TokenBuckets>

    init(burst: Int = 10, perSecond: Double = 0.2) {
        addresses = Mutex(TokenBuckets(perSecond: perSecond, burst: burst))
    }

    func allows(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return addresses.withLock { $0.take(for: address, now: now) }
    }
}
