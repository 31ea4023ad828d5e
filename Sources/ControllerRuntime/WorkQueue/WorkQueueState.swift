public import Deadlines

/// Who goes first. Within a priority the order is that of arrival.
///
/// Nearly strict: something of a lower priority is handed out when there is nothing of a higher one, or when `fairness`
/// items have overtaken it (see ``WorkQueueState/Options``). So a flood of what is important delays the rest, but can't
/// starve it.
public enum WorkPriority: Int, Sendable, Comparable, CaseIterable {
    /// What is there anyway: the objects of an initial list.
    case low
    case normal
    /// What a person waits for.
    case high

    public static func < (a: WorkPriority, b: WorkPriority) -> Bool { a.rawValue < b.rawValue }
}

/// The decisions of a work queue, without time, tasks or locks of its own; ``WorkQueue`` acts on them.
///
/// The rules are those of client-go's `workqueue` and controller-runtime's `priorityqueue`:
/// - An item is in the queue at most once. Adding it again can only make it earlier or more important.
/// - An item that is being processed isn't handed out a second time. When it is added meanwhile, it comes again after
///   ``done(_:now:)``: what the running process may have missed is looked at once more, once.
/// - A delayed item that is added without a delay is due at once, and its delay is forgotten.
///
/// Times are moments of one monotonic clock, which the caller passes in.
public struct WorkQueueState<Item: Hashable & Sendable>: Sendable {
    public struct Options: Sendable {
        /// For each item by itself. The default is client-go's: 5 ms, doubled up to 1000 s.
        public var backoff: Backoff
        /// For all failing items together; nil for no limit. (client-go's default is 10 a second, 100 at once.)
        public var retryLimit: TokenBucket?
        /// How many items may overtake those of a lower priority before one of these goes first; 1 or more.
        public var fairness: Int

        public init(
            backoff: Backoff = Backoff(base: .milliseconds(5), maximum: .seconds(1000)), retryLimit: TokenBucket? = nil,
            fairness: Int = 10
        ) {
            self.backoff = backoff
            self.retryLimit = retryLimit
            self.fairness = fairness
        }
    }

    /// An item that was handed out.
    public struct Taken: Sendable, Equatable {
        public var item: Item
        public var priority: WorkPriority
        /// From when it was due to when it was handed out.
        public var waited: Duration
    }

    /// What is to be done with an item: ready (in `ready`, or waiting for `done` while it is processed) or delayed.
    private struct Pending {
        var priority: WorkPriority
        /// nil: ready.
        var deadline: Duration?
        /// When it became ready.
        var since: Duration
        /// Entries of `ready` and `delayed` with another ticket are obsolete. That is cheaper than to search for them.
        var ticket: UInt64
    }

    private struct Entry {
        var item: Item
        var ticket: UInt64
    }

    private enum Phase { case open, draining, closed }

    private var options: Options
    private var phase = Phase.open
    private var pending: [Item: Pending] = [:]
    /// Since when.
    private var processing: [Item: Duration] = [:]
    private var ready: [FIFO<Entry>] = WorkPriority.allCases.map { _ in FIFO() }
    /// By priority: how many items were handed out before the first of `ready`.
    private var overtaken: [Int] = WorkPriority.allCases.map { _ in 0 }
    private var delayed = Agenda<Entry>()
    private var delayedCount = 0
    private var failures: [Item: Int] = [:]
    private var lastTicket: UInt64 = 0
    /// Items that could be handed out now.
    public private(set) var depth = 0

    public init(_ options: Options = Options()) { self.options = options }
}

// MARK: - In

extension WorkQueueState {
    /// Adds what is due now.
    /// - Returns: whether this changed anything: false when it was there already, at least as important.
    @discardableResult
    public mutating func add(_ item: Item, priority: WorkPriority = .normal, now: Duration) -> Bool {
        guard phase == .open else { return false }
        if let old = pending[item] {
            let isReady = old.deadline == nil
            if isReady && priority <= old.priority { return false }
            if isReady, processing[item] == nil { depth -= 1 }
            if !isReady { delayedCount -= 1 }
            makeReady(item, max(priority, old.priority), since: isReady ? old.since : now)
        } else {
            makeReady(item, priority, since: now)
        }
        return true
    }

    /// Adds what is due at `deadline`. Of two deadlines the earlier counts.
    @discardableResult
    public mutating func add(_ item: Item, priority: WorkPriority = .normal, at deadline: Duration, now: Duration)
        -> Bool
    {
        guard deadline > now else { return add(item, priority: priority, now: now) }
        guard phase == .open else { return false }
        let old = pending[item]
        if let old {
            guard let earlier = old.deadline, deadline < earlier else { return false }
        } else {
            delayedCount += 1
        }
        let ticket = nextTicket()
        pending[item] = Pending(
            priority: max(priority, old?.priority ?? priority), deadline: deadline, since: deadline, ticket: ticket)
        delayed.insert(Entry(item: item, ticket: ticket), at: deadline)
        dropObsoleteDelays()
        return true
    }

