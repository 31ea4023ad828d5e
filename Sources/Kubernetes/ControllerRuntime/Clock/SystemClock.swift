import Concurrency
import FoundationEssentials
public import KubeModel

/// The machine's clocks.
public struct SystemClock: RuntimeClock {
    private static let start = ContinuousClock.now

    /// Makes a clock; all of them share one start.
    public init() {}

    /// The time since the process first asked for it, which goes on while the machine sleeps.
    public var uptime: Duration { Self.start.duration(to: ContinuousClock.now) }

    /// The machine's wall clock, to the microsecond.
    public var now: KubeTime { KubeTime(seconds: Date().timeIntervalSince1970) }

    /// Sleeps until a moment of ``uptime``. `CancellationError` is thrown when the task is cancelled.
    public func sleep(until deadline: Duration) async throws {
        try await Concurrency.sleep(until: Self.start.advanced(by: deadline))
    }
}
