import KubeModel
import Synchronization

/// A turn that this process works on, or did a moment ago, as others may follow it.
///
/// The turn writes and never waits. Each reader has a place of its own in the log and reads on from there: a slow one falls
/// behind, and misses what is no longer kept, and nobody else notices.
package final class LiveTurn: Sendable {
    package enum End: Sendable, Hashable {
        /// All was told.
        case completed
        /// Somebody else goes on with it, here or elsewhere.
        case abandoned
    }

    /// What a reader gets next.
    package struct Batch: Sendable {
        package var events: [LiveEvent] = []
        /// Events behind the reader's place up to this number aren't kept any more; nil where all are.
        package var missedUpTo: EventNumber?
        /// Nothing comes behind these events; nil while something may.
        package var end: End?
    }

    private struct State: Sendable {
        var log = TurnLog()
        /// For what passes.
        var next: EventNumber
        var end: End?
    }

    package let conversation: ObjectKey
    package let uid: String
    package let number: Int
    package let epoch: Int
    /// Whoever has it may follow the turn; it opens nothing else. Empty for a turn that can be followed by nobody.
    package let streamKey: String
    /// Of its first event; what is before belongs to earlier turns.
    package let first: EventNumber
    private let state: Mutex<State>
    private let watchers = Watchers()

    /// - Parameters:
    ///   - told: what the transcript tells of the turn.
    ///   - narration: behind that.
    package init(
        _ conversation: ObjectKey, uid: String, number: Int, epoch: Int, streamKey: String, told: [LiveEvent] = [],
        narration: TurnNarration
    ) {
        self.conversation = conversation
        self.uid = uid
        self.number = number
        self.epoch = epoch
        self.streamKey = streamKey
        first = told.first?.number ?? narration.lastNumber
        var state = State(next: narration.lastNumber.lastOfFact.advanced(by: 1))
        for event in told { state.log.append(fact: event) }
        self.state = Mutex(state)
    }

    // MARK: Writing

    /// Tells facts. Once the turn is over nothing is told.
    package func tell(_ events: [LiveEvent], _ narration: TurnNarration) {
        wake { state in
            guard state.end == nil else { return }
            for event in events where event.number > state.log.last { state.log.append(fact: event) }
            state.next = max(state.next, narration.lastNumber.lastOfFact.advanced(by: 1))
        }
    }

    /// Tells what passes, and isn't in the transcript.
    package func pass(_ contents: [LiveEvent.Content], at: KubeTime? = nil) {
        guard !contents.isEmpty else { return }
        wake { state in
            guard state.end == nil else { return }
            for content in contents where state.next.hasNext {
                state.log.append(passing: LiveEvent(state.next, at: at, content))
                state.next = state.next.advanced(by: 1)
            }
        }
    }

    package func finish(_ end: End) {
        wake { state in state.end = state.end ?? end }
    }

    private func wake(after change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        watchers.wake()
    }

    // MARK: Reading

    package var end: End? { state.withLock(\.end) }
    package var bytes: Int { state.withLock(\.log.bytes) }
    package var last: EventNumber { state.withLock(\.log.last) }

    /// - Parameters:
    ///   - number: the last one that the reader has; nil for none.
    ///   - limit: about how many bytes at most.
    package func read(after number: EventNumber?, bytes limit: Int) -> Batch {
        state.withLock { state in
            var batch = Batch(events: state.log.events(after: number ?? .zero, bytes: limit))
            if let number, let dropped = state.log.newestDropped, number < dropped { batch.missedUpTo = dropped }
            if (batch.events.last?.number ?? number ?? .zero) >= state.log.last { batch.end = state.end }
            return batch
        }
    }

    /// Wakes whoever iterates it when there may be something new. Wake-ups that nobody waits for are kept as one.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        watch(with: continuation)
        return stream
    }

    /// Lets it wake somebody who is woken by others, too.
    package func watch(with continuation: AsyncStream<Void>.Continuation) { watchers.add(continuation) }

    package var watcherCount: Int { watchers.count }
}
