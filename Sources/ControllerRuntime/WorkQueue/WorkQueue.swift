import Metrics
import Synchronization

/// A queue of what is to be done, by name; see ``WorkQueueState`` for its rules.
///
/// Waiting workers are parked, not polling: an item that is added is handed to one of them directly. ``run()`` must be
/// running for delayed items to come.
public final class WorkQueue<Item: Hashable & Sendable>: Sendable {
    public typealias Taken = WorkQueueState<Item>.Taken

    /// What became of an item that was handed out.
    public enum Outcome: Sendable, Equatable {
        case succeeded
        case succeededAgain(after: Duration)
        case failed
        /// Neither a success nor a failure: it was cancelled.
        case abandoned
    }

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Taken?, Never>
    }

    private struct Shared {
        var state: WorkQueueState<Item>
        /// The last in is the first out: its worker was active most recently.
        var waiters: [Waiter] = []
        var lastID: UInt64 = 0
    }

    private let shared: Mutex<Shared>
    private let clock: any RuntimeClock
    private let metrics: WorkQueueMetrics?
    private let deadlineChanged = Signal()

    public init(
        _ options: WorkQueueState<Item>.Options = .init(), clock: any RuntimeClock = SystemClock(),
        metrics: WorkQueueMetrics? = nil
    ) {
        shared = Mutex(Shared(state: WorkQueueState(options)))
        self.clock = clock
        self.metrics = metrics
        metrics?.registry?.onCollect { [weak self] in
            self?.recordRunning()
            return self != nil
        }
    }

    private func recordRunning() {
        let now = clock.uptime
        metrics?.record(shared.withLock { $0.state.running(now: now) })
    }

    public var depth: Int { shared.withLock(\.state.depth) }

    public func add(_ item: Item, priority: WorkPriority = .normal) {
        change { state, now in
            if state.add(item, priority: priority, now: now) { metrics?.adds.increment() }
        }
    }

    public func add(_ item: Item, priority: WorkPriority = .normal, after delay: Duration) {
        change { state, now in
            if state.add(item, priority: priority, at: now + delay, now: now) { metrics?.adds.increment() }
        }
    }

    /// Hands out the next item; waits until there is one. Each must be given back by ``finish(_:_:)``.
    /// - Returns: nil when the queue is shut down (and drained) or the task is cancelled.
    public func next() async -> Taken? {
        let (id, taken, isFinished) = shared.withLock { shared in
            shared.lastID += 1
            return (shared.lastID, take(&shared), shared.state.isFinished)
        }
        if taken != nil || isFinished { return taken }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { park(Waiter(id: id, continuation: $0)) }
        } onCancel: {
            cancel(id)
        }
    }

    /// Gives an item back.
    /// - Returns: when it failed, the delay after which it comes again.
    @discardableResult
    public func finish(_ taken: Taken, _ outcome: Outcome) -> Duration? {
        var delay: Duration?
        change { state, now in
            switch outcome {
            case .succeeded: state.forget(taken.item)
            case .succeededAgain(let after):
                state.forget(taken.item)
                state.add(taken.item, priority: taken.priority, at: now + after, now: now)
                metrics?.adds.increment()
            case .failed:
                delay = state.addAfterFailure(
                    taken.item, priority: taken.priority, now: now, random: .random(in: 0...1))
                metrics?.retries.increment()
            case .abandoned: break
            }
            state.done(taken.item, now: now)
        }
        return delay
    }

    /// Lets delayed items come when they are due, until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await clock.wait(until: shared.withLock(\.state.nextDeadline), or: deadlineChanged)
            change { state, now in state.promote(now: now) }
        }
    }

    /// Nothing is accepted any more, and workers that wait get nil. With `draining`, what is due is still handed out.
    public func shutDown(draining: Bool = false) {
        change { state, _ in state.shutDown(draining: draining) }
    }

    /// Changes the state, hands out what has become ready and tells the timer of an earlier deadline.
    private func change(_ body: (inout WorkQueueState<Item>, Duration) -> Void) {
        let now = clock.uptime
        var handOuts: [(Waiter, Taken?)] = []
        let isEarlier = shared.withLock { shared in
            let deadline = shared.state.nextDeadline
            body(&shared.state, now)
            while !shared.waiters.isEmpty, let taken = take(&shared) {
                handOuts.append((shared.waiters.removeLast(), taken))
            }
            if shared.state.isFinished {
                handOuts += shared.waiters.map { ($0, nil) }
                shared.waiters = []
            }
            metrics?.depth.record(shared.state.depth)
            metrics?.record(shared.state.running(now: now))
            guard let next = shared.state.nextDeadline else { return false }
            return deadline.map { next < $0 } ?? true
        }
        if isEarlier { deadlineChanged.notify() }
        for (waiter, taken) in handOuts { waiter.continuation.resume(returning: taken) }
    }

    private func take(_ shared: inout Shared) -> Taken? {
        guard let taken = shared.state.take(now: clock.uptime) else { return nil }
        metrics?.depth.record(shared.state.depth)
        metrics?.waited.recordNanoseconds(taken.waited.inNanoseconds)
        return taken
    }

    private func park(_ waiter: Waiter) {
        let (isOver, taken) = shared.withLock { shared -> (Bool, Taken?) in
            if let taken = take(&shared) { return (true, taken) }
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
        let waiter = shared.withLock { shared in
            shared.waiters.firstIndex { $0.id == id }.map { shared.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }
}

extension Duration {
    var inNanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
