import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension TurnRunner {
    /// Executes an approved call: from here, and from ``recover(_:)``, a tool's write reaches the cluster, and from nowhere
    /// else.
    ///
    /// First the decision goes into the transcript: a process that comes after this one believes a begun write only with
    /// it. Then the intent is written under the conversation's version, so it succeeds only if the conversation is still
    /// what the decision was read from: approved, not stopped, not deleted, its approval unaltered. What isn't in the
    /// conversation (the SkyfloAI's terms, the admission policy) is read again just before. A stop that comes later doesn't
    /// cancel the write: its outcome has to be known.
    mutating func execute(_ id: String) async throws {
        guard let call = machine.call(id) else { return }
        try await flush()
        let before = record
        record.log(.writeStarted(id: id), at: now)
        do {
            try await recheck(call)
            try await writeStatus { runner in try await runner.recheck(call) }
        } catch let refusal as NoLongerApproved {
            record = before
            if let reason = refusal.reason { record.log(.decisionWithdrawn(id: id, reason: reason), at: now) }
            return
        }
        // A sequence goes on step by step.
        if machine.call(id)?.sequence == nil { try await send(call) }
    }

    /// Finds out what became of a write that another process began, or this one before it lost the connection.
    ///
    /// One that certainly didn't happen is sent again as it was approved: its preconditions make sure that it can't happen
    /// twice even if the first one is still under way.
    mutating func recover(_ id: String) async throws {
        guard let call = machine.call(id), let references else { return }
        let found = try await find(call, ReadOnlyAPI(api.impersonating(references.identity)))
        guard case .notDone = found.outcome else { return try await close(call, found.outcome, found.uids) }
        try await resume(call, after: found.uids)
    }

    /// As ``recover(_:)``, for a turn that ends and sends nothing any more, whatever else is missing for it to go on.
    mutating func closeBegun(_ call: Call, because why: String) async throws {
        guard conversation.identity != dependencies.options.user else {
            return try await close(call, .unknown("\(why); the operator doesn't look at it as itself"))
        }
        let reader = ReadOnlyAPI(api.impersonating(Impersonation(user: conversation.identity)))
        if call.sequence != nil { return try await closeSequence(call, because: why, reader) }
        let found = try await find(call, reader)
        guard case .notDone = found.outcome else { return try await close(call, found.outcome, found.uids) }
        try await close(call, Self.unsent(why, found.uids), found.uids)
    }

    /// What is found of a begun call: `.notDone` where the next write didn't happen; with the uids of what was written
    /// before.
    private func find(_ call: Call, _ api: ReadOnlyAPI) async throws -> (outcome: WriteOutcome, uids: [String]) {
        var uids: [String] = []
        let writes: [PlannedWrite]
        do {
            writes = try plannedWrites(of: call)
        } catch {
            return (.unknown(error.message), uids)
        }
        for (position, planned) in writes.enumerated() {
            let outcome = try await look(at: planned, of: call, position, api)
            guard case .applied(_, let uid) = outcome else { return (outcome, uids) }
            uids.append(uid)
        }
        return (.applied("done (found out after an interruption)"), uids)
    }

    /// Who may not look any more finds nothing out by trying again: the turn would hang, and obey no stop.
    func look(
        at planned: PlannedWrite, of call: Call, _ position: Int, _ api: ReadOnlyAPI
    ) async throws -> WriteOutcome {
        let change = plannedChange(of: call, at: position)
        do {
            return try await planned.recover(change: change, api: api, redactor: redactor)
        } catch let denied as PermissionDenied {
            return .unknown("\(api.identity.user) may not look at \(planned.target.text) any more: \(denied.message)")
        } catch let status as APIStatus where status.code == 401 {
            return .unknown("\(api.identity.user) may not look at \(planned.target.text) any more: \(status.message)")
        }
    }

    /// What was sent before may still be on its way.
    private static func unsent(_ why: String, _ uids: [String]) -> WriteOutcome {
        let done = uids.isEmpty ? "nothing" : "\(uids.count) of its requests"
        return .unknown("\(why); after the interruption, \(done) had been done, and nothing more was sent")
    }

    /// Sends what another process had begun to send, if it may still be sent: that is looked at, and the intent written, as
    /// for the first time.
    private mutating func resume(_ call: Call, after uids: [String]) async throws {
        do {
            try await readAgain()
            try await recheck(call)
            try await writeStatus { runner in try await runner.recheck(call) }
        } catch let refusal as NoLongerApproved {
            return try await close(call, Self.unsent(refusal.reason ?? "stopped", uids), uids)
        }
        try await send(call, after: uids, isResumed: true)
    }

    func plannedWrites(of call: Call) throws(ToolFailure) -> [PlannedWrite] {
        try (call.approval?.requests ?? []).map { json throws(ToolFailure) in
            guard let planned = PlannedWrite(json: json) else {
                throw ToolFailure("the approved request of \(call.id) can't be read by this version")
            }
            return planned
        }
    }

    /// What the dry run said that a request would change, as far as it was kept.
    private func plannedChange(of call: Call, at position: Int) -> ChangeRecord? {
        guard let changes = call.approval?.changes, position < changes.count else { return nil }
        return ChangeRecord(json: changes[position])
    }

    /// Sends the approved writes in order, as they are, and stores the outcome.
    /// - Parameters:
    ///   - done: uids of the objects of the first writes, which were done before.
    ///   - isResumed: they were sent before, and may still be on their way; what comes second is refused as stale.
    private mutating func send(_ call: Call, after done: [String] = [], isResumed: Bool = false) async throws {
        guard let references else { return }
        let api = api.impersonating(references.identity)
        var uids = done
        var text = ""
        let writes = try plannedWrites(of: call)
        for (position, planned) in writes.enumerated().dropFirst(done.count) {
            // Between writes there is time to be overtaken, and to be stopped.
            if uids.count > done.count, let why = try await reasonToStop() {
                return try await close(call, .rejected(why + Self.part(uids.count, of: writes)), uids)
            }
            let outcome = try await sendOnce(planned, of: call, position, api, isResumed: isResumed)
            // Once, it is found out; whoever sends again and doesn't hear of it tells so.
            if case .unknown = outcome, !isResumed, planned.guarantee != .onceOnly { return try await recover(call.id) }
            guard case .applied(let result, let uid) = outcome else {
                return try await close(call, Self.outcome(of: outcome, after: uids.count, of: writes), uids)
            }
            uids.append(uid)
            if planned.request == nil { text = ": " + result }
        }
        try await close(call, .applied((call.approval.map { "done: \($0.summary)" } ?? "done") + text), uids)
    }

    /// Why nothing more of a call may be sent, as the API server has it now; nil where it may.
    mutating func reasonToStop() async throws -> String? {
        try await readAgain()
        try await readTerms()
        return stop.map { "stopped by \($0)" } ?? (terms.isGoverned ? nil : terms.doubt)
    }

    /// Sends one write whose intent is stored; under another version of its target where only its status has moved.
    mutating func sendOnce(
        _ planned: PlannedWrite, of call: Call, _ position: Int, _ api: ImpersonatingAPI, isResumed: Bool
    ) async throws -> WriteOutcome {
        let outcome = await planned.execute(api: api, redactor: redactor)
        guard case .stale = outcome else { return outcome }
        if isResumed,
            case .applied(let text, let uid) = try await look(at: planned, of: call, position, ReadOnlyAPI(api))
        {
            return .applied(text, uid: uid)
        }
        do {
            return try await sendRefreshed(planned, of: call, api: api) ?? outcome
        } catch let refusal as NoLongerApproved {
            return .rejected("not sent: \(refusal.reason ?? "stopped")")
        }
    }

    /// Which writes had been carried out.
    private static func part(_ done: Int, of writes: [PlannedWrite]) -> String {
        guard done > 0 else { return "" }
        let names = writes.prefix(min(done, 10)).map(\.target.text).joined(separator: ", ")
        let more = done > 10 ? " and \(done - 10) more" : ""
        return " (\(done) of \(writes.count) requests were done before: \(names)\(more))"
    }

    private static func outcome(
        of outcome: WriteOutcome, after done: Int, of writes: [PlannedWrite]
    ) -> WriteOutcome {
        let part = part(done, of: writes)
        // Half a write can't be previewed again as a whole.
        if case .stale(let why) = outcome, done > 0 { return .rejected(why + part) }
        return outcome.mapText { $0 + part }
    }

    mutating func close(_ call: Call, _ outcome: WriteOutcome, _ uids: [String] = []) async throws {
        if !uids.isEmpty { record.log(.wrote(id: call.id, uids: uids), at: now) }
        let display = display(of: call)
        record.log(
            .writeEnded(id: call.id, outcome.mapText { display.text($0, limit: Self.resultLimit) }), at: now)
        try await writeStatus()
        // Told only now: one that was overtaken knows nothing to tell.
        ConversationMetrics.toolCalled(call.tool, machine.call(call.id)?.state ?? .unknown)
        let text = machine.call(call.id)?.result ?? ""
        dependencies.events.normal(
            conversation.object, "WriteExecuted", "\(call.id): \(call.approval?.summary ?? call.tool): \(text)")
    }

    /// Bytes of what the model is told about a write: the output of a command is part of it.
    private static let resultLimit = 20_480

    // MARK: Verification

    /// Watches the post-conditions of a write until they hold, can't hold any more, or time is over.
    mutating func verify(_ id: String) async throws -> ReconcileResult? {
        guard let call = machine.call(id), let context = toolContext() else { return nil }
        let conditions = (call.approval?.postConditions ?? []).compactMap(PostCondition.init(json:))
        let clock = dependencies.clock
        let verifier = Verifier(
            api: context.api, clock: clock, deadline: clock.uptime + dependencies.options.verificationTimeout,
            since: call.writtenAt ?? call.startedAt, display: display(of: call))
        let outcome = try await interruptible { try await verifier.check(conditions) }
        switch outcome {
        case .finished(let checks): record.log(.verified(id: id, checks), at: now)
        case .stopped, .timedOut:
            // What was done is done: the turn ends with it unverified, and says so.
            try await readAgain()
        }
        return nil
    }
}
