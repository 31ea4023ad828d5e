import KubeModel
import SkyfloAPI

/// Stops a conversation, or lets it go on.
public struct StopAction: Sendable {
    public var name: String
    public var resumes: Bool
    public var format: ResultFormat?

    public init(_ name: String, resumes: Bool = false, format: ResultFormat? = nil) {
        self.name = name
        self.resumes = resumes
        self.format = format
    }

    public func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.setStop(!resumes, of: name)
        if let format { session.print(conversation.object, as: format) }
        let what = resumes ? "its next message will be taken up" : "nothing that was approved runs from now on"
        session.terminal.say("conversation \"\(name)\" \(resumes ? "resumed" : "stopped"): \(what)".styled)
        return .success
    }
}
