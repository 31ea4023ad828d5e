import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    /// The events that the status tells and the transcript doesn't, in order: a worker that died stored intents and
    /// outcomes of writes in the status, and came to the transcript no more.
    ///
    /// They are believed only where the transcript has the decision that allowed the write: that it was begun may lead to
    /// sending it.
    package func missing(from status: ConversationStatus) -> [TurnEvent] {
        guard isRunning, status.turn == turn else { return [] }
        let statuses = status.calls
        return calls.flatMap { call -> [TurnEvent] in
            guard let known = statuses[call.id] else { return [] }
            let steps = missingSteps(of: call, from: status)
            if call.state == .executing, call.sequence != nil {
                return steps + end(of: call, in: known)
            }
            guard call.isReadyToExecute else { return [] }
            if known.state == .executing { return [.writeStarted(id: call.id)] + steps }
            let end = end(of: call, in: known)
            guard !end.isEmpty else { return [] }
            guard call.approval?.steps == nil else { return [.writeStarted(id: call.id)] + steps + end }
            let written = status.changes.filter { $0.call == call.id }.map(\.uid)
            return [.writeStarted(id: call.id), .wrote(id: call.id, uids: written)] + end
        }
    }

    private func end(of call: Call, in known: CallStatus) -> [TurnEvent] {
        let result = known.result ?? ""
        let outcome: WriteOutcome? =
            switch known.state {
            // The result of a verified write has its checks in it; checking again costs a read and says the same.
            case .verifying, .succeeded: .applied(result)
            case .failed: .rejected(result)
            case .stale: .stale(result)
            case .unknown: .unknown(result)
            case .executing, .proposed, .waiting, .awaitingApproval, .denied, .expired, .cancelled: nil
            }
        return outcome.map { [.writeEnded(id: call.id, $0)] } ?? []
    }

    /// What brings the steps of a sequence from where the transcript leaves them to where the status has them.
    private func missingSteps(of call: Call, from status: ConversationStatus) -> [TurnEvent] {
        guard let plans = call.approval?.steps, let progress = status.progress, progress.call == call.id,
            progress.states.count == plans.count
        else { return [] }
        return plans.indices.flatMap { step -> [TurnEvent] in
            let known = call.sequence?.steps[step].progress ?? StepProgress()
            return Self.events(
                from: known, to: progress.states[step], id: call.id, step: step, awaits: plans[step].awaits != nil)
        }
    }

    private static func events(
        from known: StepProgress, to state: StepProgress, id: String, step: Int, awaits: Bool
    ) -> [TurnEvent] {
        guard known != state, known.state != .done, known.state != .failed, known.state != .unknown else { return [] }
        var events: [TurnEvent] = []
        func settled(_ succeeded: Bool) -> TurnEvent {
            .stepSettled(id: id, step: step, succeeded: succeeded, evidence: state.message)
        }
        if known.state == .waiting {
            return state.state == .done || state.state == .failed ? [settled(state.state == .done)] : []
        }
        if known.state == .pending, state.attempts > known.attempts { events.append(.stepStarted(id: id, step: step)) }
        let applied = TurnEvent.stepEnded(id: id, step: step, .applied(state.message, uid: state.uid))
        switch state.state {
        case .executing: break
        case .pending:
            guard known.state == .executing || !events.isEmpty else { return [] }
            events.append(.stepEnded(id: id, step: step, .postponed(state.message)))
        case .waiting: events.append(applied)
        case .done: events += awaits ? [applied, settled(true)] : [applied]
        case .failed where awaits && !state.uid.isEmpty: events += [applied, settled(false)]
        case .failed: events.append(.stepEnded(id: id, step: step, .rejected(state.message)))
        case .stale: events.append(.stepEnded(id: id, step: step, .stale(state.message)))
        case .unknown: events.append(.stepEnded(id: id, step: step, .unknown(state.message)))
        }
        return events
    }
}
