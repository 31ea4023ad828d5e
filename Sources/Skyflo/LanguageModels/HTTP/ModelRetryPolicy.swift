import Concurrency
import KubeModel

/// When a request to a model is sent again, and after how long.
///
/// Only what never began to answer is sent again: a status that says "later", or no connection. A model's answer has no
/// side effects, so asking twice costs money and nothing else.
package struct ModelRetryPolicy: Sendable, Hashable {
    /// How often a request is sent again; 0 for never.
    package var maxRetries: Int
    /// The first wait, doubled with each further one.
    package var base: Duration
    /// No computed wait is longer.
    package var maxDelay: Duration
    /// No wait that a server asks for by `Retry-After` is longer.
    package var maxRetryAfter: Duration

    package init(
        maxRetries: Int = 3, base: Duration = .milliseconds(500), maxDelay: Duration = .seconds(20),
        maxRetryAfter: Duration = .seconds(60)
    ) {
        self.maxRetries = maxRetries
        self.base = base
        self.maxDelay = maxDelay
        self.maxRetryAfter = maxRetryAfter
    }

    enum Failure: Sendable, Hashable {
        /// Refused or reset before the first byte of an answer.
        case connection
        /// `retryAfter` in seconds, as ``seconds(retryAfter:date:)`` reads it.
        case status(Int, retryAfter: Int? = nil)
    }

    /// 529 is what some providers answer when they are overloaded.
    static let retriedStatuses: Set<Int> = [429, 500, 502, 503, 504, 529]

    /// How long to wait before the next try; nil to give up.
    ///
    /// - Parameters:
    ///   - retries: how often it was sent again already.
    ///   - jitter: 0 to 1. The upper half of the wait is scaled by it, so that clients that failed together don't come
    ///     back together.
    func delay(after failure: Failure, retries: Int, jitter: Double) -> Duration? {
        guard retries < maxRetries else { return nil }
        if case .status(let status, let retryAfter) = failure {
            guard Self.retriedStatuses.contains(status) else { return nil }
            if let retryAfter { return min(.seconds(retryAfter), maxRetryAfter) }
        }
        let backoff = Backoff(base: base, maximum: maxDelay, jitter: 0.5)
        return backoff.delay(failures: retries + 1, random: 1 - jitter)
    }

    /// Seconds of a `Retry-After` header (RFC 9110, section 10.2.3): a number, or a date.
    ///
    /// - Parameter date: the `Date` header of the same answer. A date is taken relative to it: the clocks of the two
    ///   sides may differ by more than the wait.
    static func seconds(retryAfter: String?, date: String?) -> Int? {
        guard let retryAfter else { return nil }
        if let seconds = Int(retryAfter) { return seconds >= 0 ? seconds : nil }
        guard let until = httpDate(retryAfter), let now = date.flatMap(httpDate) else { return nil }
        return max(0, Int(until.seconds(since: now).rounded(.up)))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of RFC 9110 that is still sent.
    private static func httpDate(_ text: String) -> KubeTime? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return KubeTime("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
