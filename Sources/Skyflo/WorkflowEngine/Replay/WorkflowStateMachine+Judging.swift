import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    /// Whether this state leads to a fact: what was to be done next can have brought it about, or it comes from elsewhere and
    /// is taken notice of.
    ///
    /// - Parameters:
    ///   - now: when it was decided.
    ///   - stop: who wanted the turn stopped.
    func judge(_ event: TurnEvent, at now: KubeTime, stop: String?) -> Judgement {
        if let outside = judgeOutside(event) { return outside }
        let action = next(now: now, stop: stop)
        if case .turnEnded(let recorded) = event, case .end(let end) = action {
            return judge(recorded, end)
        }
        let isExpected = leads(action, to: event, at: now, stop: stop)
        return Judgement(kind: isExpected ? nil : .decision, decided: action.summary)
    }

    private func judge(_ recorded: TurnEnd, _ end: TurnEnd) -> Judgement {
        if recorded == end { return Judgement(kind: nil, decided: "") }
        let isSame = recorded.kind == end.kind && recorded.reason == end.reason
        return Judgement(kind: isSame ? .wording : .decision, decided: Action.end(end).summary)
    }

    /// Of facts that people and other processes make; nil for those that follow from a decision of the engine.
    private func judgeOutside(_ event: TurnEvent) -> Judgement? {
        switch event {
        case .turnStarted(let number, _, _):
            guard isRunning || number <= turn else { return Judgement(kind: nil, decided: "") }
            return Judgement(
                kind: .decision, decided: isRunning ? "go on with turn \(turn)" : "take it for turn \(turn)")
        case .undoStarted:
            return Judgement(kind: isRunning ? .decision : nil, decided: "go on with turn \(turn)")
        case .restored, .takenOver, .disregarded, .checkedAgain, .titled, .replyCut:
            return Judgement(kind: nil, decided: "")
        case .decided(let id, _): return judge(id, "has no decision to wait for") { $0.isWaitingForDecision }
        case .decisionWithdrawn(let id, _):
            return judge(id, "has no decision to take back") { $0.state == .awaitingApproval && $0.decision != nil }
        default: return nil
        }
    }

    private func judge(_ id: String, _ otherwise: String, _ isExpected: (Call) -> Bool) -> Judgement {
        guard let call = call(id) else { return Judgement(kind: .decision, decided: "there is no call \(id)") }
        return isExpected(call)
            ? Judgement(kind: nil, decided: "")
            : Judgement(kind: .decision, decided: "\(id) \(otherwise): it is \(call.state.rawValue)")
    }

    // MARK: What an action brings about

    private func leads(_ action: Action, to event: TurnEvent, at now: KubeTime, stop: String?) -> Bool {
        switch (action, event) {
        case (.askModel, .modelReplied), (.askModel, .modelFailed), (.askModel, .summarized): true
        case (.resolveArguments(let id), .argumentsResolved(let other, _, _)): id == other
        case (.refuse(let id, _), .callResolved(let other, false, _)): id == other
        case (.prepare(let ids), .callResolved(let id, _, _)), (.prepare(let ids), .callWaiting(let id, _)),
            (.askBeforeReading(let ids), .callResolved(let id, _, _)),
            (.awaitReads(let ids, _), .callResolved(let id, _, _)):
            ids.contains(id)
        case (.prepare(let ids), .approvalRequested(let id, let request)): ids.contains(id) && !request.isForRead
        case (.askBeforeReading(let ids), .approvalRequested(let id, let request)):
            ids.contains(id) && request.isForRead
        case (.expire(let id), .approvalExpired(let other)), (.execute(let id), .writeStarted(let other)),
            (.recover(let id), .wrote(let other, _)), (.recover(let id), .writeEnded(let other, _)),
            (.continueSequence(let id), .wrote(let other, _)), (.verify(let id), .verified(let other, _)):
            id == other
        case (.continueSequence(let id), _): leads(sequence: id, to: event, at: now)
        default: false
        }
    }

    private func leads(sequence id: String, to event: TurnEvent, at now: KubeTime) -> Bool {
        guard let sequence = call(id)?.sequence else { return false }
        // Who stopped it doesn't matter for what is done.
        let candidates = [sequence.next(now: now, stop: nil), sequence.next(now: now, stop: "a stop")]
        return candidates.contains { next in
            switch (next, event) {
            case (.send(let step), .stepStarted(id, let other)), (.recover(let step), .stepEnded(id, let other, _)):
                step == other
            case (.wait(let steps, _), .stepSettled(id, let step, _, _)): steps.contains(step)
            case (.end(let outcome), .writeEnded(id, let other)): outcome.isAlike(other)
            default: false
            }
        }
    }
}

extension WriteOutcome {
    /// The same but for words.
    fileprivate func isAlike(_ other: WriteOutcome) -> Bool {
        func bare(_ outcome: WriteOutcome) -> WriteOutcome {
            if case .applied = outcome { return .applied("", uid: "") }
            return outcome.mapText { _ in "" }
        }
        return bare(self) == bare(other)
    }
}
