import Concurrency
import Helm
import Integrations
import KubeModel
import Synchronization

/// Indexes of repositories that were read a while ago, within a limit of memory.
package final class RepositoryIndexCache: Sendable {
    /// For how long one is used without asking whether it has changed.
    static let freshness = Duration.seconds(300)
    /// How many are fetched and read at the same time: a large one takes tens of megabytes for a moment.
    private static let mostLoads = 1

    /// Who may read a repository with a credential may see what somebody else has read with the same one.
    struct Key: Hashable, Sendable {
        var url: String
        var access: RepositoryAccess
    }

    private struct Entry {
        var fetched: FetchedIndex
        var askedAt: Duration
        var usedAt: Duration
        var cost: Int
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var loading: Set<Key> = []
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: of the memory that all indexes take, in bytes, about.
    package init(limit: Int = 24 << 20) { self.limit = limit }

    /// Bytes that what is kept takes, about.
    var cost: Int { state.withLock { $0.entries.values.reduce(0) { $0 + $1.cost } } }

    /// The index as it is remembered, or as `fetch` has it. Several that want the same one wait for the first.
    ///
    /// - Parameters:
    ///   - isNew: the repository is asked, however new the remembered one is.
    ///   - uptime: the clock.
    ///   - fetch: gets what is remembered, and asks whether it has changed.
    func index(
        _ key: Key, isNew: Bool, uptime: () -> Duration, fetch: (FetchedIndex?) async throws -> FetchedIndex
    ) async throws -> RepositoryIndex {
        let begun = uptime()
        func known(since time: Duration) -> FetchedIndex? {
            state.withLock { state in
                guard let entry = state.entries[key], entry.askedAt >= time else { return nil }
                state.entries[key]?.usedAt = begun
                return entry.fetched
            }
        }
        // What another call has asked for meanwhile is new enough.
        let oldest = isNew ? begun : begun - Self.freshness
        while true {
            if !isNew || uptime() > begun, let found = known(since: oldest) { return found.index }
            if begin(key) { break }
            try await sleep(for: .milliseconds(20))
        }
        defer { state.withLock { _ = $0.loading.remove(key) } }
        let fetched = try await fetch(known(since: .seconds(Int64.min / 4)))
        keep(fetched, as: key, at: uptime())
        return fetched.index
    }

    private func begin(_ key: Key) -> Bool {
        state.withLock { state in
            guard !state.loading.contains(key), state.loading.count < Self.mostLoads else { return false }
            state.loading.insert(key)
            return true
        }
    }

    private func keep(_ fetched: FetchedIndex, as key: Key, at now: Duration) {
        let cost = fetched.index.cost
        state.withLock { state in
            state.entries[key] = nil
            guard cost <= limit else { return }
            var total = state.entries.values.reduce(cost) { $0 + $1.cost }
            for (old, entry) in state.entries.sorted(by: { $0.value.usedAt < $1.value.usedAt }) where total > limit {
                state.entries[old] = nil
                total -= entry.cost
            }
            state.entries[key] = Entry(fetched: fetched, askedAt: now, usedAt: now, cost: cost)
        }
    }
}
