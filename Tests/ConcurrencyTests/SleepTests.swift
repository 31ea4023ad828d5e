import Concurrency
import Testing

@Suite struct SleepTests {
    @Test func `it lasts at least as long as it should`() async throws {
        let start = ContinuousClock.now
        try await sleep(for: .milliseconds(20))
        #expect(start.duration(to: .now) >= .milliseconds(20))
        try await sleep(for: .zero)
        try await sleep(for: .seconds(-1))
    }

    @Test func `a cancelled one ends at once`() async throws {
        for _ in 0..<200 {
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sleep(for: .seconds(100_000_000_000)) }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test func `many at the same time all end, and none before its deadline`() async throws {
        let early = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in (0..<100).reversed() {
                group.addTask {
                    let deadline = ContinuousClock.now + .milliseconds(number * 3)
                    try await sleep(for: .milliseconds(number * 3))
                    return .now < deadline
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(early == Array(repeating: false, count: 100))
    }
}
