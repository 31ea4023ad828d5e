import KubeModel
import SkyfloAPI

/// Which changes of a conversation are news: a new spec, and what people write into approvals. The operator's own status
/// writes are not, and there are several to a turn.
enum ConversationPredicate {
    static func isNews(_ old: KubeObject, _ new: KubeObject) -> Bool {
        old.generation != new.generation || old.uid != new.uid || old.isBeingDeleted != new.isBeingDeleted
            || decisions(old) != decisions(new) || lostProgress(old, new) || lostStatus(old, new)
    }

    /// Who replaces the object as a whole takes the annotation away.
    private static func lostProgress(_ old: KubeObject, _ new: KubeObject) -> Bool {
        func progress(_ object: KubeObject) -> JSONValue? {
            object["metadata", "annotations", ConversationProgress.annotation]
        }
        return progress(old) != nil && progress(new) == nil
    }

    /// Who removes the status, or restores that of another object, takes away what the conversation is known by. Said at once,
    /// so that no message is written into the gap and isn't carried out either.
    private static func lostStatus(_ old: KubeObject, _ new: KubeObject) -> Bool {
        new["status", "uid"]?.string != new.uid && old["status"] != new["status"]
    }

    private static func decisions(_ object: KubeObject) -> [String: JSONValue] {
        var decisions: [String: JSONValue] = [:]
        for (id, entry) in object["status", "approvals"]?.object ?? [:] {
            if entry["decision"] != nil || entry["votes"] != nil {
                decisions[id] = .array([entry["decision"] ?? .null, entry["votes"] ?? .null])
            }
        }
        return decisions
    }
}
