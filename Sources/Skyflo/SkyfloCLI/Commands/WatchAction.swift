import ConversationAccess
import KubeModel
import SkyfloAPI

/// Follows the newest turn of a conversation until it ends.
package struct WatchAction: Sendable {
    package var name: String
    package var timeout: Duration?
    package var format: ResultFormat?

    package init(_ name: String, timeout: Duration? = nil, format: ResultFormat? = nil) {
        self.name = name
        self.timeout = timeout
        self.format = format
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.get(name)
        let turn = conversation.currentTurn
        return try await Follower(session: session, name: name, turn: turn, format: format).run(timeout: timeout)
    }
}
