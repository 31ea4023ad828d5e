import Synchronization

/// Draws the requests at which something happens.
final class FaultSchedule: Sendable {
    private struct State {
        var random: SplitMix
        var countdown: Int
        var left: Int
    }

    private let state: Mutex<State>
    private let spacing: ClosedRange<Int>

    /// - Parameters:
    ///   - times: how often it happens.
    ///   - spacing: how many requests come between.
    init(seed: UInt64, times: Int, spacing: ClosedRange<Int>) {
        var random = SplitMix(state: seed)
        self.spacing = spacing
        state = Mutex(
            State(random: random, countdown: .random(in: spacing, using: &random), left: times))
    }

    /// Whether there is more to come.
    var isOpen: Bool { state.withLock { $0.left > 0 } }

    /// Counts one request. - Returns: whether it happens now; if so, whether before the answer leaves, or soon after.
    func strikes() -> (now: Bool, later: Duration)? {
        state.withLock { state in
            guard state.left > 0 else { return nil }
            state.countdown -= 1
            guard state.countdown <= 0 else { return nil }
            state.left -= 1
            state.countdown = .random(in: spacing, using: &state.random)
            return (.random(using: &state.random), .microseconds(Int.random(in: 0...20_000, using: &state.random)))
        }
    }
}
