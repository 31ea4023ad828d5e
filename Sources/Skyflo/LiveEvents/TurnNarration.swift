import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Tells what the transcript's entries mean to whoever follows the turn: the only place where facts become events.
///
/// The same entries give the same events with the same numbers, in any process, while they happen and years later.
package struct TurnNarration: Sendable {
    /// How much of what is said; all in bytes as JSON.
    package enum Budget {
        package static let text = 16 * 1024
        static let arguments = 2 * 1024
        static let result = 4 * 1024
        package static let message = 2 * 1024
        /// Of what a tool writes, at once.
        package static let output = 8 * 1024
        static let preview = 16 * 1024
        static let answer = 64 * 1024
        static let line = 512
        /// Of a reply; a model may ask for thousands.
        static let calls = 64
    }

    /// Of the last entry, whether it was told or not.
    private var position: Int
    private var takeovers: Int
    /// Of the last entry that counts.
    private var lastFact = EventNumber.zero
    private var phase: ConversationStatus.Phase?
    private var plan: [PlanStepStatus] = []
    /// Of the calls of the last reply, as they are shown.
    private var arguments: [String: String] = [:]

    /// - Parameters:
    ///   - position: how many entries the transcript has.
    ///   - takeovers: how many of these say that another worker goes on.
    package init(position: Int = 0, takeovers: Int = 0) {
        self.position = position
        self.takeovers = takeovers
    }

    /// Where events that pass now have their place: behind the last entry that was told.
    package var lastNumber: EventNumber { lastFact }

    /// Goes over an entry that isn't told.
    package mutating func skip(_ event: TurnEvent) {
        position += 1
        if case .takenOver = event { takeovers += 1 }
    }

    /// The events of an entry.
    ///
    /// - Parameters:
    ///   - event: as readers of the transcript see it.
    ///   - machine: after it.
    package mutating func tell(_ event: TurnEvent, at: KubeTime, _ machine: WorkflowStateMachine) -> [LiveEvent] {
        let before = lastFact.lastOfFact
        // So that a turn is told in the same way with and without those before it.
        if event.beginsTurn { (phase, plan, arguments) = (nil, [], [:]) }
        skip(event)
        lastFact = EventNumber(entry: position, takeovers: takeovers)
        var contents = contents(of: event, machine, after: before)
        contents += changes(in: machine)
        return contents.prefix(Int(EventNumber.perFact)).enumerated().map {
            LiveEvent(lastFact.advanced(by: Int64($0.offset)), at: at, $0.element)
        }
    }

    /// What every entry may change.
    private mutating func changes(in machine: WorkflowStateMachine) -> [LiveEvent.Content] {
        var contents: [LiveEvent.Content] = []
        let steps = machine.plan.map { step in
            PlanStepStatus(
                text: step.text.bounded(to: Budget.line), state: machine.state(of: step),
                calls: Array(step.calls.prefix(Budget.calls)))
        }
        if steps != plan {
            plan = steps
            contents.append(.plan(steps))
        }
        // How it ended is told by the end.
        if machine.phase != phase, machine.isRunning { contents.append(.state(phase: machine.phase.rawValue)) }
        phase = machine.phase
        return contents
    }

    private mutating func contents(
        of event: TurnEvent, _ machine: WorkflowStateMachine, after before: EventNumber
    ) -> [LiveEvent.Content] {
        switch event {
        case .turnStarted(let number, let message, _):
            return [.turnStarted(turn: number, message: message.bounded(to: Budget.text))]
        case .undoStarted(let changes): return [.undoStarted(changes: changes)]
        case .modelReplied(let reply): return contents(of: reply, machine)
        case .modelFailed(let message, _): return [.modelFailed(message: message.bounded(to: Budget.message))]
        case .replyCut(let model, let usage): return [.usage(TokenCounts(usage, of: model))]
        case .turnEnded(let end): return [result(of: end, machine)]
        case .takenOver(let worker, _): return [.takenOver(worker: worker, after: before)]
        case .restored(_, _, _, let note): return [.restored(note: note.bounded(to: Budget.message))]
        case .disregarded: return []
        case .decided, .decisionWithdrawn, .approvalRequested, .approvalExpired:
            return contents(ofDecision: event, machine)
        default: return contents(ofCall: event, machine)
        }
    }

    // MARK: Replies

    private mutating func contents(of reply: ModelTurn, _ machine: WorkflowStateMachine) -> [LiveEvent.Content] {
        var end = GenerationEnd()
        end.model = reply.context?.model ?? ""
        end.content = reply.content.bounded(to: Budget.text)
        end.toolCalls = reply.calls.count
        end.finish = reply.finish.rawValue
        var contents: [LiveEvent.Content] = [.generationEnded(end), .usage(TokenCounts(reply.usage, of: end.model))]
        // In the order of the reply, of which the machine may take fewer.
        let calls = zip(machine.calls, reply.calls).prefix(Budget.calls).map { call, shown in
            ProposedCall(id: call.id, tool: shown.tool, arguments: shown.arguments.bounded(to: Budget.arguments))
        }
        arguments = Dictionary(calls.map { ($0.id, $0.arguments) }) { $1 }
        if !calls.isEmpty { contents.append(.callsProposed(calls)) }
        return contents
    }

    private func result(of end: TurnEnd, _ machine: WorkflowStateMachine) -> LiveEvent.Content {
        var result = TurnResult()
        result.reason = end.reason.rawValue
        result.message = end.message.bounded(to: Budget.message)
        result.answer = end.answer.bounded(to: Budget.answer)
        let finish = machine.finishedAt ?? machine.startedAt
        result.milliseconds = Int(machine.secondsWorked(now: finish) * 1000)
        switch end.kind {
        case .completed: result.status = "completed"
        case .stopped: result.status = "stopped"
        case .failed: result.status = "error"
        }
        return end.kind == .failed ? .failed(result) : .completed(result)
    }

    // MARK: Calls

    /// As the call was shown before.
    package func proposed(_ id: String, _ machine: WorkflowStateMachine) -> ProposedCall {
        ProposedCall(id: id, tool: machine.call(id)?.tool ?? "", arguments: arguments[id] ?? "")
    }

    private mutating func contents(ofCall event: TurnEvent, _ machine: WorkflowStateMachine) -> [LiveEvent.Content] {
        switch event {
        case .argumentsResolved(let id, let text, _):
            arguments[id] = text.bounded(to: Budget.arguments)
            return []
        case .callResolved(let id, let succeeded, let result):
            return [outcome(of: id, machine, succeeded: succeeded, text: result)]
        case .callWaiting(let id, let wait):
            var progress = progress(of: id, in: machine, message: "waits for \(wait.title)")
            progress.until = wait.until
            return [.callProgress(progress)]
        case .writeStarted(let id): return [.callStarted(CallStart(proposed(id, machine), isWrite: true))]
        case .writeEnded(let id, let outcome):
            return [.callProgress(progress(of: id, in: machine, message: outcome.sentence))] + end(of: id, machine)
        case .verified(let id, let checks): return [.verified(call: id, bounded(checks))] + end(of: id, machine)
        case .checkedAgain(let id, let checks): return [.verified(call: id, bounded(checks))]
        case .stepStarted(let id, let step): return [self.step(step, of: id, in: machine, message: "begun")]
        case .stepEnded(let id, let step, let outcome):
            return [self.step(step, of: id, in: machine, message: outcome.sentence)]
        case .stepSettled(let id, let step, let succeeded, let evidence):
            let message = (succeeded ? "done: " : "failed: ") + evidence
            return [self.step(step, of: id, in: machine, message: message)] + end(of: id, machine)
        default: return []
        }
    }

    /// What came of a call that is over with this entry.
    private func end(of id: String, _ machine: WorkflowStateMachine) -> [LiveEvent.Content] {
        guard let call = machine.call(id), call.state.isFinal else { return [] }
        return [outcome(of: id, machine, succeeded: call.state == .succeeded, text: call.result ?? "")]
    }

    private func outcome(
        of id: String, _ machine: WorkflowStateMachine, succeeded: Bool, text: String
    ) -> LiveEvent.Content {
        let tool = machine.call(id)?.tool ?? ""
        let text = text.bounded(to: Budget.result)
        return succeeded
            ? .callSucceeded(call: id, tool: tool, result: text) : .callFailed(call: id, tool: tool, error: text)
    }

    private func progress(of id: String, in machine: WorkflowStateMachine, message: String) -> CallProgress {
        CallProgress(call: id, tool: machine.call(id)?.tool ?? "", message: message.bounded(to: Budget.message))
    }

    private func step(
        _ step: Int, of id: String, in machine: WorkflowStateMachine, message: String
    ) -> LiveEvent.Content {
        let sequence = machine.progress.flatMap { $0.call == id ? $0 : nil }
        let title = sequence.flatMap { $0.titles.indices.contains(step) ? $0.titles[step] + ": " : nil } ?? ""
        var progress = progress(of: id, in: machine, message: title + message)
        progress.step = step + 1
        progress.steps = sequence?.titles.count
        return .callProgress(progress)
    }

    private func bounded(_ checks: [CheckResult]) -> [CheckResult] {
        checks.prefix(Budget.calls).map { check in
            var check = check
            check.check = check.check.bounded(to: Budget.line)
            check.evidence = check.evidence.bounded(to: Budget.line)
            return check
        }
    }

    // MARK: Approvals

    private func contents(ofDecision event: TurnEvent, _ machine: WorkflowStateMachine) -> [LiveEvent.Content] {
        switch event {
        case .approvalRequested(let id, let request):
            var notice = ApprovalNotice()
            notice.call = proposed(id, machine)
            if let shown = request.shown { notice.call.arguments = shown.arguments.bounded(to: Budget.arguments) }
            notice.summary = request.summary.bounded(to: Budget.line)
            notice.risk = request.risk
            notice.warnings = request.warnings.prefix(16).map { $0.bounded(to: Budget.line) }
            notice.preview = request.preview.bounded(to: Budget.preview)
            notice.digest = request.digest
            notice.expiresAt = request.expiresAt
            return [.approvalRequired(notice)]
        case .decided(let id, let decision):
            var notice = DecisionNotice()
            notice.call = id
            notice.tool = machine.call(id)?.tool ?? ""
            notice.by = decision.rule.map { "rule \($0)" } ?? decision.by
            notice.reason = decision.reason.bounded(to: Budget.message)
            return [decision.approved ? .approved(notice) : .denied(notice)]
        case .decisionWithdrawn(let id, let reason):
            return [.approvalWithdrawn(call: id, reason: reason.bounded(to: Budget.message))]
        case .approvalExpired(let id): return [.approvalExpired(call: id)]
        default: return []
        }
    }
}

