import Concurrency

/// When a request to a model is sent again, and after how long.
///
/// A reply has no effect before it is whole, so asking twice costs money and nothing else.
package struct ModelRetryPolicy: Sendable, Hashable {
    /// How often a request is sent again that the provider answers with "later"; 0 for never.
    package var maxRetries: Int
    /// How often without a connection. A server that restarts is met, one that isn't there is told within seconds.
    package var maxConnectionRetries: Int
    /// How often a reply is asked for again that broke off.
    package var maxBrokenReplies: Int
    /// The first wait, doubled with each further one.
    package var base: Duration
    /// No computed wait is longer.
    package var maxDelay: Duration
    /// Where a provider asks to wait longer than this, the request fails at once.
    package var maxRetryAfter: Duration
    /// How long connections are tried for, from the first that failed on.
    package var connectionPatience: Duration
    /// For how long a provider is asked again that refuses requests as too many and doesn't say when it will take one, from the
    /// first refusal on. Limits are by the minute most of the time, or by the turns of others.
    package var limitPatience: Duration
    /// No wait of those is longer.
    package var maxLimitDelay: Duration

    package init(
        maxRetries: Int = 5, maxConnectionRetries: Int = 4, maxBrokenReplies: Int = 2,
        base: Duration = .milliseconds(500), maxDelay: Duration = .seconds(20), maxRetryAfter: Duration = .seconds(300),
        connectionPatience: Duration = .seconds(8), limitPatience: Duration = .seconds(420),
        maxLimitDelay: Duration = .seconds(60)
    ) {
        self.limitPatience = limitPatience
        self.maxLimitDelay = maxLimitDelay
        self.maxRetries = maxRetries
        self.maxConnectionRetries = maxConnectionRetries
        self.maxBrokenReplies = maxBrokenReplies
        self.base = base
        self.maxDelay = maxDelay
        self.maxRetryAfter = maxRetryAfter
        self.connectionPatience = connectionPatience
    }

    /// Never again.
    package static let none = ModelRetryPolicy(maxRetries: 0, maxConnectionRetries: 0, maxBrokenReplies: 0)
}

/// What has failed of a request so far, and what follows from it.
struct RetryState: Sendable {
    private enum Kind: Hashable { case busy, limited, connection, broken, loading }

    private let policy: ModelRetryPolicy
    /// How long a server may load its model.
    private let loadingPatience: Duration
    private var retries: [Kind: Int] = [:]
    /// When the kind failed first, from the request's start.
    private var firstFailure: [Kind: Duration] = [:]
    private(set) var tries = 0

    init(_ policy: ModelRetryPolicy, loadingPatience: Duration) {
        self.policy = policy
        self.loadingPatience = loadingPatience
    }

    private static func kind(_ error: LanguageModelError) -> Kind? {
        switch error.code {
        case .rateLimited where error.retryAfter == nil: .limited
        case .rateLimited, .unavailable, .overloaded: .busy
        case .unreachable: .connection
        case .incomplete: .broken
        case .loading: .loading
        default: nil
        }
    }

    /// How long to wait before the next try; nil to give up.
    ///
    /// - Parameters:
    ///   - elapsed: since the request's start.
    ///   - remaining: of the time for the whole reply. To wait past it would hide what really went wrong.
    ///   - jitter: 0 to 1. The upper half of the wait is scaled by it, so that clients that failed together don't come
    ///     back together.
    mutating func delay(
        after error: LanguageModelError, elapsed: Duration, remaining: Duration, jitter: Double
    ) -> Duration? {
        tries += 1
        guard let kind = Self.kind(error) else { return nil }
        let done = retries[kind, default: 0]
        retries[kind] = done + 1
        let first = firstFailure[kind] ?? elapsed
        firstFailure[kind] = first
        let delay: Duration
        switch kind {
        case .busy, .broken:
            guard done < (kind == .busy ? policy.maxRetries : policy.maxBrokenReplies) else { return nil }
            delay = busyDelay(told: error.retryAfter, done, jitter: jitter)
        case .limited:
            guard policy.maxRetries > 0, elapsed - first < policy.limitPatience else { return nil }
            delay = backoff(done, jitter: jitter, most: policy.maxLimitDelay)
        case .connection:
            guard done < policy.maxConnectionRetries, elapsed - first < policy.connectionPatience else { return nil }
            delay = backoff(done, jitter: jitter)
        case .loading:
            guard policy.maxRetries > 0, elapsed - first < loadingPatience else { return nil }
            delay = min(error.retryAfter ?? .seconds(5), min(.seconds(5), backoff(done, jitter: jitter) * 2))
        }
        return delay <= policy.maxRetryAfter && delay < remaining ? delay : nil
    }

    /// As the provider says; but one that says "now" again and again doesn't mean it.
    private func busyDelay(told: Duration?, _ done: Int, jitter: Double) -> Duration {
        guard let told else { return backoff(done, jitter: jitter) }
        return done == 0 ? told : max(told, backoff(done - 1, jitter: jitter))
    }

    private func backoff(_ done: Int, jitter: Double, most: Duration? = nil) -> Duration {
        Backoff(base: policy.base, maximum: most ?? policy.maxDelay, jitter: 0.5)
            .delay(failures: done + 1, random: 1 - jitter)
    }

    /// What is told in the end.
    func summary(_ error: LanguageModelError) -> LanguageModelError {
        guard tries > 1 else { return error }
        var error = error
        error.message += " (after \(tries) tries)"
        return error
    }
}
