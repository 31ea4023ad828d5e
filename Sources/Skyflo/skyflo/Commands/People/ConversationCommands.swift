import ArgumentParser
import KubeModel
import SkyfloCLI

struct StopCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a conversation. Nothing that was approved runs afterwards.",
        discussion:
            "Examples:\n  kubectl skyflo stop -n shop scale-web\n  kubectl skyflo stop -n shop scale-web --resume")

    @Argument(help: "The conversation.") var name: String
    @Flag(help: "Let it take up its next message instead.") var resume = false
    @Flag(help: "Wait until the work that was under way has ended.") var wait = false
    @OptionGroup var waiting: WaitingOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await StopAction(
            name, resumes: resume, waits: wait, timeout: waiting.timeout.limit, format: result.format
        ).perform(in: session)
    }
}

struct UndoCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Undo changes of a conversation, each with a preview and an approval.",
        discussion:
            "Examples:\n  kubectl skyflo undo -n shop scale-web\n  kubectl skyflo undo -n shop scale-web c1 --wait")

    @Argument(help: "The conversation.") var name: String
    @Argument(help: "Ids of status.changes. Default: the only one.") var changes: [String] = []
    @Flag(help: "Ask for the approvals, and follow it to the end.") var wait = false
    @OptionGroup var waiting: WaitingOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await UndoAction(
            name, changes: changes, waits: wait, timeout: waiting.timeout.limit, format: result.format
        ).perform(in: session)
    }
}

struct WatchCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow the newest turn of a conversation until it ends.",
        discussion: "Examples:\n  kubectl skyflo watch -n shop scale-web --timeout 5m")

    @Argument(help: "The conversation.") var name: String
    @OptionGroup var waiting: WaitingOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await WatchAction(name, timeout: waiting.timeout.limit, format: result.format).perform(in: session)
    }
}

struct ListCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List conversations.",
        discussion: "Examples:\n  kubectl skyflo list -A --pending\n  kubectl skyflo list -n shop -o name")

    enum Output: String, ExpressibleByArgument, CaseIterable { case json, yaml, name, wide }

    @Flag(name: [.customShort("A"), .long], help: "Of all namespaces.") var allNamespaces = false
    @Option(name: [.customShort("l"), .long], help: "Only those with these labels.") var selector: String?
    @Flag(help: "Only those that wait for a decision.") var pending = false
    @Flag(help: "Print no header line.") var noHeaders = false
    @Option(name: .shortAndLong, help: "json, yaml, name or wide.") var output: Output?
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await ListAction(
            isForAllNamespaces: allNamespaces, selector: try selector.map { try LabelSelector(parsing: $0) },
            pendingOnly: pending, format: format, hasHeaders: !noHeaders
        ).perform(in: session)
    }

    private var format: ListAction.Format {
        switch output {
        case .json: .data(.json)
        case .yaml: .data(.yaml)
        case .name: .name
        case .wide: .wide
        case nil: .table
        }
    }
}

struct TranscriptCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcript",
        abstract: "Print the whole history of a conversation, and check that nobody changed it.",
        discussion: """
            Asks the operator for it, through the API server, which needs the right to get conversations/transcript; with \
            --secrets, reads the Secrets that contain it. If its chain of hashes is broken, the entries before that place \
            are printed, and the command ends with 7.

            Examples:
              kubectl skyflo transcript -n shop scale-web --turn 2
              kubectl skyflo transcript -n shop scale-web --verify
              kubectl skyflo transcript -n shop scale-web --token "$(kubectl create token auditor -n shop)"
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case json, yaml }

    @Argument(help: "The conversation.") var name: String
    @Option(help: "Only this turn.") var turn: Int?
    @Flag(help: "Only check it; print the result.") var verify = false
    @Option(name: .shortAndLong, help: "json or yaml: the entries as they were stored.") var output: Output?
    @Flag(help: "Read the Secrets themselves, without the operator.") var secrets = false
    @Option(help: "The token that the operator gets instead of your own.") var token: String?
    @Option(help: "The operator's namespace, whose Service gets your token.")
    var operatorNamespace: String = "skyflo-system"
    @Option(help: "The operator's service, as SCHEME:NAME:PORT.")
    var operatorService: String = TranscriptSource.service
    @OptionGroup var cluster: ClusterOptions

    var callerToken: String? { token }

    func perform(in session: Session) async throws -> ExitStatus {
        try await TranscriptAction(
            name, turn: turn, verifiesOnly: verify, format: output.flatMap { DataFormat(rawValue: $0.rawValue) },
            source: secrets
                ? .secrets(namespace: operatorNamespace)
                : .operator(namespace: operatorNamespace, service: operatorService)
        ).perform(in: session)
    }
}
