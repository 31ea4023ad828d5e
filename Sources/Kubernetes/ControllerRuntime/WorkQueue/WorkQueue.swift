import Metrics
import NIOConcurrencyHelpers

/// A queue of what is to be done, by name; see ``WorkQueueState`` for its rules.
///
/// Waiting workers are parked, not polling: an item that is added is handed to one of them directly. ``run()`` must be
/// running for delayed items to come.
public final class WorkQueue<Item: Hashable & Sendable>: Sendable {
    /// An item that was handed out.
    public typealias WorkItem = WorkQueueState<Item>.WorkItem
    /// The result of the work on an item.
    public typealias Outcome = WorkQueueState<Item>.Outcome

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<WorkItem?, Never>
    }

    private struct Shared {
        var state: WorkQueueState<Item>
        /// The last in is the first out: its worker was active most recently.
        var waiters: [Waiter] = []
        var lastID: UInt64 = 0
    }

    /// Not `Mutex`: where several threads want it, as here, that one spins and takes two to three times as long.
    private let shared: NIOLockedValueBox<Shared>
    private let clock: any RuntimeClock
    private let metrics: WorkQueueMetrics?
    private let deadlineChanged = Signal()

    /// Makes an empty queue. Its metrics are kept up to date with every change; nil for none.
    public init(
        _ options: WorkQueueState<Item>.Options = .init(), clock: any RuntimeClock = SystemClock(),
        metrics: WorkQueueMetrics? = nil
    ) {
        shared = NIOLockedValueBox(Shared(state: WorkQueueState(options)))
        self.clock = clock
        self.metrics = metrics
        metrics?.registry?.onCollect { [weak self] in
            self?.recordRunning()
            return self != nil
        }
    }

    private func recordRunning() {
        let now = clock.uptime
        metrics?.record(shared.withLockedValue { $0.state.running(now: now) })
    }

    /// The number of items that could be handed out now.
    public var depth: Int { shared.withLockedValue(\.state.depth) }

    /// Adds an item that is due now. Where the queue has it already, it can only become earlier or more important.
    public func add(_ item: Item, priority: WorkPriority = .normal) {
        let now = clock.uptime
        change(now: now) { state in
            if state.add(item, priority: priority, now: now) { metrics?.adds.increment() }
        }
    }

    /// Adds an item that is due after `delay`. Of two deadlines the earlier counts.
    public func add(_ item: Item, priority: WorkPriority = .normal, after delay: Duration) {
        let now = clock.uptime
        change(now: now) { state in
            if state.add(item, priority: priority, at: now + delay, now: now) { metrics?.adds.increment() }
        }
    }

    /// Hands out the next item; waits until there is one. Each must be given back by ``finish(_:outcome:)``.
    /// - Returns: nil when the queue is shut down (and drained) or the task is cancelled.
    public func next() async -> WorkItem? { await next(now: clock.uptime) { _ in } }

    /// Gives an item back and hands out the next one; `now` is the moment at which the work ended. Workers compete for
    /// the queue's lock: this takes it once.
    func next(finishing taken: WorkItem, _ outcome: Outcome, now: Duration) async -> WorkItem? {
        await next(now: now) { state in finish(taken, outcome: outcome, in: &state, now: now) }
    }

    private func next(now: Duration, after body: (inout WorkQueueState<Item>) -> Void) async -> WorkItem? {
        if let taken = change(now: now, taking: !Task.isCancelled, body) { return taken }
        let id = shared.withLockedValue { shared in
            shared.lastID += 1
            return shared.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { park(Waiter(id: id, continuation: $0)) }
        } onCancel: {
            cancel(id)
        }
    }

    /// Gives an item back.
    /// - Returns: when it failed, the delay after which it comes again.
    @discardableResult
    public func finish(_ taken: WorkItem, outcome: Outcome) -> Duration? {
        let now = clock.uptime
        var delay: Duration?
        change(now: now) { state in delay = finish(taken, outcome: outcome, in: &state, now: now) }
        return delay
    }

    @discardableResult
    private func finish(_ taken: WorkItem, outcome: Outcome, in state: inout WorkQueueState<Item>, now: Duration)
        -> Duration?
    {
        if let metrics {
            metrics.worked.recordNanoseconds((now - taken.at).inNanoseconds)
            switch outcome {
            case .succeededAgain: metrics.adds.increment()
            case .failed: metrics.retries.increment()
            case .succeeded, .abandoned: break
            }
        }
        return state.finish(taken, outcome: outcome, now: now, random: outcome == .failed ? .random(in: 0...1) : 0)
    }

    /// Lets delayed items come when they are due, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await clock.wait(until: shared.withLockedValue(\.state.nextDeadline), or: deadlineChanged)
            let now = clock.uptime
            change(now: now) { state in state.promote(now: now) }
        }
    }

    /// Ends the queue: nothing is accepted any more, and workers that wait get nil. With `draining`, what is due is
    /// still handed out.
    public func shutDown(draining: Bool = false) {
        change(now: clock.uptime) { state in state.shutDown(draining: draining) }
    }

    /// Changes the state, takes an item for the caller if it asks for one, hands out to those who wait what has become
    /// ready, and tells the timer of an earlier deadline.
    @discardableResult
    private func change(now: Duration, taking: Bool = false, _ body: (inout WorkQueueState<Item>) -> Void) -> WorkItem?
    {
        var own: WorkItem?
        var handOuts: [(Waiter, WorkItem?)] = []
        let isEarlier = shared.withLockedValue { shared in
            let deadline = shared.state.nextDeadline
            body(&shared.state)
            if taking { own = take(&shared, now: now) }
            while !shared.waiters.isEmpty, let taken = take(&shared, now: now) {
                handOuts.append((shared.waiters.removeLast(), taken))
            }
            if shared.state.isFinished {
                handOuts += shared.waiters.map { ($0, nil) }
                shared.waiters = []
            }
            if let metrics {
                metrics.depth.record(shared.state.depth)
                if metrics.registry == nil { metrics.record(shared.state.running(now: now)) }
            }
            guard let next = shared.state.nextDeadline else { return false }
            return deadline.map { next < $0 } ?? true
        }
        if isEarlier { deadlineChanged.notify() }
        for (waiter, taken) in handOuts { waiter.continuation.resume(returning: taken) }
        return own
    }

    private func take(_ shared: inout Shared, now: Duration) -> WorkItem? {
        guard let taken = shared.state.take(now: now) else { return nil }
        metrics?.waited.recordNanoseconds(taken.waited.inNanoseconds)
        return taken
    }

    private func park(_ waiter: Waiter) {
        let (isOver, taken) = shared.withLockedValue { shared -> (Bool, WorkItem?) in
            if Task.isCancelled { return (true, nil) }
            if let taken = take(&shared, now: clock.uptime) { return (true, taken) }
            if shared.state.isFinished { return (true, nil) }
            shared.waiters.append(waiter)
            return (false, nil)
        }
        if isOver {
            waiter.continuation.resume(returning: taken)
        } else if Task.isCancelled {
            cancel(waiter.id)
        }
    }

    private func cancel(_ id: UInt64) {
        let waiter = shared.withLockedValue { shared in
            shared.waiters.firstIndex { $0.id == id }.map { shared.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }
}

extension Duration {
    var inNanoseconds: Int64 { Int64(attoseconds / 1_000_000_000) }
}
