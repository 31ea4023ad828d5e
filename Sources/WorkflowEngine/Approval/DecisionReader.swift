import KubeModel
import SkyfloAPI

/// Reads what people wrote into `status.approvals`, trusting nothing of it but the decision.
public enum DecisionReader {
    public enum Reading: Sendable, Hashable {
        case undecided
        case decided(Decision)
        /// The entry isn't what was asked for: what a person saw when deciding may not be what would run.
        case altered(String)
    }

    /// - Parameters:
    ///   - entry: the approval as it is on the API server now; nil when it isn't there.
    ///   - request: what was asked for, from the transcript.
    public static func read(
        _ entry: Approval?, for call: Call, request: ApprovalRequest, conversationUID: String, turn: Int
    ) -> Reading {
        guard let entry, let decision = entry.decision else { return .undecided }
        let digest = Digest.of(
            conversationUID: conversationUID, turn: turn, callID: call.id, tool: entry.tool,
            arguments: entry.arguments, requests: entry.requests,
            postConditions: entry.json["postConditions"]?.array ?? [])
        guard entry.digest == request.digest, digest == request.digest else {
            return .altered("the approval \(call.id) was changed after it was asked for")
        }
        let by = entry.decidedBy.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
        return .decided(Decision(approved: decision == .approved, by: by, reason: entry.reason ?? ""))
    }
}
