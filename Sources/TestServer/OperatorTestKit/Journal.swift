import Synchronization

/// A record of what happened, in order; for closures of tests that run in other tasks.
public final class Journal<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    /// Makes an empty journal.
    public init() {}

    /// Adds an entry behind all others.
    public func add(_ entry: Entry) { state.withLock { $0.append(entry) } }
    /// The entries until now, in the order in which they were added.
    public var entries: [Entry] { state.withLock(\.self) }
    /// The number of entries until now.
    public var count: Int { state.withLock(\.count) }
}
