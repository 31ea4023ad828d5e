import ConversationAccess
import KubeModel
import SkyfloAPI

/// Asks for changes that a conversation made to be taken back. Each goes through a preview and an approval of its own.
package struct UndoAction: Sendable {
    package var name: String
    /// Ids of `status.changes`; empty for the only one there is.
    package var changes: [String]
    /// Until they are taken back, or refused; asks for the approvals where somebody can be asked.
    package var waits: Bool
    package var timeout: Duration?
    package var format: ResultFormat?

    package init(
        _ name: String, changes: [String] = [], waits: Bool = false, timeout: Duration? = nil,
        format: ResultFormat? = nil
    ) {
        self.name = name
        self.changes = changes
        self.waits = waits
        self.timeout = timeout
        self.format = format
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.get(name)
        let chosen = try choose(
            from: conversation.status.changes, asked: Set(conversation.spec.undo), session)
        let patched = try await session.conversations.undo(chosen, of: name)
        let ids = chosen.joined(separator: ", ")
        guard !waits else {
            session.terminal.say("undo of \(ids) requested".styled)
            let follower = Follower(
                session: session, name: name, turn: patched.status.turn, generation: patched.object.generation,
                approvalBehavior: session.terminal.isInteractive ? .ask : .leave, format: format)
            return try await follower.run(timeout: timeout)
        }
        if let format { session.print(patched.object, as: format) }
        session.terminal.say("undo of \(ids) requested; it will be previewed and need an approval:".styled)
        session.terminal.say("  \(session.program) watch \(name) -n \(session.namespace)".styled)
        return .success
    }

    private func choose(from recorded: [ChangeStatus], asked: Set<String>, _ session: Session) throws -> [String] {
        guard !recorded.isEmpty else {
            throw CommandError(
                .error, message: "conversation \"\(name)\" has no recorded changes (status.changes) to undo")
        }
        let ids = recorded.map(\.id)
        for id in changes {
            guard ids.contains(id) else {
                throw CommandError(
                    .error, message: "conversation \"\(name)\" has no change \"\(id)\"; its changes are: \(list(ids))")
            }
            guard !asked.contains(id) else {
                throw CommandError(.error, message: "the undo of \(id) was already requested")
            }
        }
        guard changes.isEmpty else { return changes }
        // What took a change back is one itself, but only who names it means it.
        let undos = Set(recorded.compactMap(\.undoneBy))
        let left = ids.filter { !asked.contains($0) && !undos.contains($0) }
        guard left.count == 1 else {
            throw left.isEmpty
                ? CommandError(.error, message: "the undo of all changes was already requested")
                : CommandError(
                    .usage, message: "the conversation has \(left.count) changes: name the ones to undo: \(list(left))")
        }
        return left
    }

    private func list(_ ids: [String]) -> String { ids.sorted(by: CallOrder.precedes).joined(separator: ", ") }
}
