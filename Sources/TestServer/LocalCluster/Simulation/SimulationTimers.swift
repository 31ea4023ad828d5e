import Concurrency
import KubeModel
import Synchronization

/// What the simulation has to look at again later, although nothing changes until then: back-offs, deadlines, slow
/// starts. It only remembers; ``run(wake:)`` does the waiting.
final class SimulationTimers: Sendable {
    private let due = Mutex<[ObjectID: KubeTime]>([:])
    private let instants: AsyncStream<ContinuousClock.Instant>
    private let continuation: AsyncStream<ContinuousClock.Instant>.Continuation

    init() { (instants, continuation) = AsyncStream.makeStream() }

    /// An earlier time wins over a later one: whoever looks too early asks again.
    func set(_ id: ObjectID, at time: KubeTime, now: KubeTime) {
        let isNew = due.withLock { due in
            if let known = due[id], known <= time { return false }
            due[id] = time
            return true
        }
        if isNew { continuation.yield(.now + .seconds(max(0, time.seconds(since: now)))) }
    }

    /// What is due at `now`, in the order of keys; it is forgotten by that.
    func take(_ now: KubeTime) -> [ObjectID] {
        due.withLock { due in
            let ready = due.filter { $0.value <= now }.map(\.key)
            for id in ready { due[id] = nil }
            return ready.sorted { ($0.resource, $0.key) < ($1.resource, $1.key) }
        }
    }

    /// Calls `wake` whenever something may be due, until the task is cancelled.
    func run(wake: @escaping @Sendable () -> Void) async {
        await withDiscardingTaskGroup { group in
            for await instant in instants {
                group.addTask {
                    // Cancelled: the simulation ends, nobody looks any more.
                    try? await Concurrency.sleep(until: instant)
                    wake()
                }
            }
            group.cancelAll()
        }
    }
}
