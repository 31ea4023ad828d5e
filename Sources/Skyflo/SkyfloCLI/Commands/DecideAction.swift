import ConversationAccess
import KubeModel
import SkyfloAPI

/// Approves or denies calls of a conversation, exactly as they were shown.
package struct DecideAction: Sendable {
    package var decision: Approval.Decision
    package var name: String
    /// Empty for the only one that waits.
    package var calls: [String]
    package var isForAll: Bool
    package var reason: String?
    /// Decides without asking.
    package var isConfirmed: Bool
    /// The beginning of the digest that a script saw; nothing else is decided.
    package var digest: String?
    package var showsAll: Bool
    package var waits: Bool
    package var timeout: Duration?
    package var format: ResultFormat?

    package init(
        _ decision: Approval.Decision, of name: String, calls: [String] = [], isForAll: Bool = false,
        reason: String? = nil, isConfirmed: Bool = false, digest: String? = nil, showsAll: Bool = false,
        waits: Bool = false, timeout: Duration? = nil, format: ResultFormat? = nil
    ) {
        self.decision = decision
        self.name = name
        self.calls = calls
        self.isForAll = isForAll
        self.reason = reason
        self.isConfirmed = isConfirmed
        self.digest = digest
        self.showsAll = showsAll
        self.waits = waits
        self.timeout = timeout
        self.format = format
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.get(name)
        let chosen = try choose(in: conversation, session)
        for entry in chosen { session.terminal.say(ApprovalText(entry: entry, isFull: showsAll).lines) }
        try await confirm(chosen, session: session)
        let decided = try await session.conversations.decide(
            decision, on: chosen, of: name, uid: conversation.uid, reason: reason)
        for entry in chosen { session.terminal.say("\(entry.id) \(decision.rawValue.lowercased())".styled) }
        guard waits else {
            if let format { session.print(decided.object, as: format) }
            return .success
        }
        let follower = Follower(
            session: session, name: name, turn: conversation.status.turn,
            approvalBehavior: session.terminal.isInteractive ? .ask : .leave, format: format)
        return try await follower.run(timeout: timeout)
    }

    private func choose(in conversation: Conversation, _ session: Session) throws -> [PendingApproval] {
        let pending = conversation.pendingApprovals
        let chosen = calls.isEmpty ? pending : try calls.map { try find($0, in: conversation) }
        guard !chosen.isEmpty else {
            throw CommandError(.error, message: "nothing in conversation \"\(name)\" waits for a decision")
        }
        if calls.isEmpty, chosen.count > 1, !isForAll {
            for entry in chosen { session.terminal.say(ApprovalText(entry: entry).lines) }
            let ids = chosen.map(\.id).joined(separator: ", ")
            throw CommandError(
                .usage, message: "\(chosen.count) calls wait for a decision (\(ids)): name those you mean, or --all")
        }
        try check(chosen)
        return chosen
    }

    private func check(_ chosen: [PendingApproval]) throws {
        if decision == .approved, let altered = chosen.first(where: { !$0.isIntact }) {
            throw CommandError(
                .changed,
                message: "\(altered.id) was changed after the operator wrote it: its requests do not match its digest; "
                    + "nothing was decided")
        }
        let ids = chosen.map(\.id)
        if decision == .approved,
            let one = chosen.first(where: { !Set($0.approval.alternatives).isDisjoint(with: ids) })
        {
            let others = one.approval.alternatives.filter(ids.contains).joined(separator: ", ")
            throw CommandError(
                .usage, message: "\(one.id) and \(others) are alternatives, of which one can be approved: name that one"
            )
        }
        guard let digest else { return }
        guard chosen.count == 1 else { throw CommandError(.usage, message: "--digest needs exactly one call") }
        guard chosen[0].hasDigest(digest) else {
            throw CommandError(
                .changed,
                message: "\(chosen[0].id) has the digest \(chosen[0].digest), not \(digest); nothing was decided")
        }
    }

    private func find(_ id: String, in conversation: Conversation) throws -> PendingApproval {
        if let entry = PendingApproval(id, in: conversation) { return entry }
        guard let call = conversation.status.calls[id] else {
            throw CommandError(.error, message: "conversation \"\(name)\" has no call \"\(id)\"")
        }
        throw CommandError(.error, message: "\(id) does not wait for a decision: it is \(call.state.rawValue)")
    }

    private func confirm(_ chosen: [PendingApproval], session: Session) async throws {
        guard !isConfirmed else { return }
        guard session.terminal.isInteractive else {
            throw CommandError(.usage, message: "this is not a terminal: add --yes to decide without being asked")
        }
        let verb = decision == .approved ? "Approve" : "Deny"
        let question = "\(verb) \(chosen.map(\.id).joined(separator: ", "))? [y/N]"
        let answer = try await session.terminal.ask(StyledText(question, style: .bold)) ?? ""
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandError(.error, message: "nothing was decided")
        }
    }
}
