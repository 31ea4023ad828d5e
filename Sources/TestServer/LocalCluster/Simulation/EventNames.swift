import KubeModel
import Synchronization

/// The ends of Events' names: of the same event the same, so that it is counted up, and of a later one a greater, so that
/// lists have them in the order in which they came.
final class EventNames: Sendable {
    private struct State {
        var suffixes: [String: UInt64] = [:]
        var last: UInt64 = 0
    }

    /// The number of events that are remembered: as many as client-go's correlator does.
    private static let limit = 4096
    private let state = Mutex(State())

    /// The end of an event's name; events of the same `identity` have the same.
    func suffix(of identity: String) -> String {
        let number = state.withLock { state in
            if let known = state.suffixes[identity] { return known }
            if state.suffixes.count >= Self.limit { state.suffixes = [:] }
            state.last = max(state.last + 1, UInt64(max(0, KubeTime.now().microseconds)) * 1000)
            state.suffixes[identity] = state.last
            return state.last
        }
        return String(number, radix: 16)
    }
}
