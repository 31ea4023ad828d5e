import ConversationAccess
import KubeModel
import SkyfloAPI

/// Stops a conversation, or lets it go on.
package struct StopAction: Sendable {
    package var name: String
    package var resumes: Bool
    /// Until what was under way has ended: a write that was being sent is seen through.
    package var waits: Bool
    package var timeout: Duration?
    package var format: ResultFormat?

    package init(
        _ name: String, resumes: Bool = false, waits: Bool = false, timeout: Duration? = nil,
        format: ResultFormat? = nil
    ) {
        self.name = name
        self.resumes = resumes
        self.waits = waits
        self.timeout = timeout
        self.format = format
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.setStop(!resumes, of: name)
        if let format, !waits { session.print(conversation.object, as: format) }
        let what = resumes ? "its next message will be taken up" : "nothing that was approved runs from now on"
        session.terminal.say("conversation \"\(name)\" \(resumes ? "resumed" : "stopped"): \(what)".styled)
        guard waits else { return .success }
        let follower = Follower(
            session: session, name: name, turn: conversation.status.turn, generation: conversation.object.generation,
            format: format)
        let ended = try await follower.run(timeout: timeout)
        // That it was stopped is what was asked for.
        return ended == .refused && !resumes ? .success : ended
    }
}
