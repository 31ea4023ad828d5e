import Concurrency
import OperatorTestKit
import Testing

@testable import ControllerRuntime

@Suite struct WorkQueueStateTests {
    typealias Queue = WorkQueueState<String>

    @Test func `an item is in the queue once`() {
        var queue = Queue()
        #expect(queue.add("a", now: .zero) == true)
        #expect(queue.add("a", now: .zero) == false)
        #expect(queue.depth == 1)
        #expect(queue.take(now: .zero)?.item == "a")
        #expect(queue.take(now: .zero) == nil)
    }

    @Test func `what is added while it is processed comes once more, after it is done`() {
        var queue = Queue()
        queue.add("a", now: .zero)
        let first = queue.take(now: .zero)
        for _ in 0..<5 { queue.add("a", now: .zero) }
        #expect(queue.depth == 0)
        #expect(queue.take(now: .zero) == nil)
        queue.done(first, now: .zero)
        let second = queue.take(now: .zero)
        #expect(second?.item == "a")
        queue.done(second, now: .zero)
        #expect(queue.take(now: .zero) == nil)
    }

    @Test func `higher priorities go first, and within one the order is that of arrival`() {
        var queue = Queue()
        queue.add("low", priority: .low, now: .zero)
        queue.add("normal 1", now: .zero)
        queue.add("normal 2", now: .zero)
        queue.add("high", priority: .high, now: .zero)
        let order = (0..<4).map { _ in queue.take(now: .zero)?.item }
        #expect(order == ["high", "normal 1", "normal 2", "low"])
    }

    @Test func `a flood of what is important can't starve the rest`() {
        var state = WorkQueueState<String>(.init(fairness: 3))
        state.add("low 1", priority: .low, now: .zero)
        state.add("low 2", priority: .low, now: .zero)
        state.add("normal", now: .zero)
        var order: [String] = []
        for i in 0..<12 {
            state.add("high \(i)", priority: .high, now: .zero)
            guard let taken = state.take(now: .zero) else { break }
            order.append(taken.item)
            state.done(taken, now: .zero)
        }
        #expect(order.firstIndex(of: "low 1") == 3)
        #expect(order.firstIndex(of: "normal") == 4)
        #expect(order.firstIndex(of: "low 2") == 7)
        #expect(order.count { $0.hasPrefix("high") } == 9)
    }

    @Test func `an empty priority saves up no rights`() {
        var state = WorkQueueState<String>(.init(fairness: 2))
        state.add("low", priority: .low, now: .zero)
        for i in 0..<2 { state.add("high \(i)", priority: .high, now: .zero) }
        _ = state.take(now: .zero)
        // Raised: its place among the low ones is obsolete.
        state.add("low", priority: .high, now: .zero)
        _ = state.take(now: .zero)
        state.add("other", priority: .low, now: .zero)
        #expect(state.take(now: .zero)?.item == "low")
    }

    @Test func `jitter moves the delay of a failure`() {
        var state = WorkQueueState<String>(
            .init(backoff: Backoff(base: .seconds(10), maximum: .seconds(60), jitter: 0.2)))
        #expect(state.fail("a", random: 1) == .seconds(8))
        #expect(state.fail("b", random: 0) == .seconds(10))
    }

    @Test func `it knows how long items are being processed`() {
        var state = WorkQueueState<String>()
        state.add("a", now: .zero)
        state.add("b", now: .zero)
        let first = state.take(now: .seconds(1))
        _ = state.take(now: .seconds(5))
        #expect(state.running(now: .seconds(6)) == (.seconds(6), .seconds(5)))
        state.done(first, now: .seconds(6))
        #expect(state.running(now: .seconds(6)) == (.seconds(1), .seconds(1)))
    }

    @Test func `adding again can raise a priority but not lower it`() {
        var queue = Queue()
        queue.add("other", priority: .normal, now: .zero)
        queue.add("a", priority: .low, now: .zero)
        queue.add("a", priority: .high, now: .zero)
        queue.add("a", priority: .low, now: .zero)
        #expect(queue.depth == 2)
        #expect(queue.take(now: .zero)?.priority == .high)
        #expect(queue.take(now: .zero)?.item == "other")
        #expect(queue.take(now: .zero) == nil)
    }

    @Test func `of two delays the shorter counts`() {
        var queue = Queue()
        queue.add("a", at: .seconds(10), now: .zero)
        queue.add("a", at: .seconds(5), now: .zero)
        queue.add("a", at: .seconds(20), now: .zero)
        queue.promote(now: .seconds(4))
        #expect(queue.take(now: .seconds(4)) == nil)
        queue.promote(now: .seconds(6))
        let taken = queue.take(now: .seconds(6))
        #expect(taken?.waited == .seconds(1))
        queue.done(taken, now: .seconds(6))
        queue.promote(now: .seconds(100))
        #expect(queue.take(now: .seconds(100)) == nil)
    }

    @Test func `a later delay can raise the priority of an earlier one`() {
        var queue = Queue()
        queue.add("a", priority: .low, at: .seconds(5), now: .zero)
        queue.add("a", priority: .high, at: .seconds(6), now: .zero)
        queue.promote(now: .seconds(5))
        #expect(queue.take(now: .seconds(5))?.priority == .high)
    }

