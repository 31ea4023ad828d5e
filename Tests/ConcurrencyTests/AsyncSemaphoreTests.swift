import Synchronization
import Testing

@testable import Concurrency

private final class Counter: Sendable {
    private let state = Mutex((now: 0, most: 0, all: 0))

    var counts: (now: Int, most: Int, all: Int) { state.withLock { $0 } }

    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) } }
    func leave() { state.withLock { $0.now -= 1 } }
}

@Suite struct AsyncSemaphoreTests {
    @Test func `no more than the permits allow are inside at a time, and all come through`() async throws {
        let semaphore = AsyncSemaphore(permits: 2)
        let inside = Counter()
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    try await semaphore.withPermit {
                        inside.enter()
                        await Task.yield()
                        inside.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.counts.most <= 2 && inside.counts.all == 50)
        #expect(semaphore.waiters == 0)
    }

    @Test func `who waits can be cancelled, and takes no permit`() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.withPermit {
            await withThrowingTaskGroup { group in
                group.addTask { try await semaphore.withPermit {} }
                let deadline = ContinuousClock.now + .seconds(10)
                while semaphore.waiters == 0, ContinuousClock.now < deadline { await Task.yield() }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
            }
        }
        try await semaphore.withPermit { #expect(semaphore.waiters == 0) }
    }

    @Test func `an error of what is done gives the permit back`() async throws {
        struct Fault: Error {}
        let semaphore = AsyncSemaphore(permits: 1)
        await #expect(throws: Fault.self) { try await semaphore.withPermit { throw Fault() } }
        try await semaphore.withPermit {}
    }
}
