import KubeModel
import NIOHTTP1
import Testing

@testable import LanguageModels

@Suite struct RetryPolicyTests {
    private let policy = ModelRetryPolicy(
        maxRetries: 3, maxConnectionRetries: 2, maxBrokenReplies: 1, base: .seconds(1),
        maxDelay: .seconds(5),
        maxRetryAfter: .seconds(30), connectionPatience: .seconds(10))

    private func delays(
        _ code: LanguageModelError.Code, retryAfter: Duration? = nil, times: Int, jitter: Double = 1,
        step: Duration = .zero, remaining: Duration = .seconds(600), policy: ModelRetryPolicy? = nil
    ) -> [Duration?] {
        var state = RetryState(policy ?? self.policy, loadingPatience: .seconds(60))
        return (0..<times).map { time in
            state.delay(
                after: LanguageModelError(code, message: "m", retryAfter: retryAfter), elapsed: step * time,
                remaining: remaining, jitter: jitter)
        }
    }

    @Test func `a provider that takes no more for now, and doesn't say for how long, is asked again for minutes`() {
        let policy = ModelRetryPolicy(base: .seconds(1), limitPatience: .seconds(300), maxLimitDelay: .seconds(60))
        var state = RetryState(policy, loadingPatience: .zero)
        var elapsed = Duration.zero
        var waits: [Duration] = []
        while let delay = state.delay(
            after: LanguageModelError(.rateLimited, message: "m"), elapsed: elapsed, remaining: .seconds(600) - elapsed,
            jitter: 1)
        {
            waits.append(delay)
            elapsed += delay
        }
        #expect(Array(waits.prefix(8)) == [1, 2, 4, 8, 16, 32, 60, 60].map { Duration.seconds($0) })
        #expect(elapsed >= .seconds(300) && elapsed < .seconds(360))
        #expect(delays(.rateLimited, times: 1, remaining: .milliseconds(900)) == [nil], "not past the end")
        #expect(delays(.rateLimited, times: 1, policy: ModelRetryPolicy.none) == [nil])
    }

    @Test(arguments: [LanguageModelError.Code.unavailable, .overloaded])
    func `a busy provider is asked again, after waits that grow`(code: LanguageModelError.Code) {
        #expect(delays(code, times: 4) == [.seconds(1), .seconds(2), .seconds(4), nil])
        #expect(delays(code, times: 1, jitter: 0) == [.milliseconds(500)])
        #expect(delays(code, times: 1, policy: ModelRetryPolicy.none) == [nil])
    }

    @Test(
        arguments: [
            (.milliseconds(1500), .milliseconds(1500)), (.seconds(30), .seconds(30)), (.seconds(31), nil),
            (.zero, .zero),
        ] as [(Duration, Duration?)])
    func `a provider's own wait is heeded, and one beyond all patience fails at once`(told: Duration, wait: Duration?) {
        #expect(delays(.rateLimited, retryAfter: told, times: 1) == [wait])
    }

    @Test func `a provider that always says "now" is asked less and less`() {
        #expect(delays(.rateLimited, retryAfter: .zero, times: 3) == [.zero, .seconds(1), .seconds(2)])
    }

    @Test(
        arguments: [
            ("Limit 3, Used 3. Please try again in 20s.", .seconds(20)),
            ("try again in 1m26.5s", .milliseconds(86_500)),
            ("Please retry after 6 seconds.", .seconds(6)), ("Please try again in 6ms.", .milliseconds(6)),
            ("Rate limit resets in 1 hour, 2 minutes and 3 seconds", .seconds(3723)),
            ("Please wait 20 seconds", .seconds(20)),
            ("Please try again after 30 secs.", .seconds(30)), ("The model will be available in 2m.", .seconds(120)),
            ("try again in a while", nil), ("slow down", nil), ("try again in 5", nil),
        ] as [(String, Duration?)])
    func `a wait that only the message tells is heeded`(message: String, wait: Duration?) {
        #expect(RetryHint.delay(in: message) == wait)
    }

