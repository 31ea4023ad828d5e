import KubeModel
import SkyfloAPI

/// Which changes of a conversation are news: a new spec, and what people write into approvals. The operator's own status
/// writes are not, and there are several to a turn.
enum ConversationPredicate {
    static func specOrDecisionChanged(_ old: KubeObject, _ new: KubeObject) -> Bool {
        old.generation != new.generation || old.uid != new.uid || old.isBeingDeleted != new.isBeingDeleted
            || specOrDecisionChanged(Conversation(old), Conversation(new))
    }

    private static func specOrDecisionChanged(_ old: Conversation, _ new: Conversation) -> Bool {
        decisions(old) != decisions(new) || lostProgress(old, new) || lostStatus(old, new)
    }

    /// Who replaces the object as a whole takes the annotation away.
    private static func lostProgress(_ old: Conversation, _ new: Conversation) -> Bool {
        old.progressAnnotation != nil && new.progressAnnotation == nil
    }

    /// Who removes the status, or restores that of another object, takes away what the conversation is known by. Said at once,
    /// so that no message is written into the gap and isn't carried out either.
    private static func lostStatus(_ old: Conversation, _ new: Conversation) -> Bool {
        new.status.uid != new.uid && old.status.json != new.status.json
    }

    private static func decisions(_ conversation: Conversation) -> [String: Decisions] {
        conversation.status.approvals.compactMapValues { entry in
            guard entry.decision != nil || entry.votesByUser != nil else { return nil }
            return Decisions(decision: entry.decision, votes: entry.votesByUser)
        }
    }

    private struct Decisions: Hashable {
        var decision: Approval.Decision?
        var votes: [String: Approval.Vote]?
    }
}
