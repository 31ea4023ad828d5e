import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    /// The events that the status tells and the transcript doesn't, in order: a worker that died stored intents and
    /// outcomes of writes in the status, and came to the transcript no more.
    ///
    /// Only what the operator wrote itself is read here. Whether a person's decision counts is decided elsewhere, from the
    /// entry's digest.
    public func missing(from status: ConversationStatus) -> [TurnEvent] {
        guard isRunning, status.turn == turn else { return [] }
        let statuses = status.calls
        let approvals = status.approvals
        return calls.flatMap { call -> [TurnEvent] in
            guard call.state == .awaitingApproval, call.approval?.isForRead == false, let known = statuses[call.id]
            else {
                return []
            }
            let approved = TurnEvent.decided(
                id: call.id, Decision(approved: true, by: approvals[call.id]?.decidedBy ?? "unknown"))
            let begun = [approved, .writeStarted(id: call.id)]
            let result = known.result ?? ""
            switch known.state {
            case .executing: return begun
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