    @Test(
        arguments: [
            (["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"], .seconds(20)),
            (["x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "20s"], nil),
            (
                [
                    "x-ratelimit-remaining": "0", "x-ratelimit-reset": "784111797000",
                    "date": "Sun, 06 Nov 1994 08:49:37 GMT",
                ], .seconds(20)
            ),
            (["x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"], .seconds(7)), ([:], nil),
            (
                [
                    "anthropic-ratelimit-input-tokens-remaining": "0",
                    "anthropic-ratelimit-input-tokens-reset": "1994-11-06T08:50:07Z",
                    "date": "Sun, 06 Nov 1994 08:49:37 GMT",
                ], .seconds(30)
            ), (["ratelimit-remaining": "0", "ratelimit-reset": "30"], .seconds(30)),
            (
                ["x-ratelimit-remaining-tokens-minute": "0", "x-ratelimit-reset-tokens-minute": "12.5"],
                .milliseconds(12_500)
            ),
            (
                [
                    "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s",
                    "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m",
                ], .seconds(60)
            ),
        ] as [([String: String], Duration?)])
    func `when a limit is over is heeded`(headers: [String: String], wait: Duration?) {
        #expect(RetryHint.reset(HTTPHeaders(headers.map { ($0.key, $0.value) })) == wait)
    }

    @Test func `no wait goes past the end`() {
        #expect(delays(.rateLimited, retryAfter: .seconds(20), times: 1, remaining: .seconds(20)) == [nil])
    }

    @Test func `a connection is tried some times, within seconds`() {
        #expect(delays(.unreachable, times: 3) == [.seconds(1), .seconds(2), nil])
        #expect(delays(.unreachable, times: 2, step: .seconds(10)) == [.seconds(1), nil])
    }

    @Test func `a broken reply is asked for again, and not for ever`() {
        #expect(delays(.incomplete, times: 2) == [.seconds(1), nil])
    }

    @Test func `a model that is being loaded is waited for`() {
        let waits = delays(.loading, times: 20, step: .seconds(5))
        #expect(waits.prefix(12).allSatisfy { $0 != nil && $0 ?? .zero <= .seconds(5) })
        #expect(waits.dropFirst(12).allSatisfy { $0 == nil })
    }

    @Test(arguments: [
        LanguageModelError.Code.timeout, .unauthorized, .quotaExceeded, .contextTooLong, .rejected, .badReply,
    ])
    func `others are final`(code: LanguageModelError.Code) { #expect(delays(code, times: 1) == [nil]) }

    @Test func `a computed wait has a limit`() {
        let patient = ModelRetryPolicy(maxRetries: 100, base: .seconds(1), maxDelay: .seconds(5))
        #expect(delays(.unavailable, times: 90, policy: patient).last == .seconds(5))
    }

    @Test func `the last failure says how often it was tried`() {
        var state = RetryState(policy, loadingPatience: .zero)
        let error = LanguageModelError(.overloaded, message: "slow down")
        for _ in 0..<4 { _ = state.delay(after: error, elapsed: .zero, remaining: .seconds(9), jitter: 0) }
        #expect(state.summary(error).message == "slow down (after 4 tries)")
    }

    // MARK: What a provider asks for

    @Test(
        arguments: [
            ("12", nil, 12), ("0.25", nil, 0.25), ("1.5s", nil, 1.5), ("-1", nil, nil), ("soon", nil, nil),
            ("nan", nil, nil), ("1e300", nil, 1e9),
            ("Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 10),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:47 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:47 GMT", nil, nil),
            ("Sunday, 06-Nov-94 08:49:47 GMT", "Sun, 06 Nov 2094 08:49:37 GMT", 10),
            ("Sun Nov  6 08:49:47 1994", "Sun, 06 Nov 1994 08:49:37 GMT", 10),
            ("1994-11-06T08:49:47Z", "Sun, 06 Nov 1994 08:49:37 GMT", 10), ("1m26s", nil, 86), ("30 seconds", nil, 30),
            ("60, 5", nil, 60), (" 7 ", nil, 7), ("", nil, nil),
        ] as [(String, String?, Double?)])
    func `Retry-After is seconds or a date`(value: String, date: String?, expected: Double?) {
        #expect(RetryHint.delay(retryAfter: value, date: date) == expected.map { .seconds($0) })
    }

    @Test func `a date is taken by our own clock where the provider doesn't say what time it has`() {
        let headers: HTTPHeaders = ["retry-after": "Sun, 06 Nov 1994 08:49:47 GMT"]
        #expect(RetryHint.delay(headers, now: KubeTime("1994-11-06T08:49:37Z")) == .seconds(10))
    }

    @Test(
        arguments: [
            (["error": ["message": "m", "retry_after": 12]], .seconds(12)),
            (["retry_after_ms": 350], .milliseconds(350)),
            (["error": ["metadata": [:]], "retryAfter": "7"], .seconds(7)),
            (["error": "m", "estimated_time": 20.5], .milliseconds(20_500)),
            (["error": ["retry_after": -1]], nil), (["error": ["retry_after": "soon"]], nil), ("slow down", nil),
        ] as [(JSONValue, Duration?)])
    func `a wait that a member of the error tells is heeded`(json: JSONValue, wait: Duration?) {
        #expect(ProviderError(json: json).asStatusError(429).retryAfter == wait)
    }

    @Test func `a rate limit without a hint is waited out for a minute`() {
        let waits = delays(.rateLimited, times: 20, jitter: 0, policy: ModelRetryPolicy()).compactMap(\.self)
        #expect(waits.reduce(.zero, +) > .seconds(30))
        let longest = delays(.rateLimited, times: 20, policy: ModelRetryPolicy()).compactMap(\.self)
        #expect(longest.reduce(.zero, +) > .seconds(60))
    }

    @Test(
        arguments: [
            (["retry-after": "7"], .seconds(7)), (["x-ms-retry-after-ms": "350"], .milliseconds(350)),
            (["retry-after-ms": "350"], .milliseconds(350)),
            (["retry-after-ms": "350", "retry-after": "1"], .milliseconds(350)),
            (["llm_provider-retry-after": "9"], .seconds(9)),
            (["llm_provider-retry-after": "9", "retry-after": "1"], .seconds(9)), ([:], nil),
            (["retry-after-ms": "x", "retry-after": "2"], .seconds(2)),
        ] as [([String: String], Duration?)])
    func `the headers that say how long to wait`(headers: [String: String], expected: Duration?) {
        #expect(RetryHint.delay(HTTPHeaders(headers.map { ($0.key, $0.value) })) == expected)
    }
}
