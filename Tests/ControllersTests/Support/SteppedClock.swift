import ControllerRuntime
import KubeModel
import Synchronization

/// Stands still until it is told to go on. Nothing sleeps by it.
final class SteppedClock: RuntimeClock {
    private let time = Mutex(Duration.zero)

    var uptime: Duration { time.withLock(\.self) }
    var now: KubeTime { KubeTime(seconds: 1_800_000_000).adding(seconds: uptime / .seconds(1)) }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }
    func sleep(until deadline: Duration) async throws {}
}
