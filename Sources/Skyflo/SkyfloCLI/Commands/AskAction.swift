import ConversationAccess
import KubeClient
import KubeModel
import SkyfloAPI

/// Says something to the co-pilot, in a new conversation or in one that exists, and follows the turn.
package struct AskAction: Sendable {
    package var text: String
    /// Of the new conversation; nil lets the server choose.
    package var name: String?
    /// The conversation to go on with; nil begins a new one.
    package var conversation: String?
    /// The fields of the new conversation's spec, messages excepted.
    package var spec: JSONValue
    /// Whether others may add messages to the new conversation. Then nobody is recorded as who made it.
    package var isShared: Bool
    package var follows: Bool
    package var timeout: Duration?
    package var format: ResultFormat?

    package init(
        text: String, name: String? = nil, conversation: String? = nil, spec: JSONValue = [:],
        isShared: Bool = false, follows: Bool = true,
        timeout: Duration? = nil, format: ResultFormat? = nil
    ) {
        self.text = text
        self.name = name
        self.conversation = conversation
        self.spec = spec
        self.isShared = isShared
        self.follows = follows
        self.timeout = timeout
        self.format = format
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let (asked, followUp) = try await send(session)
        let name = asked.object.name
        guard follows else {
            session.print(asked.object, as: format ?? .name)
            return .success
        }
        session.terminal.say(StyledText("conversation \(name) in namespace \(session.namespace)", style: .dim))
        let follower = Follower(
            session: session, name: name, turn: followUp == nil ? 1 : asked.currentTurn, followUp: followUp,
            approvalBehavior: session.terminal.isInteractive ? .ask : .leave, format: format)
        return try await follower.run(timeout: timeout)
    }

    /// - Returns: the conversation, and the id of the follow-up; nil for its first message.
    private func send(_ session: Session) async throws -> (Conversation, followUp: String?) {
        let text = text.drop { $0.isNewline }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CommandError(.usage, message: "the text to ask is empty")
        }
        if let conversation { return try await goOn(with: conversation, saying: String(text), in: session) }
        var object = KubeObject(.conversations, namespace: session.namespace, name: name ?? "", members: ["spec": spec])
        if name == nil { object["metadata"] = ["generateName": "ask-", "namespace": .string(session.namespace)] }
        object["spec", "messages"] = [["content": .string(String(text))]]
        if !isShared, let user = try await userName(session) {
            object.annotations[SkyfloGroup.creatorAnnotation] = user
        }
        return (try await session.conversations.create(object), nil)
    }

    /// - Returns: nil where the API server can't say (before Kubernetes 1.28).
    private func userName(_ session: Session) async throws -> String? {
        do {
            return try await session.api.userName()
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    private func goOn(with name: String, saying text: String, in session: Session) async throws -> (
        Conversation, String?
    ) {
        guard try await !session.conversations.get(name).spec.stop else {
            throw CommandError(
                .error,
                message: "conversation \"\(name)\" is stopped; first: \(session.program) stop \(name) --resume "
                    + "-n \(session.namespace)")
        }
        let id = session.now().microTime
        return (try await session.conversations.addFollowUp(text, id: id, to: name), id)
    }
}
