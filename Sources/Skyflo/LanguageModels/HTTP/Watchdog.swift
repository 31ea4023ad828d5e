import Concurrency
import Synchronization

/// Ends a request that takes too long as a whole, whose reply doesn't begin, or whose reply stops in the middle. Waits between
/// two attempts are none of it.
final class Watchdog: Sendable {
    private struct Attempt {
        var start: ContinuousClock.Instant
        /// When bytes came last.
        var lastSign: ContinuousClock.Instant
        var hasBegun = false
    }

    private struct State {
        /// nil between two attempts.
        var attempt: Attempt?
        /// What the last attempt failed of.
        var failure: String?
    }

    private let start = ContinuousClock.now
    private let limits: ModelOptions.Timeouts
    private let host: String
    private let state = Mutex(State())

    /// - Parameter host: how messages name the endpoint.
    init(_ limits: ModelOptions.Timeouts, host: String) {
        self.limits = limits
        self.host = host
    }

    var elapsed: Duration { start.duration(to: .now) }

    /// What is left of the whole.
    var remaining: Duration { limits.reply - elapsed }

    /// A request is being sent.
    func begin() {
        state.withLock { state in
            let now = ContinuousClock.now
            state.attempt = Attempt(start: now, lastSign: now)
        }
    }

    /// Bytes arrived.
    ///
    /// - Parameter isToken: whether the reply grew by them. Comments and empty pieces show that the server lives, while it
    ///   reads the prompt or thinks.
    func sign(isToken: Bool) {
        state.withLock { state in
            state.attempt?.lastSign = .now
            if isToken { state.attempt?.hasBegun = true }
        }
    }

    /// The attempt is over. A wait follows, or the end.
    func pause(after failure: String) {
        state.withLock { state in
            state.attempt = nil
            state.failure = failure
        }
    }

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
            // A limit may begin at any moment, so look again when one could be over.
            let step = ContinuousClock.now.advanced(by: min(limits.firstToken, limits.silence))
            try await Concurrency.sleep(until: min(deadline, step))
        }
    }

    private func next() -> (ContinuousClock.Instant, LanguageModelError) {
        let state = state.withLock { $0 }
        let whole = start.advanced(by: limits.reply)
        if let attempt = state.attempt {
            let silence = attempt.lastSign.advanced(by: limits.silence)
            let first = attempt.start.advanced(by: limits.firstToken)
            if attempt.hasBegun, silence < whole {
                return (silence, .init(.timeout, message: "the model's reply stalled for \(field("silence"))"))
            }
            if !attempt.hasBegun, max(first, silence) < whole {
                let text = "the model endpoint \(host) didn't begin to answer within \(field("firstToken"))"
                return (max(first, silence), .init(.timeout, message: text))
            }
        }
        let last = state.failure.map { "; the last try failed: \($0)" } ?? ""
        return (whole, .init(.timeout, message: "the model didn't finish its reply within \(field("reply"))\(last)"))
    }

    /// A limit with the field that sets it.
    private func field(_ name: String) -> String {
        let limit =
            switch name {
            case "silence": limits.silence
            case "firstToken": limits.firstToken
            default: limits.reply
            }
        return "\(limit.seconds) s (timeouts.\(name)Seconds of the model in the SkyfloAI)"
    }
}

extension Duration {
    /// Rounded to milliseconds, without a fraction where there is none.
    var seconds: String {
        let milliseconds = Int((self / .milliseconds(1)).rounded())
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
    }
}