// MARK: - Replay

extension TurnNarration {
    /// What a transcript tells.
    package struct Retelling: Sendable {
        package var narration: TurnNarration
        package var machine: WorkflowStateMachine
        /// In their order.
        package var events: [LiveEvent] = []
    }

    /// Applies a transcript's entries to a machine, and tells those of the newest turn, or of all.
    ///
    /// - Parameters:
    ///   - count: how many of the entries count: the status vouches for no more.
    ///   - shown: an event as readers of the transcript see it.
    package static func replay(
        _ entries: [TranscriptChain.Entry], counting count: Int, to machine: WorkflowStateMachine,
        onlyNewestTurn: Bool, shown: (TurnEvent) -> TurnEvent = { $0 }
    ) -> Retelling {
        var telling = Retelling(narration: TurnNarration(), machine: machine)
        let believed = Set(TranscriptChain.believedPositions(Array(entries.prefix(count))))
        let start = onlyNewestTurn ? believed.filter { entries[$0].event.beginsTurn }.max() ?? 0 : 0
        for (position, entry) in entries.enumerated() {
            guard believed.contains(position) else {
                telling.narration.skip(entry.event)
                continue
            }
            telling.machine.apply(entry.event, at: entry.at)
            if position >= start {
                telling.events += telling.narration.tell(shown(entry.event), at: entry.at, telling.machine)
            } else {
                telling.narration.skip(entry.event)
            }
        }
        return telling
    }
}

extension TurnEvent {
    /// Whether it begins something that ends with a ``turnEnded(_:)``.
    package var beginsTurn: Bool {
        switch self {
        case .turnStarted, .undoStarted: true
        default: false
        }
    }
}

extension WriteOutcome {
    /// For people.
    fileprivate var sentence: String {
        switch self {
        case .applied(let text, _): "written: \(text)"
        case .failed(let text): "carried out, and failed: \(text)"
        case .stale(let text): "not written, because its target changed: \(text)"
        case .rejected(let text): "refused: \(text)"
        case .postponed(let text): "not written yet: \(text)"
        case .notDone: "not written yet"
        case .unknown(let text): "may have been written: \(text)"
        }
    }
}

extension TokenCounts {
    fileprivate init(_ usage: ModelTurn.Usage, of model: String) {
        self.init()
        self.model = model
        prompt = usage.prompt
        completion = usage.completion
        cached = usage.cached
        reasoning = usage.reasoning
        estimated = usage.estimated.total
    }
}
