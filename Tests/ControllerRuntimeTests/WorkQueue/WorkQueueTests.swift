import ControllerRuntime
import OperatorTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct WorkQueueTests {
    @Test func `a waiting worker gets what is added`() async throws {
        let queue = WorkQueue<String>()
        async let taken = queue.next()
        queue.add("a")
        #expect(await taken?.item == "a")
    }

    @Test func `no item is lost or doubled between many writers and workers`() async throws {
        let queue = WorkQueue<Int>()
        let handled = Journal<Int>()
        let open = Journal<Int>()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while let taken = await queue.next() {
                        handled.add(taken.item)
                        queue.finish(taken, outcome: .succeeded)
                    }
                }
            }
            await withTaskGroup(of: Void.self) { writers in
                for writer in 0..<4 {
                    writers.addTask {
                        for i in 0..<500 { queue.add(writer * 500 + i) }
                        open.add(writer)
                    }
                }
            }
            queue.shutDown(draining: true)
        }
        #expect(handled.entries.sorted() == Array(0..<2000))
    }

    @Test func `a cancelled worker stops waiting and leaves the item to others`() async throws {
        let queue = WorkQueue<String>()
        await withTaskGroup(of: WorkQueue<String>.WorkItem?.self) { group in
            group.addTask { await queue.next() }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        queue.add("a")
        #expect(await queue.next()?.item == "a")
    }

    @Test func `a worker that is cancelled already takes nothing`() async throws {
        let queue = WorkQueue<String>()
        queue.add("a")
        await withTaskGroup(of: WorkQueue<String>.WorkItem?.self) { group in
            group.cancelAll()
            group.addTask { await queue.next() }
            #expect(await group.next() == .some(nil))
        }
        #expect(await queue.next()?.item == "a")
    }

    @Test func `shutting down releases all waiting workers`() async throws {
        let queue = WorkQueue<String>()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 { group.addTask { await queue.next() == nil } }
            queue.shutDown()
            for await ended in group { #expect(ended) }
        }
    }

    @Test func `a delayed item comes at its time, also when a longer delay was there first`() async throws {
        let clock = ManualClock()
        let queue = WorkQueue<String>(clock: clock)
        try await running([{ await queue.run() }]) {
            queue.add("later", after: .seconds(60))
            try await eventually { clock.deadlines == [.seconds(60)] }
            queue.add("soon", after: .seconds(5))
            try await eventually { clock.deadlines == [.seconds(5)] }
            #expect(queue.depth == 0)
            clock.advance(by: .seconds(5))
            #expect(await queue.next()?.item == "soon")
            try await eventually { clock.deadlines == [.seconds(60)] }
            clock.advance(by: .seconds(55))
            #expect(await queue.next()?.item == "later")
        }
    }
}
