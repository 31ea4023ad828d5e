public import Concurrency

/// The priority of an item: who goes first. Within a priority the order is that of arrival.
///
/// Nearly strict: something of a lower priority is handed out when there is nothing of a higher one, or when `fairness`
/// items have overtaken it (see ``WorkQueueState/Options``). So a flood of what is important delays the rest, but can't
/// starve it.
public enum WorkPriority: Int, Sendable, Comparable, CaseIterable {
    /// The priority of what exists anyway: the objects of an initial list.
    case low
    /// The priority of a change.
    case normal
    /// The priority of what a person waits for.
    case high

    /// Whether the first goes after the second.
    public static func < (a: WorkPriority, b: WorkPriority) -> Bool { a.rawValue < b.rawValue }
}

/// The decisions of a work queue, without time, tasks or locks of its own; ``WorkQueue`` acts on them.
///
/// The rules are those of client-go's `workqueue` and controller-runtime's `priorityqueue`:
/// - An item is in the queue at most once. Adding it again can only make it earlier or more important.
/// - An item that is being processed isn't handed out a second time. When it is added meanwhile, it comes again after
///   ``finish(_:outcome:now:random:)``: what the running process may have missed is looked at once more, once.
/// - A delayed item that is added without a delay is due at once, and its delay is forgotten.
///
/// Times are moments of one monotonic clock, which the caller passes in.
public struct WorkQueueState<Item: Hashable & Sendable>: Sendable {
    /// The delays of a queue and its fairness.
    public struct Options: Sendable {
        /// The delays after the failures of one item. The default is client-go's: 5 ms, doubled up to 1000 s.
        public var backoff: Backoff
        /// The limit on all failing items together; nil for none. (client-go's default is 10 a second, 100 at once.)
        public var retryLimit: TokenBucket?
        /// The number of items that may overtake those of a lower priority before one of these goes first; 1 or more.
        public var fairness: Int

        /// Makes options; the defaults are those described at each.
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
    public struct WorkItem: Sendable, Equatable {
        /// The item itself.
        public var item: Item
        /// The priority with which it was handed out, and with which it comes again after a failure.
        public var priority: WorkPriority
        /// The time from when it was due to when it was handed out.
        public var waited: Duration
        /// The moment when it was handed out.
        public var at: Duration
        fileprivate var place: Int
    }

    /// What is to be done with an item: ready (in `ready`, or waiting for `finish` while it is processed) or delayed.
    private struct Pending {
        var priority: WorkPriority
        /// When it is due; nil for one that is ready.
        var deadline: Duration?
        /// When it became ready.
        var since: Duration
        /// Entries of `ready` and `delayed` with another ticket are obsolete. That is cheaper than to search for them.
        var ticket: UInt64
    }

    /// An item of which there is something to know.
    private struct Record {
        var item: Item
        var pending: Pending?
        /// The moment since which it is being processed; nil where it isn't.
        var startedAt: Duration?
        var failures = 0
    }

    /// A place in `records`, which may have got another record since, and the ticket that tells.
    private struct Entry {
        var place: Int
        var ticket: UInt64
    }

    private enum Phase { case open, draining, closed }

    private var options: Options
    private var phase = Phase.open
    /// Everything but `places` knows an item by its place here: hashing a name costs more than the rest of the queue's
    /// work, so it is hashed when it comes and when it goes.
    private var records: [Record] = []
    private var freePlaces: [Int] = []
    private var places: [Item: Int] = [:]
    /// The places of the items that are being processed, as few as there are workers.
    private var processing: [Int] = []
    private var ready: [FIFO<Entry>] = WorkPriority.allCases.map { _ in FIFO() }
    /// The number of items that were handed out before the first of `ready`, by priority.
    private var overtaken: [Int] = WorkPriority.allCases.map { _ in 0 }
    private var delayed = TimerQueue<Entry>()
    private var delayedCount = 0
    private var lastTicket: UInt64 = 0
    /// The number of items that could be handed out now.
    public private(set) var depth = 0
    /// The number of items that are waiting, ready or not.
    public private(set) var pendingCount = 0

    /// Makes an empty queue.
    public init(_ options: Options = Options()) { self.options = options }
}

// MARK: - Records

extension WorkQueueState {
    private mutating func place(for item: Item) -> Int {
        func touch(_ place: inout Int) -> Int { place }
        let free = freePlaces.last ?? records.count
        // Finds or inserts in one go.
        let place = touch(&places[item, default: free])
        guard place == free else { return place }
        if freePlaces.popLast() == nil {
            records.append(Record(item: item))
        } else {
            records[place] = Record(item: item)
        }
        return place
    }

    /// Forgets an item that is in no state. Without this, every name that ever came would stay.
    private mutating func releaseIfIdle(_ place: Int) {
        guard records[place].pending == nil, records[place].startedAt == nil, records[place].failures == 0 else {
            return
        }
        places[records[place].item] = nil
        freePlaces.append(place)
        // The memory of a burst (an initial list) is given back when the queue has nothing to do.
        if places.isEmpty, records.count > 1024 { (records, freePlaces, places) = ([], [], [:]) }
    }

