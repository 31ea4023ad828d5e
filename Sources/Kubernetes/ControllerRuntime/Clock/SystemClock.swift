import Concurrency
import FoundationEssentials
public import KubeModel

/// The machine's clocks.
public struct SystemClock: RuntimeClock {
    private static let start = ContinuousClock.now

    public init() {}

    public var uptime: Duration { Self.start.duration(to: ContinuousClock.now) }

    public var now: KubeTime { KubeTime(seconds: Date().timeIntervalSince1970) }

    public func sleep(until deadline: Duration) async throws {
        try await Concurrency.sleep(until: Self.start.advanced(by: deadline))
    }
}
