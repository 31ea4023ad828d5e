import ControllerRuntime
import KubeModel
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// One reconcile of one conversation: takes up what waits, asks the engine what to do next, has it done by the part whose
/// task it is, and ends turns.
///
/// What is known of the conversation, and how it is stored, is ``ConversationStore``'s; whether something may be written,
/// ``ApprovalGate``'s; writing it, ``WriteCoordinator``'s.
struct TurnLoop {
    private let dependencies: ConversationReconciler.Dependencies
    private let slots: TurnSlots
    private(set) var store: ConversationStore
    private let gate: ApprovalGate
    private let coordinator: WriteCoordinator
    private let tools: ToolCallRunner
    private let model: ModelCaller
    /// Who makes a title for the conversation; nil where none is to be made.
    private var titler: Titler?

    init(
        dependencies: ConversationReconciler.Dependencies, slots: TurnSlots, conversation: Conversation,
        record: TurnRecord
    ) {
        self.dependencies = dependencies
        self.slots = slots
        store = ConversationStore(dependencies, conversation: conversation, record: record)
        gate = ApprovalGate(dependencies)
        let stopWatcher = StopWatcher(
            conversations: dependencies.conversations, skyfloAIs: dependencies.skyfloAIs, clock: dependencies.clock)
        coordinator = WriteCoordinator(dependencies, gate: gate, stopWatcher: stopWatcher)
        tools = ToolCallRunner(dependencies, gate: gate, stopWatcher: stopWatcher)
        model = ModelCaller(dependencies: dependencies, stopWatcher: stopWatcher, redactor: gate.redactor)
    }

    private var conversation: Conversation { store.conversation }
    private var machine: WorkflowStateMachine { store.machine }
    private var events: EventRecorder { dependencies.events }
    /// Who wants the turn stopped; nil when nobody does.
    private var stop: String? { gate.stop(of: conversation, governedBy: gate.governing(store.references)) }

    mutating func run() async throws -> ReconcileResult {
        if let loss = store.record.loss { return try await giveUpLostTranscript(loss) }
        if let note = conversation.restoration { try await skipRestored(note) }
        for event in machine.missing(from: conversation.status) { store.log(event) }
        while true {
            try Task.checkCancellation()
            guard machine.isRunning || hasUndoToTakeUp || messageToTakeUp != nil else { return try await finishIdle() }
            if !machine.isRunning {
                if let wait = try await resolveReferences() { return wait }
                if let wait = try await awaitPlace() { return wait }
                takeUpNext()
            } else if store.references?.identity.user != conversation.identity,
                let wait = try await resolveReferences()
            {
                return wait
            }
            guard machine.isRunning, let references = store.references else { return try await finishIdle() }
            try await store.claim()
            slots.release(conversation.uid)
            try await gate.applyDecisions(to: &store, references)
            let action = machine.next(now: store.now, stop: stop)
            // Asking the model takes longer than that, and does it meanwhile.
            if action != .askModel { try await store.keepProgress() }
            if let result = try await perform(action, references: references) { return result }
        }
    }

    /// - Returns: nil to go on at once.
    private mutating func perform(
        _ action: WorkflowStateMachine.Action, references: ResolvedReferences
    ) async throws -> ReconcileResult? {
        switch action {
        case .idle: return try await finishIdle()
        case .askModel: try await model.ask(in: &store, references)
        case .refuse(let id, let why): tools.refuse(id, because: why, in: &store)
        case .resolveArguments(let id): tools.resolveArguments(of: id, in: &store)
        case .prepare(let ids): try await tools.prepare(ids, in: &store, references: references)
        case .askBeforeReading(let ids): try await tools.askBeforeReading(ids, in: &store, references: references)
        case .expire(let id): store.log(.approvalExpired(id: id))
        case .execute(let id): try await execute(id, references: references)
        case .recover(let id): try await coordinator.recover(id, in: &store, references: references)
        case .continueSequence(let id):
            return try await coordinator.continueSequence(id, stop: stop, in: &store, references: references)
        case .verify(let id): try await coordinator.verify(id, in: &store, references: references)
        case .awaitReads(let ids, let until):
            guard let nextLook = try await tools.look(at: ids, in: &store, references: references) else { return nil }
            let nextCheck = try await coordinator.checkAgain(stop: stop, in: &store)
            let pause = min(nextLook, nextCheck ?? nextLook)
            return try await gate.awaitDecisions(until: until, orFor: pause, in: &store)
        case .awaitDecisions(let until):
            let nextCheck = try await coordinator.checkAgain(stop: stop, in: &store)
            return try await gate.awaitDecisions(until: until, orFor: nextCheck, in: &store)
        case .end(let end): try await self.end(end)
        }
        return nil
    }

