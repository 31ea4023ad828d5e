public import KubeClient
public import KubeModel
import SkyfloAPI

/// What every command works with.
public struct Session: Sendable {
    public var api: any KubeAPI
    public var namespace: String
    public var terminal: Terminal
    /// How people call this program, in the commands that are suggested: `kubectl skyflo`.
    public var program: String
    public var now: @Sendable () -> KubeTime

    public init(
        api: any KubeAPI, namespace: String, terminal: Terminal, program: String = "kubectl skyflo",
        now: @escaping @Sendable () -> KubeTime
    ) {
        self.api = api
        self.namespace = namespace
        self.terminal = terminal
        self.program = program
        self.now = now
    }

    var conversations: ConversationStore { ConversationStore(api: api, namespace: namespace) }

    /// Prints `conversation.skyflo.ai/NAME`, or the whole.
    func print(_ object: KubeObject, as format: ResultFormat) {
        switch format {
        case .name: terminal.print("conversation.\(SkyfloGroup.name)/\(object.name)")
        case .data(let format): terminal.print(object.json, as: format)
        }
    }
}

/// What `-o` chooses for commands that end with one object.
public enum ResultFormat: Sendable, Hashable {
    case name
    case data(DataFormat)
}
