import KubeModel
import SkyfloAPI
import WorkflowEngine

/// A call that waits for a person's decision: the first one, or another where one isn't enough.
package struct PendingApproval: Sendable, Hashable {
    package let id: String
    package let approval: Approval
    /// What a decision is bound to.
    package let digest: String
    /// Whether the digest is that of the requests that stand there. Where it isn't, somebody changed the entry after the
    /// operator wrote it, and the operator will refuse whatever is decided on it.
    package let isIntact: Bool

    package init?(_ id: String, in conversation: Conversation) {
        guard let approval = conversation.status.approvals[id], let digest = approval.digest, approval.isUndecided,
            let call = conversation.status.calls[id], call.state == .awaitingApproval
        else { return nil }
        self.id = id
        self.approval = approval
        self.digest = digest
        isIntact = Digest.of(approval, turn: call.turn, callID: id, in: conversation) == digest
    }

    /// Why a decision on what somebody was shown isn't written.
    package enum Refusal: Error, Sendable, Hashable {
        case notPending
        /// What waits has another digest now.
        case moved(digest: String)
        /// Somebody changed the entry after the operator wrote it. It can only be denied: a denial lets nothing run.
        case altered
    }

    /// What somebody was shown, where it still waits and is that.
    ///
    /// - Parameter digest: of what was shown, whole.
    package init(
        _ id: String, shownAs digest: String, for decision: Approval.Decision, in conversation: Conversation
    ) throws(Refusal) {
        guard let found = PendingApproval(id, in: conversation) else { throw .notPending }
        guard found.digest == digest else { throw .moved(digest: found.digest) }
        guard decision == .denied || found.isIntact else { throw .altered }
        self = found
    }

    /// `1f3a…`: enough of the digest to tell two previews apart.
    package var shortDigest: String { String(digest.drop { $0 != ":" }.drop { $0 == ":" }.prefix(12)) }

    package func hasDigest(_ prefix: String) -> Bool {
        let hex = prefix.hasPrefix("sha256:") ? String(prefix.dropFirst(7)) : prefix
        return !hex.isEmpty && digest.hasPrefix("sha256:" + hex)
    }
}

extension Approval {
    /// Whether nobody has decided, or so far people who aren't enough.
    fileprivate var isUndecided: Bool { decision == nil || (decision == .approved && waitingFor != nil) }
}

extension Conversation {
    /// In the order in which the calls were made.
    package var pendingApprovals: [PendingApproval] {
        status.approvals.keys.sorted(by: CallOrder.precedes).compactMap { PendingApproval($0, in: self) }
    }
}

/// `c2` comes before `c10`.
package enum CallOrder {
    package static func precedes(_ a: String, _ b: String) -> Bool {
        (a.utf8.count, a) < (b.utf8.count, b)
    }
}
