import KubeModel
import SkyfloAPI

/// Follows the newest turn of a conversation until it ends.
public struct WatchAction: Sendable {
    public var name: String
    public var timeout: Duration?
    public var format: ResultFormat?

    public init(_ name: String, timeout: Duration? = nil, format: ResultFormat? = nil) {
        self.name = name
        self.timeout = timeout
        self.format = format
    }

    public func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.get(name)
        let turn = conversation.currentTurn
        return try await Follower(session: session, name: name, turn: turn, format: format).run(timeout: timeout)
    }
}
