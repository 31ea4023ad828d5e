import Concurrency
import Synchronization

/// Knows when a client that takes nothing is given up.
final class StallWatch: Sendable {
    private let limits: LiveServerLimits
    private let metrics: LiveMetrics
    private let writingSince = Mutex<ContinuousClock.Instant?>(nil)

    init(_ limits: LiveServerLimits, metrics: LiveMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    func beginWrite() { writingSince.withLock { $0 = .now } }
    func endWrite() { writingSince.withLock { $0 = nil } }

    /// Whether a write has waited for too long; that is counted, and the connection is to be ended.
    func givesUp() -> Bool {
        guard let since = writingSince.withLock({ $0 }), since.duration(to: .now) > limits.stall else { return false }
        metrics.gaveUp()
        return true
    }

    /// Watches over work that nobody else watches over.
    ///
    /// - Parameters:
    ///   - abort: ends the connection, so that a write that waits fails.
    ///   - work: says when each of its writes begins and ends.
    @concurrent func run(
        abort: @escaping @Sendable () -> Void, work: @concurrent () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.watch(abort: abort) }
            defer { group.cancelAll() }
            try await work()
        }
    }

    private func watch(abort: @Sendable () -> Void) async throws {
        while true {
            try await Concurrency.sleep(for: limits.tick)
            if givesUp() { return abort() }
        }
    }
}
