import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    /// The events that the status tells and the transcript doesn't, in order: a worker that died stored intents and
    /// outcomes of writes in the status, and came to the transcript no more.
    ///
    /// That a write was begun may lead to sending it, so it is believed only together with the decision that allowed it.
    /// An outcome leads to nothing being sent.
    public func missing(from status: ConversationStatus, conversationUID: String) -> [TurnEvent] {
        guard isRunning, status.turn == turn else { return [] }
        let statuses = status.calls
        let approvals = status.approvals
        return calls.flatMap { call -> [TurnEvent] in
            guard call.state == .awaitingApproval, let request = call.approval, !request.isForRead,
                let known = statuses[call.id]
            else { return [] }
            let approved = TurnEvent.decided(
                id: call.id, Decision(approved: true, by: approvals[call.id]?.decidedBy ?? "unknown"))
            let begun = [approved, .writeStarted(id: call.id)]
            let result = known.result ?? ""
            switch known.state {
            case .executing:
                let reading = DecisionReader.read(
                    approvals[call.id], for: call, request: request, conversationUID: conversationUID, turn: turn)
                guard case .decided(let decision) = reading, decision.approved else { return [] }
                return begun
            // The result of a verified write has its checks in it already; checking again costs a read and says the same.
            case .verifying, .succeeded: return begun + [.writeEnded(id: call.id, .applied(result))]
            case .failed: return begun + [.writeEnded(id: call.id, .rejected(result))]
            case .stale: return begun + [.writeEnded(id: call.id, .stale(result))]
            case .unknown: return begun + [.writeEnded(id: call.id, .unknown(result))]
            case .proposed, .awaitingApproval, .denied, .expired, .cancelled: return []
            }
        }
    }
}
