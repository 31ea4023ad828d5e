import ConversationAccess
import KubeModel
import SkyfloAPI

/// Conversations in columns, three blanks between them, as kubectl prints tables.
struct ConversationTable {
    var hasNamespace = false
    var isWide = false
    var hasHeaders = true

    func lines(_ conversations: [Conversation], now: KubeTime) -> [String] {
        let rows = (hasHeaders ? [header] : []) + conversations.map { row($0, now: now) }
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { at, cell in
                at == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[at] - cell.count + 3)
            }
            return cells.joined()
        }
    }

    private var header: [String] {
        (hasNamespace ? ["NAMESPACE"] : []) + ["NAME", "PHASE", "TURN", "PENDING", "REASON", "AGE"]
            + (isWide ? ["SERVICEACCOUNT", "MODEL"] : []) + ["TITLE"]
    }

    private func row(_ conversation: Conversation, now: KubeTime) -> [String] {
        let status = conversation.status
        let age = conversation.object.creationTimestamp.map {
            HumanDuration.text(seconds: max(0, Int(now.seconds(since: $0))))
        }
        let cells =
            (hasNamespace ? [conversation.namespace] : []) + [
                conversation.object.name, status.phase?.rawValue ?? "<none>", String(status.turn),
                String(conversation.pendingApprovals.count), status.reason ?? "", age ?? "<unknown>",
            ] + (isWide ? [conversation.spec.serviceAccountName, conversation.spec.model ?? "<default>"] : [])
            + [OneLine.of(status.title ?? conversation.spec.messages.first ?? "", limit: isWide ? 120 : 60)]
        // Before the widths are taken: an escape is longer than what it stands for. A tab would move the columns.
        return cells.map { SafeText.escape($0.replacing("\t", with: " ")) }
    }
}
