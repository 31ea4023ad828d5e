import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Cancels what changes nothing in the cluster as soon as it isn't wanted any more. Never used around a write: its outcome
/// must be kept.
struct StopWatcher: Sendable {
    enum Outcome<Value: Sendable>: Sendable {
        case finished(Value)
        /// The turn was stopped, in the conversation or in its SkyfloAI; or the user deleted the conversation.
        case stopped
        /// The turn has no time left.
        case timedOut

        var isFinished: Bool {
            if case .finished = self { true } else { false }
        }
    }

    let conversations: Informer
    let skyfloAIs: Informer
    let clock: any RuntimeClock

    /// Runs an operation until the user stops or deletes the conversation or the turn's time is over.
    func run<Value: Sendable>(
        for store: ConversationStore, governedBy skyfloAI: ObjectKey,
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Outcome<Value> {
        let (key, uid) = (store.conversation.key, store.conversation.uid)
        let limit = Double(store.machine.policy.limits.turnTimeoutSeconds)
        let left = limit - store.machine.secondsWorked(now: clock.now)
        return try await withThrowingTaskGroup(of: Outcome<Value>.self) { group in
            group.addTask { .finished(try await operation()) }
            group.addTask {
                _ = try await conversations.wait(for: key) { object in
                    guard let object, object.uid == uid, !object.isBeingDeleted else { return true }
                    return object["spec", "stop"]?.bool ?? false
                }
                return .stopped
            }
            group.addTask {
                _ = try await skyfloAIs.wait(for: skyfloAI) { $0?["spec", "stop"]?.bool ?? false }
                return .stopped
            }
            group.addTask {
                // A little more than is left: whoever looks at the clock afterwards must find the time over.
                try await clock.sleep(for: .milliseconds(Int64(max(0, left) * 1000) + 10))
                return .timedOut
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}

extension ConversationStore {
    /// The value; after a cancellation, what the user wants now is read.
    /// - Returns: nil when cancelled: the engine, asked again, ends the turn.
    mutating func valueOrRefresh<Value: Sendable>(_ outcome: StopWatcher.Outcome<Value>) async throws -> Value? {
        switch outcome {
        case .finished(let value): return value
        case .stopped, .timedOut:
            try await refresh()
            return nil
        }
    }
}
