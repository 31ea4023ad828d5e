import Concurrency
import Synchronization

/// Ends an operation that takes too long as a whole, or that shows no sign of life for too long.
final class Watchdog: Sendable {
    private let start = ContinuousClock.now
    private let total: Duration
    private let idle: Duration
    private let lastSign = Mutex<ContinuousClock.Instant?>(nil)

    init(total: Duration, idle: Duration) {
        self.total = total
        self.idle = idle
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// What is left of the whole.
    var remaining: Duration { total - elapsed }

    /// Something arrived. From the first sign on, the next must come within the idle time.
    func sign() { lastSign.withLock { $0 = .now } }

    /// Runs the operation; cancels it, waits for its end and throws `timeout` when the time is over.
    func run<Result: Sendable>(_ operation: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await operation() }
            group.addTask { throw try await self.expiry() }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    /// Returns when the time is over.
    private func expiry() async throws -> LanguageModelError {
        while true {
            let (deadline, error) = next()
            if deadline <= .now { return error }
            try await Concurrency.sleep(until: deadline)
        }
    }

    private func next() -> (ContinuousClock.Instant, LanguageModelError) {
        let whole = start.advanced(by: total)
        let silence = lastSign.withLock { $0 }?.advanced(by: idle)
        if let silence, silence < whole {
            return (silence, LanguageModelError(.timeout, message: "the model's reply stalled for \(idle)"))
        }
        // Before the first sign an idle deadline may begin at any moment, so look again when one could be over.
        let check = silence == nil ? min(whole, .now.advanced(by: idle)) : whole
        return (check, LanguageModelError(.timeout, message: "the model didn't finish its reply within \(total)"))
    }
}
