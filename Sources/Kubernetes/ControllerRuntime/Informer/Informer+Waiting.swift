public import KubeModel
import NIOConcurrencyHelpers

extension Informer {
    /// Returns as soon as the cached object satisfies `predicate`: at once when it already does.
    ///
    /// Before the first list nothing is known, so it waits for that first. Each state that the cache goes through is
    /// shown to the predicate; states that the server went through during a disconnect may be missing, and those that a
    /// slow handler held up.
    /// - Parameters:
    ///   - key: The namespace and the name of the object.
    ///   - predicate: Judges the object, nil where it doesn't exist. It is called from whatever task changes the cache;
    ///     it must not block.
    /// - Returns: The object that satisfied it, or nil where its absence did.
    /// - Throws: `CancellationError`; ``RuntimeError`` when the informer stops.
    public func wait(
        for key: ObjectKey, until predicate: @escaping @Sendable (KubeObject?) -> Bool
    ) async throws -> KubeObject? {
        try await waitForSync()
        let (id, now) = shared.withLockedValue { shared in
            shared.lastWaiter += 1
            return (shared.lastWaiter, shared.store.objects[key])
        }
        if predicate(now) { return now }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                register(Waiter(id: id, since: 0, predicate: predicate, continuation: continuation), for: key)
                if Task.isCancelled { removeWaiter(id, for: key)?.continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            removeWaiter(id, for: key)?.continuation.resume(throwing: CancellationError())
        }
    }

    /// The number of tasks that wait for an object.
    public var waiterCount: Int { shared.withLockedValue { $0.waiters.values.reduce(0) { $0 + $1.count } } }

    private func register(_ waiter: Waiter, for key: ObjectKey) {
        // Registering and reading in one step: what changes after it is delivered, what changed before it is seen here.
        let (object, isStopped) = shared.withLockedValue { shared in
            var waiter = waiter
            waiter.since = shared.lastChange
            shared.waiters[key, default: []].append(waiter)
            return (shared.store.objects[key], shared.isStopped)
        }
        if waiter.predicate(object) {
            removeWaiter(waiter.id, for: key)?.continuation.resume(returning: object)
        } else if isStopped {
            removeWaiter(waiter.id, for: key)?.continuation.resume(throwing: Self.stopped)
        }
    }

    /// Removes a waiter. Whoever gets it resumes it; only one does.
    private func removeWaiter(_ id: UInt64, for key: ObjectKey) -> Waiter? {
        shared.withLockedValue { shared in
            guard let at = shared.waiters[key]?.firstIndex(where: { $0.id == id }) else { return nil }
            let waiter = shared.waiters[key]?.remove(at: at)
            if shared.waiters[key]?.isEmpty == true { shared.waiters[key] = nil }
            return waiter
        }
    }

    func wake(for event: InformerEvent, number: UInt64) {
        let key = event.object.key
        let candidates = shared.withLockedValue { $0.waiters[key] ?? [] }
        for waiter in candidates where waiter.since < number && waiter.predicate(event.remaining) {
            removeWaiter(waiter.id, for: key)?.continuation.resume(returning: event.remaining)
        }
    }

    /// Nothing changes any more, so that nobody may wait any longer.
    func failWaiters() {
        let waiters = shared.withLockedValue { shared in
            shared.isStopped = true
            defer { shared.waiters = [:] }
            return shared.waiters.values.flatMap(\.self)
        }
        synced.fail(Self.stopped)
        for waiter in waiters { waiter.continuation.resume(throwing: Self.stopped) }
    }

    private static var stopped: RuntimeError { RuntimeError(.stopped, message: "the informer has stopped") }
}
