import Testing

@testable import LanguageModels

struct RetryPolicyTests {
    private let policy = ModelRetryPolicy(
        maxRetries: 3, base: .seconds(1), maxDelay: .seconds(5), maxRetryAfter: .seconds(30))

    @Test(arguments: [
        (ModelRetryPolicy.Failure.connection, 0, 1.0, Duration.seconds(1)), (.connection, 1, 1.0, .seconds(2)),
        (.connection, 2, 1.0, .seconds(4)), (.connection, 0, 0.0, .milliseconds(500)),
        (.status(503), 1, 0.5, .milliseconds(1500)),
        (.status(429), 0, 1.0, .seconds(1)), (.status(429, retryAfter: 7), 0, 0.3, .seconds(7)),
        (.status(429, retryAfter: 0), 2, 1.0, .zero), (.status(503, retryAfter: 3600), 0, 1.0, .seconds(30)),
        (.status(529), 0, 1.0, .seconds(1)),
    ])
    func `waits grow, and servers are heeded`(
        failure: ModelRetryPolicy.Failure, retries: Int, jitter: Double, expected: Duration
    ) {
        #expect(policy.delay(after: failure, retries: retries, jitter: jitter) == expected)
    }

    @Test(arguments: [400, 401, 403, 404, 408, 409, 413, 422, 501, 301])
    func `other statuses are final`(status: Int) {
        #expect(policy.delay(after: .status(status, retryAfter: 1), retries: 0, jitter: 1) == nil)
    }

    @Test func `it gives up after the last retry`() {
        #expect(policy.delay(after: .connection, retries: 3, jitter: 1) == nil)
        #expect(ModelRetryPolicy(maxRetries: 0).delay(after: .status(429, retryAfter: 1), retries: 0, jitter: 1) == nil)
    }

    @Test func `a computed wait has a limit`() {
        let patient = ModelRetryPolicy(maxRetries: 100, base: .seconds(1), maxDelay: .seconds(5))
        #expect(patient.delay(after: .connection, retries: 90, jitter: 1) == .seconds(5))
    }

    @Test(
        arguments: [
            ("12", nil, 12), ("-1", nil, nil), ("soon", nil, nil),
            ("Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 10),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:47 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:47 GMT", nil, nil), (nil, nil, nil),
        ] as [(String?, String?, Int?)])
    func `Retry-After is seconds or a date`(value: String?, date: String?, expected: Int?) {
        #expect(ModelRetryPolicy.seconds(retryAfter: value, date: date) == expected)
    }
}
