import NIOCore
import NIOPosix
import Synchronization

/// Sleeps until `deadline`, and leaves nothing behind when it is cancelled.
///
/// A cancelled `Task.sleep` keeps its timer and its task until the deadline comes. Deadlines of minutes around work of
/// milliseconds, as every request and every turn has, make that megabytes. This one's timer goes with the sleep.
/// - Throws: `CancellationError`.
public func sleep(until deadline: ContinuousClock.Instant) async throws {
    let left = ContinuousClock.now.duration(to: deadline)
    try Task.checkCancellation()
    guard left > .zero else { return }
    let sleeper = Sleeper()
    try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { sleeper.start($0, for: TimeAmount(left)) }
    } onCancel: {
        sleeper.cancel()
    }
}

/// Sleeps for a time as ``sleep(until:)`` does until a deadline.
public func sleep(for duration: Duration) async throws { try await sleep(until: .now + duration) }

/// One sleep. Whoever takes the continuation resumes it, never under the lock: waking a task takes the task's own lock,
/// under which `cancel` is called.
private final class Sleeper: Sendable {
    private enum State {
        case idle
        case asleep(CheckedContinuation<Void, any Error>, Scheduled<Void>?)
        case over(isCancelled: Bool)
    }

    private let state = Mutex(State.idle)

    func start(_ continuation: CheckedContinuation<Void, any Error>, for amount: TimeAmount) {
        let mayStart = state.withLock { state in
            guard case .idle = state else { return false }
            state = .asleep(continuation, nil)
            return true
        }
        guard mayStart else { return continuation.resume(throwing: CancellationError()) }
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: amount) {
            self.end(isCancelled: false)
        }
        let isOver = state.withLock { state in
            guard case .asleep(let continuation, _) = state else { return true }
            state = .asleep(continuation, timer)
            return false
        }
        if isOver { timer.cancel() }
    }

    func cancel() { end(isCancelled: true) }

    private func end(isCancelled: Bool) {
        let before = state.withLock { state in
            defer { if case .over = state {} else { state = .over(isCancelled: isCancelled) } }
            return state
        }
        guard case .asleep(let continuation, let timer) = before else { return }
        timer?.cancel()
        if isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
    }
}

extension TimeAmount {
    /// Rounded up to a nanosecond; what doesn't fit is the longest there is.
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000 + 1)
        self = .nanoseconds(isTooLong || sum.overflow ? .max / 2 : sum.partialValue)
    }
}
