import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Tools
import WorkflowEngine

/// One reconcile of one conversation: the loop of observing, deciding and performing, with what it learned so far.
///
/// Writes to the cluster happen in ``TurnRunner/execute(_:)`` and nowhere else.
struct TurnRunner {
    let dependencies: ConversationReconciler.Dependencies
    /// As the API server last answered; at least as new as the cache was at the start.
    var conversation: Conversation
    var record: TurnRecord
    var timeToFirstToken: Double?
    /// What it takes for decisions to count. Nothing counts before it was read.
    var terms = ApprovalTerms(doubt: "not looked at yet")
    /// What is missing of decisions that were made, by call.
    var incomplete: [String: String] = [:]
    /// The API server doesn't let the annotation be written that says how far the conversation is.
    var isProgressRefused = false

    init(dependencies: ConversationReconciler.Dependencies, conversation: Conversation, record: TurnRecord) {
        self.dependencies = dependencies
        self.conversation = conversation
        self.record = record
    }

    var api: any KubeAPI { dependencies.api }
    var machine: WorkflowStateMachine { record.machine }
    var references: References? { record.references }
    var now: KubeTime { dependencies.clock.now }
    var logger: Logger { dependencies.logger }
    var store: TranscriptStore {
        TranscriptStore(api: api, redactionKey: dependencies.options.redactionKey, of: conversation)
    }

    mutating func run() async throws -> ReconcileResult {
        if let loss = record.loss { return try await giveUpLostTranscript(loss) }
        if let note = conversation.restoration { try await skipRestored(note) }
        for event in machine.missing(from: conversation.status) {
            record.log(event, at: now)
        }
        while true {
            try Task.checkCancellation()
            if !machine.isRunning {
                guard hasUndoToTakeUp || messageToTakeUp != nil else { return try await rest() }
                if let wait = try await resolveReferences() { return wait }
                takeUpNext()
            } else if references?.identity.user != conversation.identity, let wait = try await resolveReferences() {
                return wait
            }
            try await claim()
            try await absorbDecisions()
            let action = machine.next(now: now, stop: stop)
            // Asking the model takes longer than that, and does it meanwhile.
            if action != .askModel { try await keepProgress() }
            if let result = try await perform(action) { return result }
        }
    }

    // MARK: Between turns

    private var messageToTakeUp: ConversationSpec.Message? {
        conversation.spec.stop ? nil : machine.waitingMessages(of: conversation.spec).first
    }

    private var hasUndoToTakeUp: Bool {
        machine.turn > 0 && machine.undosTaken < conversation.spec.undo.count && !conversation.spec.stop
    }

    private mutating func takeUpNext() {
        if hasUndoToTakeUp {
            let ids = conversation.spec.undo.dropFirst(machine.undosTaken).prefix(WorkflowStateMachine.callsPerReply)
            return record.log(.undoStarted(changes: Array(ids)), at: now)
        }
        guard let message = messageToTakeUp else { return }
        record.log(
            .turnStarted(number: machine.turn + 1, message: message.content, followUp: message.followUp), at: now)
    }

    /// Nothing to do: the status says so, if it doesn't yet.
    private mutating func rest() async throws -> ReconcileResult {
        if conversation.status.observedGeneration != conversation.object.generation || !conversation.status.isTurnEnded
        {
            try await writeStatus()
        }
        return .done
    }

    /// - Returns: nil when everything that the spec names is there.
    private mutating func resolveReferences() async throws -> ReconcileResult? {
        do {
            let resolved = try await References.resolve(for: conversation, dependencies)
            record.references = resolved
            if !machine.isRunning, let stop {
                throw References.Missing(reason: .skyfloAIStopped, message: "stopped by \(stop)")
            }
            record.adopt(resolved.policy(for: conversation.spec))
            return nil
        } catch let missing as References.Missing {
            if machine.isRunning, conversation.spec.stop {
                if let begun = machine.calls.first(where: { $0.state == .executing }) {
                    try await closeBegun(begun, because: "stopped by spec.stop")
                }
                try await end(.init(.stopped, .stopped, message: "stopped by spec.stop"))
                return nil
            }
            let condition = conversation.status.conditions[type: ConversationCondition.accepted.rawValue]
            if condition?.status != .false || condition?.message != missing.message
                || conversation.status.observedGeneration != conversation.object.generation
            {
                try await writeStatus(notAccepted: (missing.reason, missing.message))
                dependencies.events.warning(conversation.object, missing.reason.rawValue, missing.message)
            }
            // SkyfloAIs are watched; Secrets and ServiceAccounts are not, so that the operator needn't see them all.
            return .requeue(after: .seconds(2))
        }
    }

    /// Without the transcript it isn't known what was asked for and what was done: the conversation ends here. Nothing is
    /// appended to what is left of it.
    private mutating func giveUpLostTranscript(_ loss: String) async throws -> ReconcileResult {
        let message = "the transcript in Secrets \(record.stored.position.secretPrefix)-… can't be used: \(loss)"
        let status = conversation.status
        guard
            status.conditions[type: ConversationCondition.failed.rawValue]?.message != message
                || status.observedGeneration != conversation.object.generation
        else { return .done }
        dependencies.events.warning(conversation.object, ConversationReason.transcriptLost.rawValue, message)
        try await writeFailure(.transcriptLost, message)
        return .done
    }

    // MARK: Performing

    /// - Returns: nil to go on at once.
    private mutating func perform(_ action: WorkflowStateMachine.Action) async throws -> ReconcileResult? {
        switch action {
        case .idle: return try await rest()
        case .askModel: return try await askModel()
        case .prepare(let ids): return try await prepare(ids)
        case .askBeforeReading(let ids): return try await askBeforeReading(ids)
        case .expire(let id): record.log(.approvalExpired(id: id), at: now)
        case .execute(let id): try await execute(id)
        case .recover(let id): try await recover(id)
        case .continueSequence(let id): return try await continueSequence(id)
        case .verify(let id): return try await verify(id)
        case .awaitDecisions(let until): return try await awaitDecisions(until: until)
        case .end(let end): try await self.end(end)
        }
        return nil
    }

    mutating func end(_ end: TurnEnd) async throws {
        record.log(.turnEnded(end), at: now)
        try await flush()
        try await writeStatus()
        let reason = end.kind == .completed ? "TurnCompleted" : "Turn\(end.kind.rawValue)"
        let message = "turn \(machine.turn): \(end.message.isEmpty ? end.reason.rawValue : end.message)"
        if end.kind == .failed {
            dependencies.events.warning(conversation.object, reason, message)
        } else {
            dependencies.events.normal(conversation.object, reason, message)
        }
        ConversationMetrics.turnEnded(end.kind)
        // The next message starts from a fresh look at the object: its references may have changed.
        record.references = nil
    }
}