    private mutating func execute(_ id: String, references: ResolvedReferences) async throws {
        guard let telemetry = dependencies.options.telemetry, let call = machine.call(id) else {
            return try await coordinator.execute(id, in: &store, references: references)
        }
        let (conversation, turn) = (conversation, machine.turn)
        try await telemetry.executeTool(
            call, in: conversation, turn: turn, shown: store.shownArguments, text: { _ in nil },
            run: { try await coordinator.execute(id, in: &store, references: references) })
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
            return store.log(.undoStarted(changes: Array(ids)))
        }
        guard let message = messageToTakeUp else { return }
        store.log(.turnStarted(number: machine.turn + 1, message: message.content, followUp: message.followUp))
    }

    /// Waits where the SkyfloAI lets no further turn run now. Whoever is in the line is woken when a turn ends.
    /// - Returns: nil when a turn may begin.
    private mutating func awaitPlace() async throws -> ReconcileResult? {
        guard let governing = gate.governing(store.references) else { return nil }
        let message = slots.admission(of: conversation, to: governing).message(
            skyfloAI: governing.object.key, namespace: conversation.namespace)
        guard let message else { return nil }
        let status = conversation.status
        let isShown =
            status.queuedSince != nil && status.observedGeneration == conversation.object.generation
            && status.conditions[type: ConversationCondition.running.rawValue]?.message == message
        if !isShown {
            let queued = StatusProjection.Queued(since: status.queuedSince ?? store.now, message: message)
            try await store.writeStatus(.init(queued: queued))
        }
        // Who wakes it may be another worker that dies before it does.
        return .requeue(after: .seconds(30))
    }

    /// Nothing to do: the status says so, if it doesn't yet.
    private mutating func finishIdle() async throws -> ReconcileResult {
        let nextCheck = try await checkAgain()
        // Whoever moved it may have died before this.
        try await store.removeFormerTranscript()
        try await addTitle()
        let status = conversation.status
        if status.observedGeneration != conversation.object.generation || !status.isTurnEnded
            || !store.isTranscriptPlaceKnown
        {
            try await store.writeStatus()
        }
        // Writing it may have had what was moved removed.
        if !store.isTranscriptPlaceKnown { try await store.writeStatus() }
        return nextCheck.map { .requeue(after: $0) } ?? .done
    }

    /// Looks again at what earlier turns left running.
    private mutating func checkAgain() async throws -> Duration? {
        guard !machine.runningChecks.isEmpty else { return nil }
        return try await coordinator.checkAgain(stop: try await stopBetweenTurns(), in: &store)
    }

    /// As ``stop``, while nothing of what the spec names has been looked up.
    private func stopBetweenTurns() async throws -> String? {
        do {
            let governing = try await ResolvedReferences.skyfloAI(for: conversation, dependencies)
            return gate.stop(of: conversation, governedBy: governing)
        } catch is UnresolvedReference {
            return gate.stop(of: conversation, governedBy: nil)
        }
    }

    private mutating func end(_ end: TurnEnd) async throws {
        store.log(.turnEnded(end), isTentative: true)
        try await store.flush()
        try await store.writeStatus()
        store.endTelling()
        let reason = end.kind == .completed ? "TurnCompleted" : "Turn\(end.kind.rawValue)"
        let message = "turn \(machine.turn): \(end.message.isEmpty ? end.reason.rawValue : end.message)"
        if end.kind == .failed {
            events.warning(conversation.object, reason: reason, message: message)
        } else {
            events.normal(conversation.object, reason: reason, message: message)
        }
        ConversationMetrics.turnEnded(end.kind)
        titler = end.kind == .completed ? store.references.flatMap { model.titler(for: machine, $0) } : nil
        dependencies.options.telemetry?.turnEnded(end, of: conversation, machine: machine, now: store.now)
        // The next message starts from a fresh look at the object: its references may have changed.
        store.references = nil
    }

    /// Asks for the conversation's title once its answer is written. Whoever asks something meanwhile doesn't wait for it.
    private mutating func addTitle() async throws {
        guard let titler else { return }
        self.titler = nil
        guard let (title, usage) = try await titler.title(of: store) else { return }
        store.log(.titled(title, usage))
        try await store.flush()
        try await store.writeStatus()
    }

    // MARK: References

    /// - Returns: nil when everything that the spec names is there.
    private mutating func resolveReferences() async throws -> ReconcileResult? {
        do {
            let resolved = try await ResolvedReferences.resolve(for: conversation, dependencies)
            store.references = resolved
            if !machine.isRunning, let stop {
                throw UnresolvedReference(reason: .skyfloAIStopped, message: "stopped by \(stop)")
            }
            store.adopt(resolved.policy(for: conversation.spec))
            return nil
        } catch let missing as UnresolvedReference {
            if machine.isRunning, conversation.spec.stop {
                if let begun = machine.calls.first(where: { $0.state == .executing }) {
                    try await coordinator.closeBegun(begun, because: "stopped by spec.stop", in: &store)
                }
                try await end(.init(.stopped, reason: .stopped, message: "stopped by spec.stop"))
                return nil
            }
            return try await wait(for: missing)
        }
    }

    private mutating func wait(for missing: UnresolvedReference) async throws -> ReconcileResult {
        let condition = conversation.status.conditions[type: ConversationCondition.accepted.rawValue]
        if condition?.status != .false || condition?.message != missing.message
            || conversation.status.observedGeneration != conversation.object.generation
        {
            try await store.writeStatus(.init(notAccepted: (missing.reason, missing.message)))
            events.warning(conversation.object, reason: missing.reason.rawValue, message: missing.message)
        }
        // SkyfloAIs are watched; Secrets and ServiceAccounts are not, so that the operator needn't see them all.
        return .requeue(after: .seconds(2))
    }

    // MARK: What can't go on

    /// Without the transcript it isn't known what was asked for and what was done: the conversation ends here. Nothing is
    /// appended to what is left of it.
    private mutating func giveUpLostTranscript(_ loss: String) async throws -> ReconcileResult {
        let position = store.record.stored.position
        let message =
            "the transcript in Secrets \(position.secretPrefix)-… of the namespace \(position.namespace) can't be used: "
            + loss
        let status = conversation.status
        guard
            status.conditions[type: ConversationCondition.failed.rawValue]?.message != message
                || status.observedGeneration != conversation.object.generation
        else { return .done }
        events.warning(conversation.object, reason: ConversationReason.transcriptLost.rawValue, message: message)
        try await store.writeFailure(.transcriptLost, message: message)
        return .done
    }

    /// Takes note that the conversation came back without its status, and of what it came with: none of it is carried out.
    private mutating func skipRestored(_ note: String) async throws {
        let spec = conversation.spec
        store.log(
            .restored(
                messages: spec.messages.count, followUps: spec.followUps.keys.sorted(), undos: spec.undo.count,
                note: note))
        try await store.flush()
        try await store.writeStatus()
        events.normal(conversation.object, reason: ConversationReason.restored.rawValue, message: note)
    }
}
