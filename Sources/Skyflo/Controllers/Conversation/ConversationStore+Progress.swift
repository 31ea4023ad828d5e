import ControllerRuntime
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine

/// Why the model's endpoint lets the turn wait, and until when; nil while it doesn't. Told by whoever asks the model, read by
/// whoever writes the status.
final class ModelPause: Sendable {
    private let text = Mutex<String?>(nil)

    var current: String? { text.withLock(\.self) }

    /// - Parameter why: nil when it goes on.
    func set(_ why: String?) { text.withLock { $0 = why } }
}

/// Letting people see how far a turn is while something takes its time.
extension ConversationStore {
    /// What is over before anybody could read it isn't written.
    private static let grace = Duration.milliseconds(50)

    private enum Moment<Value: Sendable>: Sendable {
        case done(Value)
        case look
    }

    /// Runs an operation that writes nothing. While it lasts, the status is brought up to date: at most once in
    /// ``progressInterval``, only where something is new, and only with facts that are stored.
    ///
    /// - Parameter first: what is done beside the operation in any case.
    mutating func showingProgress<Value: Sendable>(
        pause: ModelPause? = nil, first: (inout ConversationStore) async throws -> Void = { _ in },
        of operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let clock = clock
        defer { wait = nil }
        return try await withThrowingTaskGroup(of: Moment<Value>.self) { group in
            defer { group.cancelAll() }
            group.addTask { .done(try await operation()) }
            try await first(&self)
            addLook(to: &group, after: max(Self.grace, untilNextProgress), clock)
            for try await moment in group {
                if case .done(let value) = moment { return value }
                wait = pause?.current
                try await writeProgress()
                addLook(to: &group, after: max(Self.grace, untilNextProgress), clock)
            }
            throw CancellationError()
        }
    }

    private func addLook<Value: Sendable>(
        to group: inout ThrowingTaskGroup<Moment<Value>, any Error>, after pause: Duration, _ clock: any RuntimeClock
    ) {
        group.addTask {
            try await clock.sleep(for: pause)
            return .look
        }
    }

    private var untilNextProgress: Duration {
        guard let writtenAt else { return .zero }
        return writtenAt + progressInterval - clock.uptime
    }

    /// Writes the status where it says something else by now. First the transcript: what people have seen isn't lost with the
    /// worker.
    private mutating func writeProgress() async throws {
        guard isStatusOutdated else {
            // The next look is worth it only after as long again.
            writtenAt = clock.uptime
            return
        }
        if record.hasUnwritten { try await flush() }
        try await writeStatus()
    }

    /// Whether the status, as it was last read or written, says something else than the facts do.
    var isStatusOutdated: Bool {
        let status = conversation.status.json
        return MergePatch.apply(projection(StatusNotes()).patch()["status"] ?? .null, to: status) != status
    }
}
