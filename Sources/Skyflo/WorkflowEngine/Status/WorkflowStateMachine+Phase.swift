import SkyfloAPI

extension WorkflowStateMachine {
    /// How the turn stands, in a word of the API.
    package var phase: ConversationStatus.Phase {
        guard isRunning else {
            switch ended?.kind {
            case .completed: return .completed
            case .failed: return .failed
            case .stopped: return .stopped
            case nil: return .pending
            }
        }
        if calls.contains(where: { $0.state == .executing }) { return .executing }
        if calls.contains(where: { $0.state == .verifying }) { return .verifying }
        if !pendingApprovals.isEmpty { return .awaitingApproval }
        if onlyWaits { return .waiting }
        if calls.contains(where: { $0.state == .proposed }) { return .executing }
        // The model's look at what code has found of its changes.
        return hasJustWritten ? .verifying : .planning
    }
}
