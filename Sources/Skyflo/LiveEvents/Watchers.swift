import Synchronization

/// Who is woken when there may be something new.
final class Watchers: Sendable {
    private struct State: Sendable {
        var byID: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.byID.count } }

    /// Until the stream of the continuation ends.
    func add(_ continuation: AsyncStream<Void>.Continuation) {
        let id = state.withLock { state in
            state.lastID += 1
            state.byID[state.lastID] = continuation
            return state.lastID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.byID[id] = nil }
        }
    }

    /// Outside of the lock, and of any that the caller needs: waking a task takes the task's own, under which watchers are
    /// removed.
    func wake() {
        for watcher in state.withLock({ Array($0.byID.values) }) { watcher.yield() }
    }
}
