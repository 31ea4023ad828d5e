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
        try await send(call)
    }

    /// Finds out what became of a write that another process began, or this one before it lost the connection.
    ///
    /// One that certainly didn't happen is sent again as it was approved: its preconditions make sure that it can't happen
    /// twice even if the first one is still under way.
    mutating func recover(_ id: String) async throws {
        guard let call = machine.call(id), let references else { return }
        switch try await find(call, ReadOnlyAPI(api.impersonating(references.identity))) {
        case .done(let uids): try await close(call, .applied("done (found out after an interruption)"), uids)
        case .missing(let uids): try await resume(call, after: uids)
        case .unknown(let why, let uids): try await close(call, .unknown(why), uids)
        }
    }

    /// As ``recover(_:)``, for a turn that ends and sends nothing any more, whatever else is missing for it to go on.
    mutating func closeBegun(_ call: Call, because why: String) async throws {
        guard conversation.identity != dependencies.options.user else {
            return try await close(call, .unknown("\(why); the operator doesn't look at it as itself"))
        }
        switch try await find(call, ReadOnlyAPI(api.impersonating(Impersonation(user: conversation.identity)))) {
        case .done(let uids): try await close(call, .applied("done (found out after an interruption)"), uids)
        case .missing(let uids): try await close(call, Self.unsent(why, uids), uids)
        case .unknown(let reason, let uids): try await close(call, .unknown(reason), uids)
        }
    }

    /// What is found of a begun call, with the uids of what its first requests wrote.
    private enum Found {
        case done([String])
        /// The next request didn't happen.
        case missing(after: [String])
        case unknown(String, [String])
    }

    private func find(_ call: Call, _ api: ReadOnlyAPI) async throws -> Found {
        var uids: [String] = []
        let requests: [PlannedRequest]
        do {
            requests = try plannedRequests(of: call)
        } catch {
            return .unknown(error.message, uids)
        }
        for (position, planned) in requests.enumerated() {
            switch try await look(at: planned, of: call, position, api) {
            case .executed(let write): uids.append(write.target.uid)
            case .notExecuted: return .missing(after: uids)
            case .unknown(let why): return .unknown(why, uids)
            }
        }
        return .done(uids)
    }

    /// Who may not look any more finds nothing out by trying again: the turn would hang, and obey no stop.
    private func look(
        at planned: PlannedRequest, of call: Call, _ position: Int, _ api: ReadOnlyAPI
    ) async throws -> RecoveredOutcome {
        let change = plannedChange(of: call, at: position)
        do {
            return try await WriteExecutor.outcome(
                of: planned, change: change, redactor: redactor, api: api)
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

    func plannedRequests(of call: Call) throws(ToolFailure) -> [PlannedRequest] {
        try (call.approval?.requests ?? []).map { json throws(ToolFailure) in
            guard let planned = PlannedRequest(json: json) else {
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

    /// Sends the approved requests in order, as they are, and stores the outcome.
    /// - Parameters:
    ///   - done: uids of the objects of the first requests, which were done before.
    ///   - isResumed: they were sent before, and may still be on their way; what comes second is refused as stale.
    private mutating func send(_ call: Call, after done: [String] = [], isResumed: Bool = false) async throws {
        guard let references else { return }
        let api = api.impersonating(references.identity)
        var uids = done
        let requests = try plannedRequests(of: call)
        for (position, planned) in requests.enumerated().dropFirst(done.count) {
            // Between requests there is time to be overtaken, and to be stopped.
            if uids.count > done.count {
                try await readAgain()
                try await readTerms()
                if let why = stop.map({ "stopped by \($0)" }) ?? (terms.isGoverned ? nil : terms.doubt) {
                    return try await close(call, .rejected(why + Self.part(uids.count, of: requests)), uids)
                }
            }
            var result = await WriteExecutor.execute(planned, api: api)
            if case .stale = result, isResumed,
                case .executed(let write) = try await look(at: planned, of: call, position, ReadOnlyAPI(api))
            {
                result = .applied(write)
            }
            if case .stale = result {
                do {
                    result = try await sendRefreshed(planned, of: call, api: api) ?? result
                } catch let refusal as NoLongerApproved {
                    let why = APIStatus(
                        code: 409, reason: .conflict, message: "not sent: \(refusal.reason ?? "stopped")")
                    result = .rejected(why)
                }
            }
            // Once, it is found out; whoever sends again and doesn't hear of it tells so.
            if case .unknown = result, !isResumed { return try await recover(call.id) }
            guard case .applied(let write) = result else {
                return try await close(call, Self.outcome(of: result, after: uids.count, of: requests), uids)
            }
            uids.append(write.target.uid)
        }
        try await close(call, .applied(call.approval.map { "done: \($0.summary)" } ?? "done"), uids)
    }

    /// Which requests had been carried out.
    private static func part(_ done: Int, of requests: [PlannedRequest]) -> String {
        guard done > 0 else { return "" }
        let names = requests.prefix(min(done, 10)).map(\.target.text).joined(separator: ", ")
        let more = done > 10 ? " and \(done - 10) more" : ""
        return " (\(done) of \(requests.count) requests were done before: \(names)\(more))"
    }

    private static func outcome(
        of result: ExecutionResult, after done: Int, of requests: [PlannedRequest]
    ) -> WriteOutcome {
        let part = part(done, of: requests)
        return switch result {
        case .applied: .applied("done")
        // Half a write can't be previewed again as a whole.
        case .stale(let why): done > 0 ? .rejected(why + part) : .stale(why)
        case .rejected(let status): .rejected(ToolFailure(describing: status).message + part)
        case .unknown(let why): .unknown(why + part)
        }
    }

    private mutating func close(_ call: Call, _ outcome: WriteOutcome, _ uids: [String] = []) async throws {
        if !uids.isEmpty { record.log(.wrote(id: call.id, uids: uids), at: now) }
        let display = display(of: call)
        record.log(.writeEnded(id: call.id, outcome.map { display.text($0) }), at: now)
        try await writeStatus()
        // Told only now: one that was overtaken knows nothing to tell.
        ConversationMetrics.toolCalled(call.tool, machine.call(call.id)?.state ?? .unknown)
        let text = machine.call(call.id)?.result ?? ""
        dependencies.events.normal(
            conversation.object, "WriteExecuted", "\(call.id): \(call.approval?.summary ?? call.tool): \(text)")
    }

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