    /// Counts a failure of the item and adds it after the delay that belongs to its number of failures.
    /// - Parameter random: from 0 to 1, for the jitter of the back-off.
    /// - Returns: the delay.
    @discardableResult
    public mutating func addAfterFailure(
        _ item: Item, priority: WorkPriority = .normal, now: Duration, random: Double = 0
    ) -> Duration {
        guard phase == .open else { return .zero }
        let count = failures[item, default: 0] + 1
        failures[item] = count
        let limited = options.retryLimit?.reserve(now: now) ?? .zero
        let delay = max(options.backoff.delay(failures: count, random: random), limited)
        add(item, priority: priority, at: now + delay, now: now)
        return delay
    }

    /// The item's next failure counts as its first.
    public mutating func forget(_ item: Item) { failures[item] = nil }

    public func failureCount(of item: Item) -> Int { failures[item, default: 0] }

    private mutating func makeReady(_ item: Item, _ priority: WorkPriority, since: Duration) {
        let ticket = nextTicket()
        pending[item] = Pending(priority: priority, deadline: nil, since: since, ticket: ticket)
        if processing[item] == nil { enqueue(item, priority, ticket) }
    }

    private mutating func enqueue(_ item: Item, _ priority: WorkPriority, _ ticket: UInt64) {
        ready[priority.rawValue].append(Entry(item: item, ticket: ticket))
        depth += 1
    }

    private mutating func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Without this, an item that asks for an hour after each of thousands of reconciles would leave an entry for each.
    private mutating func dropObsoleteDelays() {
        guard delayed.count > 64, delayed.count > 2 * delayedCount else { return }
        delayed.removeAll { pending[$0.item]?.ticket != $0.ticket }
    }
}

// MARK: - Out

extension WorkQueueState {
    /// The most important item, or one that was overtaken often enough; nil when there is none (or the queue is shut
    /// down).
    public mutating func take(now: Duration) -> Taken? {
        guard phase != .closed, depth > 0 else { return nil }
        for priority in ready.indices { dropObsolete(priority) }
        let waiting = ready.indices.filter { !ready[$0].isEmpty }
        guard let next = waiting.first(where: { overtaken[$0] >= options.fairness }) ?? waiting.last,
            let entry = ready[next].popFirst(), let found = pending.removeValue(forKey: entry.item)
        else { return nil }
        overtaken[next] = 0
        for priority in waiting where priority < next { overtaken[priority] += 1 }
        processing[entry.item] = now
        depth -= 1
        return Taken(item: entry.item, priority: found.priority, waited: max(.zero, now - found.since))
    }

    private mutating func dropObsolete(_ priority: Int) {
        while let entry = ready[priority].first, pending[entry.item]?.ticket != entry.ticket {
            ready[priority].popFirst()
        }
        if ready[priority].isEmpty { overtaken[priority] = 0 }
    }

    /// Says that the item is no longer processed.
    public mutating func done(_ item: Item, now: Duration) {
        guard processing.removeValue(forKey: item) != nil, phase != .closed else { return }
        if let again = pending[item], again.deadline == nil { enqueue(item, again.priority, again.ticket) }
    }

    /// When ``promote(now:)`` has something to do next.
    public var nextDeadline: Duration? { delayed.first?.deadline }

    /// Makes delayed items ready whose moment has come.
    public mutating func promote(now: Duration) {
        while let due = delayed.first, due.deadline <= now {
            delayed.popFirst()
            let entry = due.element
            guard var found = pending[entry.item], found.ticket == entry.ticket else { continue }
            delayedCount -= 1
            found.deadline = nil
            found.since = due.deadline
            pending[entry.item] = found
            if processing[entry.item] == nil { enqueue(entry.item, found.priority, found.ticket) }
        }
    }

    /// From now on nothing can be added. What is not due yet is dropped; what is due is dropped too unless `draining`.
    public mutating func shutDown(draining: Bool = false) {
        delayed = Agenda()
        delayedCount = 0
        if draining {
            phase = phase == .closed ? .closed : .draining
            pending = pending.filter { $0.value.deadline == nil }
        } else {
            phase = .closed
            pending = [:]
            ready = ready.map { _ in FIFO() }
            depth = 0
        }
    }

    /// Nothing will be handed out any more.
    public var isFinished: Bool {
        switch phase {
        case .open: false
        case .draining: pending.isEmpty
        case .closed: true
        }
    }

    public var processingCount: Int { processing.count }
    /// How long the items that are being processed have been so: all together, and the first of them.
    public func running(now: Duration) -> (total: Duration, longest: Duration) {
        var (total, longest) = (Duration.zero, Duration.zero)
        for start in processing.values {
            total += now - start
            longest = max(longest, now - start)
        }
        return (total, longest)
    }

    /// Items that are waiting, ready or not.
    public var pendingCount: Int { pending.count }
}

extension WorkQueueState {
    /// Including obsolete ones.
    var delayedEntryCount: Int { delayed.count }
}
