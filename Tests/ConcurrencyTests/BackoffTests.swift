import Concurrency
import Testing

@Suite struct BackoffTests {
    @Test func `delays double up to their maximum`() {
        let backoff = Backoff(base: .seconds(1), maximum: .seconds(5))
        #expect((1...5).map { backoff.delay(failures: $0) } == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(backoff.delay(failures: .max) == .seconds(5))
    }

    @Test func `chance takes a share of a delay, and never more`() {
        let backoff = Backoff(base: .seconds(8), maximum: .seconds(8), jitter: 0.5)
        #expect([0, 0.5, 1].map { backoff.delay(failures: 1, random: $0) } == [8, 6, 4].map { .seconds($0) })
    }
}
