import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine

extension TurnRunner {
    enum Interrupted<Value: Sendable>: Sendable {
        case finished(Value)
        /// The turn was stopped, in the conversation or in its SkyfloAI; or the user deleted the conversation.
        case stopped
        /// The turn has no time left.
        case timedOut
    }

    /// Runs something that changes nothing in the cluster, and cancels it as soon as the user stops or deletes the
    /// conversation or the turn's time is over. Never used around a write: its outcome must be kept.
    func interruptible<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Interrupted<Value> {
        let conversations = dependencies.conversations
        let skyfloAIs = dependencies.skyfloAIs
        let skyfloAI = references?.skyfloAI
        let clock = dependencies.clock
        let key = conversation.key
        let uid = conversation.uid
        let left = Double(machine.policy.limits.turnTimeoutSeconds) - machine.secondsWorked(now: now)
        return try await withThrowingTaskGroup(of: Interrupted<Value>.self) { group in
            group.addTask { .finished(try await operation()) }
            group.addTask {
                _ = try await conversations.wait(for: key) { object in
                    guard let object, object.uid == uid, !object.isBeingDeleted else { return true }
                    return object["spec", "stop"]?.bool ?? false
                }
                return .stopped
            }
            if let skyfloAI {
                group.addTask {
                    _ = try await skyfloAIs.wait(for: skyfloAI) { $0?["spec", "stop"]?.bool ?? false }
                    return .stopped
                }
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

    /// Unwraps, after an interruption reading what the user wants now.
    /// - Returns: nil when interrupted: the engine, asked again, ends the turn.
    mutating func settle<Value: Sendable>(_ outcome: Interrupted<Value>) async throws -> Value? {
        switch outcome {
        case .finished(let value): return value
        case .stopped, .timedOut:
            try await readAgain()
            return nil
        }
    }
}
