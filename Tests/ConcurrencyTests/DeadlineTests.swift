import Concurrency
import Testing

@Suite struct DeadlineTests {
    private struct Late: Error {}
    private struct Failed: Error {}

    @Test func `what ends in time is handed out`() async throws {
        #expect(try await withDeadline(.now + .seconds(600)) { 3 } == 3)
        #expect(try await withDeadline(.now + .seconds(600), failure: Late()) { 3 } == 3)
    }

    @Test func `what doesn't is cancelled, awaited and given up`() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let work: @Sendable () async throws -> Int = {
            defer { end.finish() }
            try await sleep(for: .seconds(600))
            return 3
        }
        #expect(try await withDeadline(.now + .milliseconds(1), work: work) == nil)
        for await _ in ends {}
        await #expect(throws: Late.self) { try await withDeadline(.now, failure: Late(), work: work) }
    }

    @Test func `what fails in time fails by its own error`() async throws {
        await #expect(throws: Failed.self) {
            try await withDeadline(.now + .seconds(600), failure: Late()) { throw Failed() }
        }
    }
}
