import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Writes of several steps. Each step's intent is stored before it is sent, under the conversation's version, so a stop
/// comes before the step or after it. While a sequence waits no worker is held: it comes back.
extension WriteCoordinator {
    /// - Returns: when to come back, where it has to wait; nil to go on at once.
    func continueSequence(
        _ id: String, stop: String?, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws -> ReconcileResult? {
        guard let call = store.machine.call(id), let sequence = call.sequence else { return nil }
        switch sequence.next(now: clock.now, stop: stop.map { "stopped by \($0)" }) {
        case .recover(let step):
            try await recoverStep(step, of: call, in: &store, api: access.acting(for: references.identity))
        case .send(let step): try await sendStep(step, of: call, in: &store, references: references)
        case .wait(let steps, let until):
            return try await awaitSteps(steps, of: call, until: until, in: &store, references: references)
        case .end(let outcome): try await endSequence(call, outcome: outcome, in: &store)
        }
        return nil
    }

    private func sendStep(
        _ step: Int, of call: Call, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        let permit: WritePermit
        do {
            try await store.refresh()
            permit = try await storeStepIntent(step, of: call, in: &store, references: references)
        } catch let refusal as WriteNotPermitted {
            if case .end(let outcome)? = call.sequence?.next(now: clock.now, stop: refusal.reason ?? "stopped") {
                try await endSequence(call, outcome: outcome, in: &store)
            }
            return
        }
        let planned = try call.plannedStep(step)
        let isResumed = (call.sequence?.steps[step].progress.attempts ?? 0) > 0
        var outcome = try await sendOnce(
            planned, of: call, at: step, isResumed: isResumed, in: &store, references: references, under: permit)
        if case .unknown(let why) = outcome, planned.guarantee != .onceOnly {
            outcome = try await observe(planned, of: call, at: step, api: access.acting(for: references.identity))
            // Once, it is sent again at once; after that only where steps are tried again anyway.
            if case .notDone = outcome, isResumed {
                outcome = planned.step?.isRetried == true ? .postponed(why) : .unknown(why)
            }
        }
        log(
            step, outcome: outcome, of: call, in: &store,
            limit: planned.isResult ? Self.resultLimit : Self.evidenceLimit)
        // A later step may destroy what the result was read from, and a status has no room for all of it.
        if planned.isResult { try await store.flush() }
        // What can't be looked for afterwards is kept at once.
        if planned.guarantee == .onceOnly { try await store.writeStatus() }
    }

    /// Stores that a step may happen from here on. Where the conversation has moved on meanwhile, the gate is asked again.
    /// - Throws: ``WriteNotPermitted``; then nothing is stored.
    private func storeStepIntent(
        _ step: Int, of call: Call, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws -> WritePermit {
        let before = store.record
        var attempt = 1
        while true {
            let permit: WritePermit
            do {
                permit = try await gate.permitNext(of: call, in: store.conversation, references)
            } catch let refusal as WriteNotPermitted {
                if attempt > 1 { store.takeBack(to: before) }
                throw refusal
            }
            if attempt == 1 { store.log(.stepStarted(id: call.id, step: step), isTentative: true) }
            switch try await store.tryWriteStatus() {
            case .written:
                store.tell()
                return permit
            case .outdated(let conflict) where attempt == ConversationStore.statusAttempts: throw conflict
            case .outdated: attempt += 1
            }
        }
    }

    private func recoverStep(
        _ step: Int, of call: Call, in store: inout ConversationStore, api: ReadOnlyAPI
    ) async throws {
        let planned: PlannedWrite
        do {
            planned = try call.plannedStep(step)
        } catch {
            return log(step, outcome: .unknown(error.message), of: call, in: &store)
        }
        log(step, outcome: try await observe(planned, of: call, at: step, api: api), of: call, in: &store)
    }

    private func log(
        _ step: Int, outcome: WriteOutcome, of call: Call, in store: inout ConversationStore,
        limit: Int = Self.evidenceLimit
    ) {
        let display = RedactedCall(of: call, redactor: redactor)
        store.log(
            .stepEnded(
                id: call.id, step: step, outcome.mapText { display.text($0, limit: limit) }))
    }

    private static let evidenceLimit = 1024

    // MARK: Waiting

    /// Looks once whether what steps are to bring about has come.
    private func awaitSteps(
        _ steps: [Int], of call: Call, until: KubeTime, in store: inout ConversationStore,
        references: ResolvedReferences
    ) async throws -> ReconcileResult? {
        guard let sequence = call.sequence else { return nil }
        let display = RedactedCall(of: call, redactor: redactor)
        let verifier = Verifier(
            api: access.acting(for: references.identity), clock: clock, deadline: clock.uptime,
            since: call.writtenAt ?? call.startedAt, display: display)
        let verdicts = try await verdicts(on: steps.map { sequence.steps[$0].plan }, of: call, verifier)
        var isSettled = false
        for (step, verdict) in zip(steps, verdicts) {
            guard let verdict else { continue }
            isSettled = true
            store.log(
                .stepSettled(
                    id: call.id, step: step, succeeded: verdict.succeeded,
                    evidence: display.text(verdict.evidence, limit: Self.evidenceLimit)))
        }
        if isSettled { return nil }
        followOutput(of: call, in: &store, as: verifier.api)
        // Before it waits, what has happened is kept: in the transcript, and for people to see.
        let isShown = store.conversation.status.progress?.states == store.machine.progress?.states
        if store.record.hasUnwritten || !isShown {
            try await store.flush()
            try await store.writeStatus()
        }
        return .requeue(after: .milliseconds(Int64(max(0, until.seconds(since: clock.now)) * 1000) + 1))
    }

    /// Where somebody looks on, what the pod writes meanwhile is shown.
    private func followOutput(of call: Call, in store: inout ConversationStore, as api: ReadOnlyAPI) {
        guard let telling = store.telling(of: call), telling.isFollowed,
            let step = (try? call.plannedWrites())?.firstIndex(where: \.isResult),
            case .podStep(let pod)? = (try? call.plannedStep(step))?.action, !pod.target.uid.isEmpty
        else { return }
        outputs.follow(pod, for: telling, as: api)
    }

    /// - Returns: for each; nil where it isn't decided yet.
    private func verdicts(
        on plans: [WriteStep], of call: Call, _ verifier: Verifier
    ) async throws -> [(succeeded: Bool, evidence: String)?] {
        let conditions = plans.map { $0.awaits.flatMap { PostCondition(json: $0) } }
        // Of a drain: the pods that it evicts are those of the node that it cordons.
        let node = (call.approval?.checks ?? []).lazy.compactMap(\.storedNode).first
        var looks = try await verifier.look(at: conditions.compactMap(\.self), on: node)[...]
        return conditions.map { condition in
            guard condition != nil, let look = looks.popFirst() else {
                return (false, "this version of the operator cannot read what the step waits for")
            }
            return switch look.finding {
            case .met(let evidence): (true, evidence)
            case .failed(let why): (false, why)
            case .pending(let why): look.isOver ? (false, why) : nil
            }
        }
    }

    // MARK: The end

    private func endSequence(_ call: Call, outcome: WriteOutcome, in store: inout ConversationStore) async throws {
        var outcome = outcome
        if case .applied = outcome { outcome = .applied(call.doneText) }
        for result in call.stepResults {
            outcome = outcome.mapText { "\($0): \(result)" }
            if case .applied(let text, _) = outcome, !PlannedPodStep.isSuccess(result) { outcome = .failed(text) }
        }
        try await close(call, outcome: outcome, in: &store)
    }

    /// For a turn that ends: what has been sent is found out, nothing more is sent.
    func closeSequence(
        _ call: Call, because why: String, in store: inout ConversationStore, api: ReadOnlyAPI
    ) async throws {
        if case .recover(let step)? = call.sequence?.next(now: clock.now, stop: why) {
            try await recoverStep(step, of: call, in: &store, api: api)
        }
        guard let sequence = store.machine.call(call.id)?.sequence,
            case .end(let outcome) = sequence.next(now: clock.now, stop: why)
        else { return }
        try await endSequence(call, outcome: outcome, in: &store)
    }
}