    private mutating func setPending(_ pending: Pending?, of place: Int) {
        pendingCount += (pending == nil ? 0 : 1) - (records[place].pending == nil ? 0 : 1)
        records[place].pending = pending
    }

    private func isCurrent(_ entry: Entry) -> Bool {
        entry.place < records.count && records[entry.place].pending?.ticket == entry.ticket
    }
}

// MARK: - In

extension WorkQueueState {
    /// Adds an item that is due now.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - priority: Its priority; one that the queue has already can only become more important.
    ///   - now: The present moment.
    /// - Returns: Whether this changed anything: false when the queue had it already, at least as important.
    @discardableResult
    public mutating func add(_ item: Item, priority: WorkPriority = .normal, now: Duration) -> Bool {
        guard phase == .open else { return false }
        return add(place(for: item), priority: priority, now: now)
    }

    /// Adds an item that is due at `deadline`. Of two deadlines the earlier counts. It returns whether this changed
    /// anything.
    @discardableResult
    public mutating func add(_ item: Item, priority: WorkPriority = .normal, at deadline: Duration, now: Duration)
        -> Bool
    {
        guard phase == .open else { return false }
        return add(place(for: item), priority: priority, at: deadline, now: now)
    }

    /// The number of failures of an item in a row.
    public func failureCount(of item: Item) -> Int { places[item].map { records[$0].failures } ?? 0 }

    private mutating func add(_ place: Int, priority: WorkPriority, now: Duration) -> Bool {
        guard let old = records[place].pending else {
            makeReady(place, priority: priority, since: now)
            return true
        }
        let isReady = old.deadline == nil
        if isReady && priority <= old.priority { return false }
        if isReady, records[place].startedAt == nil { depth -= 1 }
        if !isReady { delayedCount -= 1 }
        makeReady(place, priority: max(priority, old.priority), since: isReady ? old.since : now)
        return true
    }

    @discardableResult
    private mutating func add(_ place: Int, priority: WorkPriority, at deadline: Duration, now: Duration) -> Bool {
        guard deadline > now else { return add(place, priority: priority, now: now) }
        let old = records[place].pending
        if let old {
            guard let earlier = old.deadline, deadline < earlier else { return raise(place, to: priority, now: now) }
        } else {
            delayedCount += 1
        }
        let ticket = nextTicket()
        setPending(
            Pending(
                priority: max(priority, old?.priority ?? priority), deadline: deadline, since: deadline, ticket: ticket),
            of: place)
        delayed.insert(Entry(place: place, ticket: ticket), at: deadline)
        dropObsoleteDelays()
        return true
    }

    /// Raises the priority of an item that would be later than it is already: only the priority can count.
    private mutating func raise(_ place: Int, to priority: WorkPriority, now: Duration) -> Bool {
        guard let old = records[place].pending, priority > old.priority else { return false }
        if old.deadline == nil { return add(place, priority: priority, now: now) }
        records[place].pending?.priority = priority
        return true
    }

    /// Counts a failure and adds the item after the delay that belongs to its number of failures.
    private mutating func addAfterFailure(_ place: Int, priority: WorkPriority, now: Duration, random: Double)
        -> Duration
    {
        records[place].failures += 1
        let limited = options.retryLimit?.reserve(now: now) ?? .zero
        let delay = max(options.backoff.delay(failures: records[place].failures, random: random), limited)
        add(place, priority: priority, at: now + delay, now: now)
        return delay
    }

    private mutating func makeReady(_ place: Int, priority: WorkPriority, since: Duration) {
        let ticket = nextTicket()
        setPending(Pending(priority: priority, deadline: nil, since: since, ticket: ticket), of: place)
        if records[place].startedAt == nil { enqueue(place, priority: priority, ticket: ticket) }
    }

    private mutating func enqueue(_ place: Int, priority: WorkPriority, ticket: UInt64) {
        ready[priority.rawValue].append(Entry(place: place, ticket: ticket))
        depth += 1
    }

    private mutating func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Without this, an item that asks for an hour after each of thousands of reconciles would leave an entry for each.
    private mutating func dropObsoleteDelays() {
        guard delayed.count > 64, delayed.count > 2 * delayedCount else { return }
        let state = self
        delayed.removeAll { !state.isCurrent($0) }
    }
}

// MARK: - Out

extension WorkQueueState {
    /// The result of the work on an item.
    public enum Outcome: Sendable, Equatable {
        /// The work is done; the count of failures begins anew.
        case succeeded
        /// The work is done for now, and the item comes again after that time.
        case succeededAgain(after: Duration)
        /// The work failed; the item comes again after a delay that grows with each failure.
        case failed
        /// The work was cancelled, which is neither a success nor a failure.
        case abandoned
    }

