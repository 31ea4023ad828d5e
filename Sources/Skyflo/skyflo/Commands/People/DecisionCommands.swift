import ArgumentParser
import SkyfloAPI
import SkyfloCLI

struct DecisionOptions: ParsableArguments {
    @Argument(help: "The conversation.") var name: String
    @Argument(help: "Ids of calls. Default: the only one that waits.") var calls: [String] = []
    @Flag(help: "All that wait.") var all = false
    @Flag(name: [.customShort("y"), .long], help: "Don't ask.") var yes = false
    @Flag(help: "Show long diffs whole, and the bodies of the requests.") var full = false
    @Option(help: "Decide only if the digest begins with this.") var digest: String?
    @Flag(help: "Follow the turn to its end afterwards.") var wait = false
    @OptionGroup var waiting: WaitingOptions
    @OptionGroup var result: ResultOptions

    func validate() throws {
        guard calls.isEmpty || !all else { throw ValidationError("--all and ids of calls exclude each other") }
    }

    func action(_ decision: Approval.Decision, reason: String?) -> DecideAction {
        DecideAction(
            decision, of: name, calls: calls, isForAll: all, reason: reason, isConfirmed: yes, digest: digest,
            showsAll: full, waits: wait, timeout: waiting.timeout.limit, format: result.format)
    }
}

struct ApproveCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve what waits in a conversation, exactly as it is shown.",
        discussion: """
            Shows the requests and their diff and asks. If anything of that changed before the decision arrives, nothing is \
            decided, and the command ends with 6.

            Examples:
              kubectl skyflo approve -n shop scale-web
              kubectl skyflo approve -n shop scale-web c1 c2 --reason "change 4711" --wait
              kubectl skyflo approve -n shop scale-web c1 --digest 9f86d081 --yes
            """)

    @OptionGroup var decision: DecisionOptions
    @Option(help: "Why, for the record.") var reason: String?
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await decision.action(.approved, reason: reason).perform(in: session)
    }
}

struct DenyCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Deny what waits in a conversation. The model is told the reason.",
        discussion: """
            Examples:
              kubectl skyflo deny -n shop scale-web --reason "not before the release"
              kubectl skyflo deny -n shop scale-web --all --yes
            """)

    @OptionGroup var decision: DecisionOptions
    @Option(help: "Why; the model is told.") var reason: String?
    @OptionGroup var cluster: ClusterOptions

    func perform(in session: Session) async throws -> ExitStatus {
        try await decision.action(.denied, reason: reason).perform(in: session)
    }
}
