import Concurrency
public import KubeModel

/// The time, as everything in this module sees it, so that tests can drive it.
///
/// Deadlines are moments of ``uptime``, which only goes forward. ``now`` is the wall clock, which may be set back; it
/// is only for what other processes read (a lease's `renewTime`, an event's timestamps).
public protocol RuntimeClock: Sendable {
    /// The time since some fixed start. It never goes back.
    var uptime: Duration { get }
    /// The wall clock, for what other processes read.
    var now: KubeTime { get }
    /// Sleeps until a moment of ``uptime``; returns at once when it has passed.
    /// - Throws: `CancellationError`.
    func sleep(until deadline: Duration) async throws
}

extension RuntimeClock {
    /// Sleeps for a time. `CancellationError` is thrown when the task is cancelled.
    public func sleep(for duration: Duration) async throws { try await sleep(until: uptime + duration) }

    /// Runs `work` and gives up on it at `deadline`: it is cancelled, and awaited.
    ///
    /// - Returns: nil where it was given up.
    public func withDeadline<Result: Sendable>(
        _ deadline: Duration, work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await result(of: work, before: { try await sleep(until: deadline) })
    }

    /// Returns at the deadline, at a signal or when the task is cancelled, whichever is first; without a deadline only
    /// at the latter two. Callers look again at what they wait for, so it doesn't matter which it was.
    func wait(until deadline: Duration?, or signal: Signal) async {
        guard let deadline else { return await signal.wait() }
        guard deadline > uptime else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(until: deadline) }
            group.addTask { await signal.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
