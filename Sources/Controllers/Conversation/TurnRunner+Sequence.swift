import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

/// Writes of several steps. Each step's intent is stored before it is sent, under the conversation's version, so a stop
/// comes before the step or after it. While a sequence waits no worker is held: it comes back.
extension TurnRunner {
    /// - Returns: when to come back, where it has to wait; nil to go on at once.
    mutating func continueSequence(_ id: String) async throws -> ReconcileResult? {
        guard let call = machine.call(id), let sequence = call.sequence, let references else { return nil }
        let api = api.impersonating(references.identity)
        switch sequence.next(now: now, stop: stop.map { "stopped by \($0)" }) {
        case .recover(let step): try await recoverStep(step, of: call, ReadOnlyAPI(api))
        case .send(let step):
            if let why = try await reasonToStop() {
                try await endSequence(call, sequence.next(now: now, stop: why))
            } else {
                try await sendStep(step, of: call, api)
            }
        case .wait(let steps, let until): return try await awaitSteps(steps, of: call, until: until, ReadOnlyAPI(api))
        case .end(let outcome): try await endSequence(call, .end(outcome))
        }
        return nil
    }

    private mutating func sendStep(_ step: Int, of call: Call, _ api: ImpersonatingAPI) async throws {
        let before = record
        record.log(.stepStarted(id: call.id, step: step), at: now)
        do {
            try await writeStatus { runner in
                if let why = try await runner.reasonToStop() { throw NoLongerApproved(reason: why) }
            }
        } catch is NoLongerApproved {
            record = before
            return
        }
        let planned = try plannedWrites(of: call)[step]
        let isResumed = (call.sequence?.steps[step].progress.attempts ?? 0) > 0
        var outcome = try await sendOnce(planned, of: call, step, api, isResumed: isResumed)
        if case .unknown(let why) = outcome, planned.guarantee != .onceOnly {
            outcome = try await look(at: planned, of: call, step, ReadOnlyAPI(api))
            // Once, it is sent again at once; then only where steps are tried again anyway.
            if case .notDone = outcome, isResumed {
                outcome = planned.step?.isRetried == true ? .postponed(why) : .unknown(why)
            }
        }
        log(step, outcome, of: call)
        // What can't be looked for afterwards is kept at once.
        if planned.guarantee == .onceOnly { try await writeStatus() }
    }

    private mutating func recoverStep(_ step: Int, of call: Call, _ api: ReadOnlyAPI) async throws {
        let planned: PlannedWrite
        do {
            planned = try plannedWrites(of: call)[step]
        } catch {
            return log(step, .unknown(error.message), of: call)
        }
        log(step, try await look(at: planned, of: call, step, api), of: call)
    }

    private mutating func log(_ step: Int, _ outcome: WriteOutcome, of call: Call) {
        let display = display(of: call)
        record.log(.stepEnded(id: call.id, step: step, outcome.mapText { display.text($0, limit: 1024) }), at: now)
    }

    /// Looks once whether what steps are to bring about has come.
    private mutating func awaitSteps(
        _ steps: [Int], of call: Call, until: KubeTime, _ api: ReadOnlyAPI
    ) async throws -> ReconcileResult? {
        guard let sequence = call.sequence else { return nil }
        let verifier = Verifier(
            api: api, clock: dependencies.clock, deadline: dependencies.clock.uptime,
            since: call.writtenAt ?? call.startedAt, display: display(of: call))
        let findings = try await steps.concurrentMap(atOnce: 8) { step -> PostCondition.Result in
            guard let condition = sequence.steps[step].plan.awaits.flatMap(PostCondition.init(json:)) else {
                return .failed("what it waits for can't be read by this version")
            }
            let look = try await verifier.look(at: condition)
            if case .pending(let why) = look.finding, look.isOver { return .failed(why) }
            return look.finding
        }
        var isSettled = false
        for (step, finding) in zip(steps, findings) {
            guard let (succeeded, evidence) = Self.verdict(finding) else { continue }
            isSettled = true
            record.log(
                .stepSettled(
                    id: call.id, step: step, succeeded: succeeded,
                    evidence: display(of: call).text(evidence, limit: 1024)), at: now)
        }
        if isSettled { return nil }
        try await showProgress()
        return .requeue(after: .milliseconds(Int64(max(0, until.seconds(since: now)) * 1000) + 1))
    }

    private static func verdict(_ finding: PostCondition.Result) -> (succeeded: Bool, evidence: String)? {
        switch finding {
        case .met(let evidence): (true, evidence)
        case .failed(let why): (false, why)
        case .pending: nil
        }
    }

    /// Before it waits, what has happened is kept: in the transcript, and for people to see.
    private mutating func showProgress() async throws {
        guard record.hasUnwritten || conversation.status.progress?.states != shownProgress else { return }
        try await flush()
        try await writeStatus()
    }

    private var shownProgress: [StepProgress]? {
        machine.progress?.states
    }

    private mutating func endSequence(_ call: Call, _ next: WriteSequence.Next) async throws {
        guard case .end(let outcome) = next else { return }
        guard case .applied = outcome else { return try await close(call, outcome) }
        try await close(call, .applied(call.approval.map { "done: \($0.summary)" } ?? "done"))
    }

    /// For a turn that ends: what has been sent is found out, nothing more is sent.
    mutating func closeSequence(_ call: Call, because why: String, _ api: ReadOnlyAPI) async throws {
        if case .recover(let step) = call.sequence?.next(now: now, stop: why) {
            try await recoverStep(step, of: call, api)
        }
        guard let sequence = machine.call(call.id)?.sequence else { return }
        try await endSequence(call, sequence.next(now: now, stop: why))
    }
}
