import KubeClient
import KubeModel
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func isRetried(
        _ method: KubeRequest.Method, _ outcome: RetryPolicy.Outcome, attempt: Int = 1
    ) -> Bool {
        policy.decide(method: method, attempt: attempt, outcome: outcome, remaining: .seconds(30)) != .giveUp
    }

    @Test(arguments: [
        (KubeRequest.Method.get, 500, true), (.get, 502, true), (.get, 503, true), (.get, 504, true),
        (.get, 200, false), (.get, 401, false), (.get, 404, false), (.get, 409, false), (.get, 501, false),
        (.post, 500, false), (.post, 503, false), (.put, 502, false), (.patch, 504, false), (.delete, 500, false),
        (.get, 429, true), (.post, 429, true), (.put, 429, true), (.patch, 429, true), (.delete, 429, true),
    ])
    func `only refused requests and failed reads are repeated`(method: KubeRequest.Method, status: Int, expected: Bool)
    {
        #expect(isRetried(method, .answer(status: status, retryAfter: nil)) == expected)
        #expect(isRetried(method, .answer(status: status, retryAfter: 1)) == expected)
    }

    @Test(arguments: [
        (KubeRequest.Method.get, KubeClientError.Code.unreachable, true), (.post, .unreachable, false),
        (.delete, .unreachable, false), (.patch, .unreachable, false), (.get, .timeout, false),
        (.get, .tooLarge, false), (.get, .badResponse, false), (.get, .configuration, false),
    ])
    func `a broken connection repeats reads only`(
        method: KubeRequest.Method, code: KubeClientError.Code, expected: Bool
    ) {
        #expect(isRetried(method, .failure(code)) == expected)
    }

    @Test(arguments: [
        (RetryPolicy.Outcome.answer(status: 429, retryAfter: nil), 5),
        (.answer(status: 429, retryAfter: 1), 5), (.answer(status: 503, retryAfter: nil), 3),
        (.failure(.unreachable), 3),
    ])
    func `the number of tries is bounded`(outcome: RetryPolicy.Outcome, tries: Int) {
        #expect(isRetried(.get, outcome, attempt: tries - 1))
        #expect(!isRetried(.get, outcome, attempt: tries))
    }

    @Test func `the wait doubles up to the maximum, and jitter only shortens it`() {
        let policy = RetryPolicy(maximumThrottledTries: 100)
        func delay(_ attempt: Int, _ jitter: Double) -> RetryPolicy.Decision {
            policy.decide(
                method: .get, attempt: attempt, outcome: .answer(status: 429, retryAfter: nil), remaining: .seconds(60),
                jitter: jitter)
        }
        #expect(delay(1, 0) == .retry(after: .milliseconds(100)))
        #expect(delay(2, 0) == .retry(after: .milliseconds(200)))
        #expect(delay(3, 0.5) == .retry(after: .milliseconds(600)))
        #expect(delay(90, 0) == .retry(after: .seconds(5)))
    }

    @Test func `the server's wait is kept and never shortened`() {
        func decide(_ seconds: Int, _ jitter: Double) -> RetryPolicy.Decision {
            policy.decide(
                method: .post, attempt: 1, outcome: .answer(status: 429, retryAfter: seconds), remaining: .seconds(30),
                jitter: jitter)
        }
        #expect(decide(2, 0) == .retry(after: .seconds(2)))
        #expect(decide(2, 0.5) == .retry(after: .milliseconds(2125)))
        #expect(decide(10, 0) == .retry(after: .seconds(10)))
        #expect(decide(11, 0) == .giveUp)
        #expect(decide(0, 0) == .retry(after: .milliseconds(100)))
    }

    @Test func `no wait goes beyond the deadline`() {
        let outcome = RetryPolicy.Outcome.answer(status: 429, retryAfter: 3)
        #expect(policy.decide(method: .get, attempt: 1, outcome: outcome, remaining: .seconds(2)) == .giveUp)
    }

    @Test func `never means never`() {
        for outcome in [RetryPolicy.Outcome.answer(status: 429, retryAfter: 1), .failure(.unreachable)] {
            let decision = RetryPolicy.never.decide(method: .get, attempt: 1, outcome: outcome, remaining: .seconds(30))
            #expect(decision == .giveUp)
        }
    }
}
