import KubeModel
import SkyfloAPI

extension WorkflowStateMachine {
    /// The events that the status tells and the transcript doesn't, in order: a worker that died stored intents and
    /// outcomes of writes in the status, and came to the transcript no more.
    ///
    /// They are believed only where the transcript has the decision that allowed the write: that it was begun may lead to
    /// sending it.
    public func missing(from status: ConversationStatus) -> [TurnEvent] {
        guard isRunning, status.turn == turn else { return [] }
        let statuses = status.calls
        return calls.flatMap { call -> [TurnEvent] in
            guard call.isReadyToExecute, let known = statuses[call.id] else { return [] }
            let result = known.result ?? ""
            let outcome: WriteOutcome? =
                switch known.state {
                // The result of a verified write has its checks in it; checking again costs a read and says the same.
                case .verifying, .succeeded: .applied(result)
                case .failed: .rejected(result)
                case .stale: .stale(result)
                case .unknown: .unknown(result)
                case .executing, .proposed, .awaitingApproval, .denied, .expired, .cancelled: nil
                }
            if known.state == .executing { return [.writeStarted(id: call.id)] }
            guard let outcome else { return [] }
            let written = status.changes.filter { $0.call == call.id }.map(\.uid)
            return [.writeStarted(id: call.id), .wrote(id: call.id, uids: written), .writeEnded(id: call.id, outcome)]
        }
    }
}
