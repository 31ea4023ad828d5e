import KubeModel
import Synchronization

/// The turns that this process can tell of: those that it works on, and the newest of those that have ended.
package final class LiveTurns: Sendable {
    /// How many are kept that have ended, and how many bytes of them: for whoever was on the way when they did.
    static let ended = 64
    static let endedBytes = 4 << 20

    private struct State: Sendable {
        /// By the conversation.
        var turns: [ObjectKey: LiveTurn] = [:]
        /// Of these, those that have ended; oldest first.
        var ended: [ObjectKey] = []
    }

    private let state = Mutex(State())
    private let watchers = Watchers()

    package init() {}

    package subscript(_ conversation: ObjectKey) -> LiveTurn? { state.withLock { $0.turns[conversation] } }

    /// From here on it is this one that is told of. Who followed an earlier one looks again.
    package func begin(_ turn: LiveTurn) {
        let earlier = state.withLock { state in
            let earlier = state.turns[turn.conversation]
            state.turns[turn.conversation] = turn
            state.ended.removeAll { $0 == turn.conversation }
            return earlier
        }
        earlier?.finish(.abandoned)
        watchers.wake()
    }

    /// All of it was told.
    package func complete(_ turn: LiveTurn) {
        turn.finish(.completed)
        state.withLock { state in
            guard state.turns[turn.conversation] === turn else { return }
            state.ended.append(turn.conversation)
            while state.ended.count > 1,
                state.ended.count > Self.ended
                    || state.ended.reduce(0, { $0 + (state.turns[$1]?.bytes ?? 0) }) > Self.endedBytes
            {
                state.turns[state.ended.removeFirst()] = nil
            }
        }
    }

    /// Nothing is known here of the conversation any more: it is gone, or in other hands.
    package func abandon(_ conversation: ObjectKey) {
        let turn = state.withLock { state in
            state.ended.removeAll { $0 == conversation }
            return state.turns.removeValue(forKey: conversation)
        }
        turn?.finish(.abandoned)
    }

    /// Wakes somebody when a turn has begun.
    package func watch(with continuation: AsyncStream<Void>.Continuation) { watchers.add(continuation) }
}
