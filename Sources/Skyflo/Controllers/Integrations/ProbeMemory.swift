import ControllerRuntime
import KubeModel
import Synchronization

/// What a look at the systems of SkyfloAIs has found a moment ago: each status write brings the object back, and systems aren't
/// asked for each.
final class ProbeMemory<Status: Sendable>: Sendable {
    /// How often a system is asked: people wait for a corrected setting, not for a system that is down.
    private static var interval: Duration { .seconds(55) }

    private struct Seen {
        var statuses: [Status]
        var at: Duration
        var uid: String
        var generation: Int
    }

    private let seen = Mutex<[ObjectKey: Seen]>([:])

    /// What is remembered of an object's systems, or what `look` finds, which is remembered then.
    ///
    /// - Parameter now: the clock's uptime.
    /// - Throws: what `look` does.
    func statuses(of object: KubeObject, at now: Duration, look: () async throws -> [Status]) async throws -> [Status] {
        if let known = seen.withLock({ $0[object.key] }), known.uid == object.uid,
            known.generation == object.generation, now - known.at < Self.interval
        {
            return known.statuses
        }
        let statuses = try await look()
        seen.withLock { seen in
            seen[object.key] = Seen(statuses: statuses, at: now, uid: object.uid, generation: object.generation)
        }
        return statuses
    }
}
