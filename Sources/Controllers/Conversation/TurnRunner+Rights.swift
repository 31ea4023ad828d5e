import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension TurnRunner {
    /// Asks, where the SkyfloAI wants it, whether those who approved a call may do the same themselves. Part of the terms,
    /// so it comes after ``readTerms()``.
    mutating func readRights(of call: Call) async throws {
        terms.unauthorized = [:]
        guard let governing, governing.approvals.requireApproverRights else { return }
        let votes = conversation.status.approvals[call.id]?.votes ?? []
        let writes = try plannedWrites(of: call)
        let rights = ApproverRights(api: api)
        let approvers = votes.filter { $0.decision == .approved }.map(\.user)
        let findings = try await approvers.concurrentMap(atOnce: 8) { user in
            try await rights.missing(of: user, for: writes)
        }
        for (user, missing) in zip(approvers, findings) { terms.unauthorized[user] = missing }
    }

    /// Says once whose approval of a call doesn't count for want of rights: when that isn't in the status yet.
    func tellRefusals(of call: Call) {
        let shown = conversation.status.approvals[call.id]?.waitingFor ?? ""
        for (user, missing) in terms.unauthorized.sorted(by: { $0.key < $1.key }) where !shown.contains(user) {
            dependencies.events.warning(
                conversation.object, "ApprovalRefused", "\(call.id): \(user) may not do it themself: \(missing)")
        }
    }
}
