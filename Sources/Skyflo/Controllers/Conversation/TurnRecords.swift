import KubeModel
import SkyfloAPI
import Synchronization
import Transcripts
import WorkflowEngine

/// What this worker knows of conversations between two looks at them, so that neither a decision nor the next message costs
/// reading the transcript and verifying it anew.
///
/// It is only ever believed where the status still names the worker's epoch and the head of the transcript that it knows. An
/// append names the version of the Secret that it was written into: where somebody else has changed that, it is refused, and
/// the transcript is read.
final class TurnRecords: Sendable {
    /// How many are kept of conversations whose turn has ended. Those that wait for a person are all kept.
    static let ended = 64
    /// How long a transcript may be for that, in bytes: its history is in memory then.
    static let endedBytes = 256 * 1024

    private struct State {
        /// By the conversation's uid.
        var records: [String: TurnRecord] = [:]
        /// Of these, those whose turn has ended; oldest first.
        var ended: [String] = []
    }

    private let state = Mutex(State())

    func take(_ uid: String) -> TurnRecord? {
        state.withLock { state in
            state.ended.removeAll { $0 == uid }
            return state.records.removeValue(forKey: uid)
        }
    }

    func keep(_ record: TurnRecord, for uid: String) {
        // What couldn't be read may be readable the next time.
        guard record.loss == nil else { return }
        let isEnded = !record.machine.isRunning
        // Before its first turn a conversation has nothing to be read.
        if isEnded, record.machine.turn == 0 || record.stored.position.bytes > Self.endedBytes { return }
        state.withLock { state in
            state.ended.removeAll { $0 == uid }
            state.records[uid] = record
            guard isEnded else { return }
            state.ended.append(uid)
            if state.ended.count > Self.ended { state.records[state.ended.removeFirst()] = nil }
        }
    }

    func forget(_ key: ObjectKey) {
        state.withLock { state in
            for (uid, record) in state.records where record.key == key {
                state.records[uid] = nil
                state.ended.removeAll { $0 == uid }
            }
        }
    }
}
