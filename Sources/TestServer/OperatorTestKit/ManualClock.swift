public import ControllerRuntime
public import KubeModel
import Synchronization

/// A clock for tests that stands still until it is told to go on.
public final class ManualClock: RuntimeClock {
    private struct Sleeper {
        var deadline: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime: Duration
        var lastID: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
    }

    private let start: KubeTime
    private let state: Mutex<State>

    /// Makes a clock at uptime zero, when its wall clock shows `start`.
    public init(start: KubeTime = KubeTime(microseconds: 1_800_000_000_000_000)) {
        self.start = start
        state = Mutex(State(uptime: .zero))
    }

    /// The time by which it was advanced.
    public var uptime: Duration { state.withLock(\.uptime) }
    /// The wall clock: the start and what it was advanced by.
    public var now: KubeTime { start.adding(seconds: uptime / .seconds(1)) }

    /// Moments that tasks sleep until, the next first. A test waits for one of its own to appear here before it goes
    /// on.
    public var deadlines: [Duration] { state.withLock { $0.sleepers.values.map(\.deadline).sorted() } }

    /// Moves the time on and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.uptime }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Sleeps until the clock is advanced to `deadline`. `CancellationError` is thrown when the task is cancelled.
    public func sleep(until deadline: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    guard deadline > state.uptime else { return true }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return false
                }
                if isDue { continuation.resume() } else if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func cancel(_ id: UInt64) {
        let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
