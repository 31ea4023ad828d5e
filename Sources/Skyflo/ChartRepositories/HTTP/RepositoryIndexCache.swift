import Concurrency
import Helm
import Integrations
import KubeModel
import Synchronization

/// Indexes of repositories that were read a while ago, within a limit of memory.
package final class RepositoryIndexCache: Sendable {
    /// For how long one is used without asking whether it has changed.
    static let freshness = Duration.seconds(300)
    /// For how long a repository that failed isn't asked again, unless that is wanted.
    static let failureMemory = Duration.seconds(5)

    /// Whose index it is, and as whom it is read.
    struct Key: Hashable, Sendable {
        var repository: ChartRepository
        var access: RepositoryAccess

        fileprivate var content: Content { Content(url: repository.url, access: access) }
    }

    /// Who may read a repository with a credential may see what somebody else has read with the same one. Why it couldn't be
    /// read has to do with the rest of the settings.
    fileprivate struct Content: Hashable {
        var url: String
        var access: RepositoryAccess
    }

    private struct Entry {
        var fetched: FetchedIndex
        var askedAt: Duration
        var usedAt: Duration
        var cost: Int
    }

    /// The calls that want the same index now. One of them at a time asks for it.
    private struct Load {
        let turn = AsyncSemaphore(permits: 1)
        var callers = 0
        /// What the last one that asked has got, and how many had before it.
        var outcome: Result<FetchedIndex, any Error>?
        var outcomes = 0
    }

    private struct State {
        var entries: [Content: Entry] = [:]
        var failures: [Key: (error: any Error, at: Duration)] = [:]
        var loads: [Key: Load] = [:]
    }

    private let state = Mutex(State())
    private let limit: Int
    /// How many repositories are asked at the same time: what they send is held in memory.
    private let asking = AsyncSemaphore(permits: 4)
    /// A large index takes tens of megabytes while it is read.
    let reading = AsyncSemaphore(permits: 1)

    /// - Parameter limit: of the memory that all indexes take, in bytes, about.
    package init(limit: Int = 24 << 20) { self.limit = limit }

    /// Bytes that what is kept takes, about.
    var cost: Int { state.withLock { $0.entries.values.reduce(0) { $0 + $1.cost } } }

    /// How many calls want an index now.
    var callers: Int { state.withLock { $0.loads.values.reduce(0) { $0 + $1.callers } } }

    /// The index as it is remembered, or as `fetch` has it. Several that want the same one wait for the first, and get what it
    /// gets, a failure too; where it is cancelled, the next one asks.
    ///
    /// - Parameters:
    ///   - isNew: the repository is asked, however new the remembered one is.
    ///   - uptime: the clock.
    ///   - fetch: gets what is remembered, and asks whether it has changed.
    func index(
        _ key: Key, isNew: Bool, uptime: () -> Duration,
        fetch: (FetchedIndex?) async throws -> FetchedIndex
    ) async throws -> RepositoryIndex {
        if !isNew, let known = try known(key, at: uptime()) { return known.index }
        let (turn, seen) = join(key)
        defer { leave(key) }
        return try await turn.withPermit {
            // What another call has asked for meanwhile is new enough.
            if let outcome = outcome(of: key, after: seen) { return try outcome.get().index }
            do {
                let fetched = try await asking.withPermit {
                    try await fetch(state.withLock { $0.entries[key.content]?.fetched })
                }
                keep(fetched, as: key, at: uptime())
                return fetched.index
            } catch {
                if !(error is CancellationError), !Task.isCancelled { keep(error, as: key, at: uptime()) }
                throw error
            }
        }
    }

    /// - Throws: what kept it from being read a moment ago.
    private func known(_ key: Key, at now: Duration) throws -> FetchedIndex? {
        try state.withLock { state in
            if let failure = state.failures[key], failure.at >= now - Self.failureMemory { throw failure.error }
            guard let entry = state.entries[key.content], entry.askedAt >= now - Self.freshness else { return nil }
            state.entries[key.content]?.usedAt = now
            return entry.fetched
        }
    }

    private func join(_ key: Key) -> (turn: AsyncSemaphore, seen: Int) {
        state.withLock { state in
            state.loads[key, default: Load()].callers += 1
            return state.loads[key].map { ($0.turn, $0.outcomes) } ?? (AsyncSemaphore(permits: 1), 0)
        }
    }

    private func leave(_ key: Key) {
        state.withLock { state in
            state.loads[key]?.callers -= 1
            if state.loads[key]?.callers == 0 { state.loads[key] = nil }
        }
    }

    private func outcome(of key: Key, after seen: Int) -> Result<FetchedIndex, any Error>? {
        state.withLock { state in
            state.loads[key].flatMap { $0.outcomes > seen ? $0.outcome : nil }
        }
    }

    private func keep(_ error: any Error, as key: Key, at now: Duration) {
        state.withLock { state in
            state.failures = state.failures.filter { $0.value.at >= now - Self.failureMemory }
            state.failures[key] = (error, now)
            state.loads[key]?.outcome = .failure(error)
            state.loads[key]?.outcomes += 1
        }
    }

    private func keep(_ fetched: FetchedIndex, as key: Key, at now: Duration) {
        let cost = fetched.index.cost
        state.withLock { state in
            state.failures[key] = nil
            state.loads[key]?.outcome = .success(fetched)
            state.loads[key]?.outcomes += 1
            state.entries[key.content] = nil
            guard cost <= limit else { return }
            var total = state.entries.values.reduce(cost) { $0 + $1.cost }
            for (old, entry) in state.entries.sorted(by: { $0.value.usedAt < $1.value.usedAt }) where total > limit {
                state.entries[old] = nil
                total -= entry.cost
            }
            state.entries[key.content] = Entry(fetched: fetched, askedAt: now, usedAt: now, cost: cost)
        }
    }
}
