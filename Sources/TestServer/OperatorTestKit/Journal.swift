import Synchronization

/// Things that happened, in order; for closures of tests that run in other tasks.
public final class Journal<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])

    public init() {}

    public func add(_ entry: Entry) { state.withLock { $0.append(entry) } }
    public var entries: [Entry] { state.withLock(\.self) }
    public var count: Int { state.withLock(\.count) }
}
