import Concurrency
import Synchronization

/// Keeps requests to a rate. Those beyond it wait for their turn, in the order in which they came.
final class RateLimiter: Sendable {
    private let start = ContinuousClock.now
    private let bucket: Mutex<TokenBucket>

    init(_ limit: KubeClient.Options.RateLimit) {
        bucket = Mutex(TokenBucket(perSecond: limit.perSecond, burst: limit.burst))
    }

    /// Waits for the caller's turn. `CancellationError` is thrown when the task is cancelled; the turn is then lost,
    /// not given to another.
    func wait() async throws {
        let delay = bucket.withLock { $0.reserve(now: start.duration(to: .now)) }
        if delay > .zero { try await Concurrency.sleep(for: delay) }
    }
}
