import KubeModel
import SkyfloAPI

/// Reads what people wrote into `status.approvals`, trusting nothing of it but the decisions.
package enum DecisionReader {
    package enum Reading: Sendable, Hashable {
        /// Nobody decided.
        case undecided
        /// Somebody approved, and that isn't enough: what is missing.
        case incomplete(String)
        case decided(Decision)
        /// The entry isn't what was asked for: what a person saw when deciding may not be what would run.
        case altered(String)
    }

    /// - Parameters:
    ///   - entry: the approval as it is on the API server now; nil when it isn't there.
    ///   - request: what was asked for, from the transcript.
    ///   - conversation: as it is on the API server now.
    package static func read(
        _ entry: Approval?, for call: Call, request: ApprovalRequest, in conversation: Conversation, turn: Int,
        terms: ApprovalTerms
    ) -> Reading {
        guard let entry else { return .undecided }
        let votes = entry.votes
        guard !votes.isEmpty else { return .undecided }
        guard stands(entry, for: call, request: request, in: conversation, turn: turn) else {
            return .altered("the approval \(call.id), or who it runs as, was changed after it was asked for")
        }
        return count(votes, of: call, terms: terms)
    }

    /// Whether an entry is what was asked for, and would run as who it was asked for.
    package static func stands(
        _ entry: Approval, for call: Call, request: ApprovalRequest, in conversation: Conversation, turn: Int
    ) -> Bool {
        let digest = Digest.of(entry, turn: turn, callID: call.id, in: conversation)
        return entry.digest == request.digest && digest == request.digest
    }

    private static func count(_ votes: [Approval.Vote], of call: Call, terms: ApprovalTerms) -> Reading {
        if let denial = votes.first(where: { $0.decision == .denied }) {
            return .decided(Decision(approved: false, by: denial.user, reason: denial.reason))
        }
        if let doubt = terms.doubt(about: call) { return .incomplete("the approval does not count: \(doubt)") }
        if let freeze = terms.freeze { return .incomplete(freeze) }
        let objections = votes.compactMap { terms.rejectionReason(to: $0.user) }
        let counting = votes.filter { terms.rejectionReason(to: $0.user) == nil }
        guard counting.count >= terms.quorum else {
            let progress = "\(counting.count) of \(terms.quorum.counted(as: "approval"))"
            return .incomplete(([progress] + objections).joined(separator: "; "))
        }
        let approvers = counting.map(\.user)
        let missing = terms.requirements.compactMap { terms.missing($0, of: approvers) }
        guard missing.isEmpty else { return .incomplete((missing + objections).joined(separator: "; ")) }
        let reasons = counting.map(\.reason).filter { !$0.isEmpty }
        return .decided(
            Decision(
                approved: true, by: approvers.joined(separator: ", "),
                reason: reasons.joined(separator: "; ")))
    }
}
