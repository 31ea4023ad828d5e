import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Carries out approved calls: stores the intent, sends the requests, finds out what became of those whose answer was lost,
/// goes on with what another process began, stores the outcome, and watches the effect.
///
/// A tool's write reaches the cluster from ``send(_:after:isResumed:in:references:under:)`` and from nowhere else. It has nothing to
/// write with but a ``WritePermit`` of the gate.
struct WriteCoordinator: Sendable {
    let gate: ApprovalGate
    let access: ReadAccess
    let events: EventRecorder
    let clock: any RuntimeClock
    let redactor: Redactor
    let stopWatcher: StopWatcher
    let outputs: OutputFollower
    /// As whom the API server knows the operator.
    let operatorUser: String
    /// How long a write's effect is watched.
    let verificationTimeout: Duration
    /// The SkyfloAI that governs a conversation; nil where that can't be told now.
    let governing: @Sendable (Conversation) async -> ObjectKey?

    init(
        _ dependencies: ConversationReconciler.Dependencies, gate: ApprovalGate, stopWatcher: StopWatcher
    ) {
        self.gate = gate
        self.stopWatcher = stopWatcher
        access = ReadAccess(dependencies)
        governing = { conversation in
            try? await ResolvedReferences.skyfloAI(for: conversation, dependencies).object.key
        }
        outputs = dependencies.outputs
        events = dependencies.events
        clock = dependencies.clock
        redactor = Redactor(key: dependencies.options.redactionKey)
        operatorUser = dependencies.options.user
        verificationTimeout = dependencies.options.verificationTimeout
    }

    /// Executes an approved call.
    ///
    /// First the decision goes into the transcript: a process that comes after this one believes a begun write only with
    /// it. Then the intent is written under the conversation's version, so it succeeds only if the conversation is still
    /// what the decision was read from: approved, not stopped, not deleted, its approval unaltered. What isn't in the
    /// conversation (the SkyfloAI's terms, the admission policy, the ServiceAccount) is read in between, and the decision
    /// made again by it. A stop that comes later doesn't cancel the write: its outcome has to be known.
    func execute(
        _ id: String, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        guard let call = store.machine.call(id) else { return }
        try await store.flush()
        let before = store.record
        store.log(.writeStarted(id: id), isTentative: true)
        let permit: WritePermit
        do {
            permit = try await storeIntent(of: call, in: &store, references)
        } catch let refusal as WriteNotPermitted {
            store.takeBack(to: before)
            store.tell()
            // What the conversation names is looked for again, and waited for.
            if refusal.lacksIdentity {
                store.references = nil
                return
            }
            if let reason = refusal.reason { store.log(.decisionWithdrawn(id: id, reason: reason)) }
            if refusal.isForbidden {
                gate.deny(call, because: refusal.reason ?? "", in: &store, references: references)
            }
            return
        }
        store.tell()
        // A sequence goes on step by step.
        guard store.machine.call(id)?.sequence == nil else { return }
        try await send(call, in: &store, references: references, under: permit)
    }

    /// Stores that the write may happen from here on. Where the conversation has moved on meanwhile, the gate is asked again.
    /// - Throws: ``WriteNotPermitted``; then nothing is stored.
    private func storeIntent(
        of call: Call, in store: inout ConversationStore, _ references: ResolvedReferences
    ) async throws -> WritePermit {
        var attempt = 1
        while true {
            let permit = try await gate.permit(call, in: store, references: references)
            switch try await store.tryWriteStatus() {
            case .written: return permit
            case .outdated(let conflict) where attempt == ConversationStore.statusAttempts: throw conflict
            case .outdated: attempt += 1
            }
        }
    }

    /// Finds out what became of a write that another process began, or this one before it lost the connection.
    ///
    /// One that certainly didn't happen is sent again as it was approved: its preconditions make sure that it can't happen
    /// twice even if the first one is still under way.
    func recover(
        _ id: String, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        guard let call = store.machine.call(id) else { return }
        let found = try await find(
            call, api: access.acting(for: references.identity),
            integrations: access.integrations(of: references.skyfloAI, in: store.conversation.namespace))
        guard case .notDone = found.outcome else {
            return try await close(call, outcome: found.outcome, uids: found.uids, in: &store)
        }
        try await resume(call, after: found.uids, in: &store, references: references)
    }

    /// As ``recover(_:in:references:)``, for a turn that ends and sends nothing any more, whatever else is missing for it to go on.
    func closeBegun(_ call: Call, because why: String, in store: inout ConversationStore) async throws {
        let identity = store.conversation.identity
        guard identity != operatorUser else {
            let outcome = WriteOutcome.unknown(
                "\(why); not checked, because the conversation's ServiceAccount is the operator's own")
            return try await close(call, outcome: outcome, in: &store)
        }
        let reader = access.acting(for: Impersonation(user: identity))
        if call.sequence != nil { return try await closeSequence(call, because: why, in: &store, api: reader) }
        let integrations = access.integrations(
            of: await governing(store.conversation), in: store.conversation.namespace)
        let found = try await find(call, api: reader, integrations: integrations)
        guard case .notDone = found.outcome else {
            return try await close(call, outcome: found.outcome, uids: found.uids, in: &store)
        }
        try await close(call, outcome: Self.unsent(why, uids: found.uids), uids: found.uids, in: &store)
    }

    /// What was sent before may still be on its way.
    private static func unsent(_ why: String, uids: [String]) -> WriteOutcome {
        let done = uids.isEmpty ? "nothing" : "\(uids.count) of its requests"
        return .unknown("\(why); after the interruption, \(done) had been done, and nothing more was sent")
    }

    /// Sends what another process had begun to send, if it may still be sent: that is looked at, and the intent written, as
    /// for the first time.
    private func resume(
        _ call: Call, after uids: [String], in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        let permit: WritePermit
        do {
            try await store.refresh()
            permit = try await storeIntent(of: call, in: &store, references)
        } catch let refusal as WriteNotPermitted {
            return try await close(
                call, outcome: Self.unsent(refusal.reason ?? "stopped", uids: uids), uids: uids, in: &store)
        }
        try await send(call, after: uids, isResumed: true, in: &store, references: references, under: permit)
    }

    /// Stores the outcome of a call.
    /// - Parameter uids: of the objects of its first requests, which were done.
    func close(
        _ call: Call, outcome: WriteOutcome, uids: [String] = [], in store: inout ConversationStore
    ) async throws {
        if !uids.isEmpty { store.log(.wrote(id: call.id, uids: uids)) }
        let display = RedactedCall(of: call, redactor: redactor)
        store.log(.writeEnded(id: call.id, outcome.mapText { display.text($0, limit: Self.resultLimit) }))
        try await store.writeStatus()
        // Told only now: one that was overtaken knows nothing to tell.
        ConversationMetrics.toolCalled(call.tool, state: store.machine.call(call.id)?.state ?? .unknown)
        let text = store.machine.call(call.id)?.result ?? ""
        events.normal(
            store.conversation.object, reason: "WriteExecuted",
            message: "\(call.id): \(call.approval?.summary ?? call.tool): \(text)")
    }

    /// Bytes of what the model is told about a write: the output of a command is part of it.
    static let resultLimit = 20_480
}
