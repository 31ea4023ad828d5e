import ConversationAccess
import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI

/// What every command works with.
package struct Session: Sendable {
    package var api: any KubeAPI
    package var namespace: String
    package var terminal: Terminal
    /// How people call this program, in the commands that are suggested: `kubectl skyflo`.
    package var program: String
    package var now: @Sendable () -> KubeTime
    /// How a turn's events are reached; nil shows none.
    package var events: EventAccess?

    package init(
        api: any KubeAPI, namespace: String, terminal: Terminal, program: String = "kubectl skyflo",
        events: EventAccess? = .serviceProxy, now: @escaping @Sendable () -> KubeTime
    ) {
        self.events = events
        self.api = api
        self.namespace = namespace
        self.terminal = terminal
        self.program = program
        self.now = now
    }

    /// How a turn's events are reached.
    package enum EventAccess: Sendable {
        /// Through the API server, by the stream key in the conversation's status.
        case serviceProxy
        /// From the operator itself, as whoever this API acts for.
        case direct(any KubeAPI)
    }

    var conversations: ConversationClient { ConversationClient(api: api, namespace: namespace) }

    /// The events of a turn; nil where nobody wants them.
    func feed(
        of name: String, turn: Int?, take: @escaping @Sendable (LiveEvent) -> Void
    ) -> LiveFeed? {
        let conversation = ObjectKey(namespace: namespace, name: name)
        return switch events {
        case .serviceProxy?: LiveFeed(api: api, conversation: conversation, turn: turn, take: take)
        case .direct(let direct)?:
            LiveFeed(api: direct, isDirect: true, conversation: conversation, turn: turn, take: take)
        case nil: nil
        }
    }

    /// Prints `conversation.skyflo.ai/NAME`, or the whole.
    func print(_ object: KubeObject, as format: ResultFormat) {
        switch format {
        case .name: terminal.print("conversation.\(SkyfloGroup.name)/\(object.name)")
        case .data(let format): terminal.print(object.json, as: format)
        }
    }
}

/// What `-o` chooses for commands that end with one object.
package enum ResultFormat: Sendable, Hashable {
    case name
    case data(DataFormat)
}
