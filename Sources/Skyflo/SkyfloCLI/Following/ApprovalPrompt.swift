import ConversationAccess
import KubeModel
import SkyfloAPI

/// Asks the person at the terminal about approvals, one after the other, and writes each decision at once.
struct ApprovalPrompt {
    let session: Session
    let conversation: Conversation

    private var name: String { conversation.object.name }

    func run(about entries: [PendingApproval]) async throws {
        var approved: Set<String> = []
        for entry in entries where approved.isDisjoint(with: entry.approval.alternatives) {
            do {
                if try await ask(about: entry) == .approved { approved.insert(entry.id) }
            } catch let error as ConversationAccessError where error.kind == .changed {
                // What came in between is shown next.
                session.terminal.say(StyledText("\(error)", style: .yellow))
            }
        }
    }

    /// - Returns: what was decided; nil for nothing yet.
    private func ask(about entry: PendingApproval) async throws -> Approval.Decision? {
        while true {
            let question = StyledText("Approve \(entry.id)? [y]es, [n]o, [d]iff, Enter to decide later:", style: .bold)
            let line = try await session.terminal.ask(question) ?? ""
            switch line.lowercased() {
            case "y", "yes": return try await decide(.approved, entry: entry, reason: nil)
            case "n", "no":
                let reason = try await session.terminal.ask("Reason, for the model (optional):") ?? ""
                return try await decide(.denied, entry: entry, reason: reason.isEmpty ? nil : reason)
            case "d", "diff": session.terminal.say(ApprovalText(entry: entry, isFull: true).lines)
            case "":
                session.terminal.say(
                    "not decided; later: \(session.program) approve \(name) \(entry.id) -n \(session.namespace)".styled)
                return nil
            default: session.terminal.say("please answer y, n, d, or nothing")
            }
        }
    }

    private func decide(
        _ decision: Approval.Decision, entry: PendingApproval, reason: String?
    ) async throws -> Approval.Decision {
        _ = try await session.conversations.decide(
            decision, on: [entry], of: name, uid: conversation.uid, reason: reason)
        session.terminal.say("\(entry.id) \(decision.rawValue.lowercased())".styled)
        return decision
    }
}

extension String {
    var styled: StyledText { StyledText(self) }
}
