import Concurrency
public import KubeModel

/// Decides whether a request is sent again. A value without I/O: ``KubeClient`` asks and acts.
///
/// A request is repeated only where the server did nothing with it: after 429 (flow control refuses before it acts,
/// KEP-1040), and for GETs also after 500, 502, 503, 504 and broken connections. A write is never repeated after those:
/// it may have been done, and only the caller knows whether doing it twice is harmless.
public struct RetryPolicy: Sendable, Hashable {
    /// The number of tries in all when the server answers 429.
    public var maximumThrottledTries: Int
    /// The number of tries in all of a GET that fails.
    public var maximumTries: Int
    /// The wait before the second try; doubled for each further one.
    public var baseDelay: Duration
    /// The longest wait. A `Retry-After` beyond it is the caller's to keep: trying earlier than the server asked for
    /// only adds to its load.
    public var maximumDelay: Duration

    /// Makes a policy; by default a throttled request is tried five times in all, and a failed GET three times.
    public init(
        maximumThrottledTries: Int = 5, maximumTries: Int = 3, baseDelay: Duration = .milliseconds(200),
        maximumDelay: Duration = .seconds(10)
    ) {
        self.maximumThrottledTries = maximumThrottledTries
        self.maximumTries = maximumTries
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
    }

    /// A policy that sends every request once.
    public static let never = RetryPolicy(maximumThrottledTries: 1, maximumTries: 1)

    /// The end of a try.
    public enum Outcome: Sendable, Hashable {
        /// The server answered with that HTTP status; `retryAfter` are the seconds that it asks to wait, if it does.
        case answer(status: Int, retryAfter: Int?)
        /// No answer came, or none that was complete.
        case failure(KubeClientError.Code)
    }

    /// The next step after a try.
    public enum Decision: Sendable, Hashable {
        /// The request is to be sent again after that time.
        case retry(after: Duration)
        /// The outcome is the caller's.
        case giveUp
    }

    /// Decides what to do after a try.
    ///
    /// - Parameters:
    ///   - method: The method of the request, which decides whether it may be repeated after a failure.
    ///   - attempt: How often the request was sent so far, 1 after the first time.
    ///   - outcome: How the last try ended.
    ///   - remaining: The time until the request's deadline. A wait beyond it would turn a clear answer into a timeout.
    ///   - jitter: A number in 0..<1, which spreads clients that were refused together.
    /// - Returns: Whether to send it again, and after which time.
    public func decide(
        method: KubeRequest.Method, attempt: Int, outcome: Outcome, remaining: Duration,
        jitter: Double = .random(in: 0..<1)
    ) -> Decision {
        guard attempt < tries(method, outcome: outcome) else { return .giveUp }
        let delay: Duration
        if case .answer(_, let seconds?) = outcome, seconds > 0 {
            guard Duration.seconds(seconds) <= maximumDelay else { return .giveUp }
            // Never earlier than asked for.
            delay = .seconds(seconds) + .milliseconds(250) * jitter
        } else {
            let backoff = Backoff(base: baseDelay, maximum: maximumDelay, jitter: 0.5)
            delay = backoff.delay(failures: attempt, random: 1 - jitter)
        }
        return delay < remaining ? .retry(after: delay) : .giveUp
    }

    private func tries(_ method: KubeRequest.Method, outcome: Outcome) -> Int {
        switch outcome {
        case .answer(status: 429, _): maximumThrottledTries
        case .answer(let status, _) where method == .get && [500, 502, 503, 504].contains(status): maximumTries
        case .failure(.unreachable) where method == .get: maximumTries
        default: 1
        }
    }
}