    @Test func `an immediate add replaces a delay`() {
        var queue = Queue()
        queue.add("a", at: .seconds(10), now: .zero)
        queue.add("a", now: .seconds(1))
        let taken = queue.take(now: .seconds(1))
        #expect(taken?.item == "a")
        queue.done(taken, now: .seconds(1))
        queue.promote(now: .seconds(11))
        #expect(queue.take(now: .seconds(11)) == nil)
    }

    @Test func `a delay that ends while the item is processed waits for the end`() {
        var queue = Queue()
        queue.add("a", now: .zero)
        let taken = queue.take(now: .zero)
        queue.add("a", at: .seconds(1), now: .zero)
        queue.promote(now: .seconds(2))
        #expect(queue.take(now: .seconds(2)) == nil)
        queue.done(taken, now: .seconds(3))
        #expect(queue.take(now: .seconds(3))?.item == "a")
    }

    @Test func `delays after failures double up to the maximum, and start again after forget`() {
        var queue = Queue()
        let delays = (0..<20).map { _ in queue.fail("a") }
        #expect(delays[0] == .milliseconds(5))
        #expect(delays[1] == .milliseconds(10))
        #expect(delays[10] == .milliseconds(5120))
        #expect(delays[17] == .milliseconds(655_360))
        #expect(delays[18] == .seconds(1000))
        #expect(delays[19] == .seconds(1000))
        #expect(queue.failureCount(of: "a") == 20)
        queue.add("a", now: .zero)
        if let taken = queue.take(now: .zero) { queue.finish(taken, outcome: .succeeded, now: .zero) }
        #expect(queue.failureCount(of: "a") == 0)
        #expect(queue.fail("a") == .milliseconds(5))
    }

    @Test func `a retry limit holds for all items together`() {
        var queue = Queue(.init(retryLimit: TokenBucket(perSecond: 1, burst: 2)))
        let delays = ["a", "b", "c", "d"].map { queue.fail($0) }
        #expect(delays == [.milliseconds(5), .milliseconds(5), .seconds(1), .seconds(2)])
    }

    @Test func `a queue that is shut down hands out nothing, and takes nothing`() {
        var queue = Queue()
        queue.add("a", now: .zero)
        queue.shutDown()
        #expect(queue.take(now: .zero) == nil)
        #expect(queue.add("b", now: .zero) == false)
        #expect(queue.isFinished)
    }

    @Test func `a draining queue hands out what is due, and what was added to running items`() {
        var queue = Queue()
        queue.add("running", now: .zero)
        let running = queue.take(now: .zero)
        queue.add("running", now: .zero)
        queue.add("waiting", now: .zero)
        queue.add("later", at: .seconds(1), now: .zero)
        queue.shutDown(draining: true)
        #expect(queue.add("new", now: .zero) == false)
        #expect(queue.take(now: .zero)?.item == "waiting")
        #expect(!queue.isFinished)
        queue.done(running, now: .zero)
        #expect(queue.take(now: .zero)?.item == "running")
        #expect(queue.isFinished)
        queue.promote(now: .seconds(2))
        #expect(queue.take(now: .seconds(2)) == nil)
    }

    @Test func `replaced delays don't pile up`() {
        var queue = Queue()
        for round in 0..<10_000 {
            queue.add("a", at: .seconds(36_000 + round), now: .seconds(round))
            queue.add("a", now: .seconds(round))
            let taken = queue.take(now: .seconds(round))
            queue.done(taken, now: .seconds(round))
        }
        #expect(queue.delayedEntryCount < 200)
    }

    @Test func `nothing is kept of items that are done`() {
        var queue = Queue()
        for round in 0..<3 {
            for name in 0..<5000 { queue.add("\(round) \(name)", now: .zero) }
            while let taken = queue.take(now: .zero) { queue.finish(taken, outcome: .succeeded, now: .zero) }
            #expect(queue.knownCount == 0)
        }
        queue.add("late", at: .seconds(1), now: .zero)
        queue.promote(now: .seconds(2))
        #expect(queue.take(now: .seconds(2))?.item == "late")
    }

    @Test func `what became of an item decides when it comes again`() throws {
        var queue = Queue()
        func take(at now: Duration) throws -> Queue.WorkItem {
            queue.promote(now: now)
            let taken = queue.take(now: now)
            return try #require(taken)
        }
        queue.add("a", now: .zero)
        let first = try take(at: .zero)
        #expect(queue.finish(first, outcome: .failed, now: .zero) == .milliseconds(5))
        let second = try take(at: .seconds(1))
        #expect(queue.finish(second, outcome: .failed, now: .seconds(1)) == .milliseconds(10))
        let third = try take(at: .seconds(2))
        #expect(queue.finish(third, outcome: .abandoned, now: .seconds(2)) == nil)
        #expect(queue.failureCount(of: "a") == 2)
        queue.add("a", now: .seconds(2))
        let fourth = try take(at: .seconds(2))
        #expect(queue.finish(fourth, outcome: .succeededAgain(after: .seconds(8)), now: .seconds(2)) == nil)
        #expect(queue.failureCount(of: "a") == 0)
        #expect(queue.nextDeadline == .seconds(10))
        // Given back twice: nothing is left to give back.
        #expect(queue.finish(fourth, outcome: .failed, now: .seconds(2)) == nil)
        #expect(queue.failureCount(of: "a") == 0)
    }