    /// The most important item, or one that was overtaken often enough; nil when there is none (or the queue is shut
    /// down).
    public mutating func take(now: Duration) -> WorkItem? {
        guard phase != .closed, depth > 0 else { return nil }
        var next: Int?
        for priority in ready.indices {
            dropObsolete(priority)
            if ready[priority].isEmpty { continue }
            // The lowest of those whose turn has come, else the highest.
            if let found = next, overtaken[found] >= options.fairness { continue }
            next = priority
        }
        guard let next, let entry = ready[next].popFirst(), let found = records[entry.place].pending else { return nil }
        overtaken[next] = 0
        for priority in 0..<next where !ready[priority].isEmpty { overtaken[priority] += 1 }
        setPending(nil, of: entry.place)
        records[entry.place].startedAt = now
        processing.append(entry.place)
        depth -= 1
        return WorkItem(
            item: records[entry.place].item, priority: found.priority, waited: max(.zero, now - found.since), at: now,
            place: entry.place)
    }

    private mutating func dropObsolete(_ priority: Int) {
        while let entry = ready[priority].first, !isCurrent(entry) { ready[priority].popFirst() }
        if ready[priority].isEmpty { overtaken[priority] = 0 }
    }

    /// Says what became of an item.
    ///
    /// - Parameters:
    ///   - taken: The item as it was handed out. One that was given back already is ignored.
    ///   - outcome: What became of it.
    ///   - now: The present moment.
    ///   - random: A number from 0 to 1, for the jitter of the back-off.
    /// - Returns: When it failed, the delay after which it comes again; nil otherwise.
    @discardableResult
    public mutating func finish(_ taken: WorkItem, outcome: Outcome, now: Duration, random: Double = 0) -> Duration? {
        guard isProcessing(taken) else { return nil }
        var delay: Duration?
        switch outcome {
        case .succeeded: records[taken.place].failures = 0
        case .succeededAgain(let after):
            records[taken.place].failures = 0
            if phase == .open { add(taken.place, priority: taken.priority, at: now + after, now: now) }
        case .failed:
            delay =
                phase == .open
                ? addAfterFailure(taken.place, priority: taken.priority, now: now, random: random) : .zero
        case .abandoned: break
        }
        end(taken.place)
        return delay
    }

    private func isProcessing(_ taken: WorkItem) -> Bool {
        taken.place < records.count && records[taken.place].startedAt != nil && records[taken.place].item == taken.item
    }

    private mutating func end(_ place: Int) {
        if let index = processing.firstIndex(of: place) { processing.swapAt(index, processing.count - 1) }
        processing.removeLast()
        records[place].startedAt = nil
        if let again = records[place].pending {
            if again.deadline == nil { enqueue(place, priority: again.priority, ticket: again.ticket) }
        } else {
            releaseIfIdle(place)
        }
    }

    /// The moment when ``promote(now:)`` has something to do next; nil without delayed items.
    public var nextDeadline: Duration? { delayed.first?.deadline }

    /// Makes delayed items ready whose moment has come.
    public mutating func promote(now: Duration) {
        while let due = delayed.first, due.deadline <= now {
            delayed.popFirst()
            let place = due.element.place
            guard isCurrent(due.element), let found = records[place].pending else { continue }
            delayedCount -= 1
            records[place].pending?.deadline = nil
            records[place].pending?.since = due.deadline
            if records[place].startedAt == nil { enqueue(place, priority: found.priority, ticket: found.ticket) }
        }
    }

    /// Ends the queue: from now on nothing can be added. What is not due yet is dropped; what is due is dropped too
    /// unless `draining`.
    public mutating func shutDown(draining: Bool = false) {
        phase = draining && phase != .closed ? .draining : .closed
        delayed = TimerQueue()
        delayedCount = 0
        for place in records.indices where phase == .closed || records[place].pending?.deadline != nil {
            setPending(nil, of: place)
        }
        if phase == .closed {
            ready = ready.map { _ in FIFO() }
            depth = 0
        }
    }

    /// Whether nothing will be handed out any more.
    public var isFinished: Bool {
        switch phase {
        case .open: false
        case .draining: pendingCount == 0
        case .closed: true
        }
    }

    /// The number of items that are being processed.
    public var processingCount: Int { processing.count }

    /// The time for which the items that are being processed have been so: all together, and the longest.
    public func running(now: Duration) -> (total: Duration, longest: Duration) {
        var (total, longest) = (Duration.zero, Duration.zero)
        for place in processing {
            let time = records[place].startedAt.map { now - $0 } ?? .zero
            total += time
            longest = max(longest, time)
        }
        return (total, longest)
    }
}

extension WorkQueueState {
    /// The number of entries of delayed items, including obsolete ones.
    var delayedEntryCount: Int { delayed.count }
    /// The number of items of which something is known.
    var knownCount: Int { places.count }
}