    /// Against a model that is too simple to be wrong.
    @Test(arguments: 0..<40) func `it behaves like a plain list`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var queue = WorkQueueState<Int>(.init(fairness: QueueModel.fairness))
        var model = QueueModel()
        var now = Duration.zero
        var taken: [Int: WorkQueueState<Int>.WorkItem] = [:]
        for _ in 0..<2000 {
            let item = Int.random(in: 0..<8, using: &random)
            let priority = WorkPriority.allCases.randomElement(using: &random) ?? .low
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1:
                queue.add(item, priority: priority, now: now)
                model.add(item, priority)
            case 2:
                let deadline = now + .milliseconds(Int.random(in: 1..<50, using: &random))
                queue.add(item, priority: priority, at: deadline, now: now)
                model.add(item, priority, at: deadline)
            case 3, 4:
                let next = queue.take(now: now)
                let expected = model.take()
                #expect(next?.item == expected?.item)
                #expect(next?.priority == expected?.priority)
                if let next { taken[next.item] = next }
            case 5:
                if let item = model.processing.sorted().randomElement(using: &random) {
                    queue.done(taken[item], now: now)
                    model.done(item)
                }
            default:
                now += .milliseconds(Int.random(in: 0..<20, using: &random))
                queue.promote(now: now)
                model.promote(now)
            }
            #expect(queue.depth == model.depth)
            #expect(queue.pendingCount == model.entries.count)
            #expect(queue.processingCount == model.processing.count)
            #expect(queue.knownCount == model.processing.union(model.entries.map(\.item)).count)
        }
    }
}

extension WorkQueueState {
    /// Gives back what was taken, and says nothing of it.
    fileprivate mutating func done(_ taken: WorkItem?, now: Duration) {
        if let taken { finish(taken, outcome: .abandoned, now: now) }
    }

    /// Lets an item be worked on, in vain.
    fileprivate mutating func fail(_ item: Item, random: Double = 0) -> Duration? {
        add(item, now: .zero)
        return take(now: .zero).flatMap { finish($0, outcome: .failed, now: .zero, random: random) }
    }
}

private struct QueueModel {
    static let fairness = 3

    struct Entry {
        var item: Int
        var priority: WorkPriority
        var deadline: Duration?
    }

    /// In the order in which they are handed out within a priority.
    var entries: [Entry] = []
    var processing: Set<Int> = []
    var overtaken: [WorkPriority: Int] = [:]

    var depth: Int { entries.count { $0.deadline == nil && !processing.contains($0.item) } }

    mutating func add(_ item: Int, _ priority: WorkPriority, at deadline: Duration? = nil) {
        var entry = Entry(item: item, priority: priority, deadline: deadline)
        if let at = entries.firstIndex(where: { $0.item == item }) {
            let old = entries[at]
            entry.priority = max(priority, old.priority)
            if let deadline {
                guard let earlier = old.deadline, deadline < earlier else {
                    if priority <= old.priority { return }
                    entry.deadline = old.deadline
                    if old.deadline == nil { entries.append(entries.remove(at: at)) }
                    entries[old.deadline == nil ? entries.count - 1 : at] = entry
                    return
                }
            } else if old.deadline == nil, priority <= old.priority {
                return
            }
            entries.remove(at: at)
        }
        entries.append(entry)
    }

    mutating func take() -> Entry? {
        let ready = entries.filter { $0.deadline == nil && !processing.contains($0.item) }
        let waiting = Set(ready.map(\.priority)).sorted()
        guard let highest = waiting.last else { return nil }
        overtaken = overtaken.filter { waiting.contains($0.key) }
        let next = waiting.first { overtaken[$0, default: 0] >= Self.fairness } ?? highest
        overtaken[next] = 0
        for priority in waiting where priority < next { overtaken[priority, default: 0] += 1 }
        guard let item = ready.first(where: { $0.priority == next })?.item,
            let found = entries.firstIndex(where: { $0.item == item })
        else { return nil }
        processing.insert(item)
        return entries.remove(at: found)
    }

    mutating func done(_ item: Int) {
        processing.remove(item)
        // It comes behind those that were ready meanwhile.
        if let at = entries.firstIndex(where: { $0.item == item }) { entries.append(entries.remove(at: at)) }
    }

    mutating func promote(_ now: Duration) {
        let due = entries.filter { $0.deadline.map { $0 <= now } ?? false }
            .sorted { ($0.deadline ?? .zero) < ($1.deadline ?? .zero) }
        entries.removeAll { entry in due.contains { $0.item == entry.item } }
        entries += due.map { Entry(item: $0.item, priority: $0.priority, deadline: nil) }
    }
}
