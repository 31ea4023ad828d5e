import ArgumentParser
import FoundationEssentials
import KubeModel
import SkyfloCLI

struct AskCommand: UserCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask the co-pilot, and follow the turn to its answer.",
        discussion: """
            The answer goes to the standard output, everything else to the standard error. On a terminal you are asked about \
            each change, if you may approve; elsewhere the command ends with 3 as soon as a change waits for a decision.

            Examples:
              kubectl skyflo ask -n shop "Why is the deployment cart failing?"
              kubectl skyflo ask -n shop --service-account copilot "Scale web to 3"
              kubectl skyflo ask -n shop --conversation ask-x7k2p "And now back to 2"
              kubectl skyflo ask -n shop -f - --no-wait < question.txt
            """)

    enum Mode: String, ExpressibleByArgument, CaseIterable { case Writes, Always, ReadOnly }

    @Argument(help: "What to ask. Several words are joined.") var text: [String] = []
    @Option(name: [.customShort("f"), .customLong("file")], help: "Read the text from a file, or from - (the input).")
    var file: String?
    @Option(help: "The name of the new conversation. Default: a generated one.") var name: String?
    @Option(help: "Continue this conversation instead.") var conversation: String?
    @Option(help: "Whose settings apply, as NAME or NAMESPACE/NAME.") var skyfloRef: String?
    @Option(help: "One of the models that the SkyfloAI lists.") var model: String?
    @Option(help: "The ServiceAccount that tools run as.") var serviceAccount: String?
    @Option(help: "Writes asks before each write, Always before reads too, ReadOnly refuses writes.") var mode: Mode?
    @Flag(
        help: "Let others add messages, too. Without it the new conversation is yours: skyflo.ai/created-by names you.")
    var shared = false
    @Flag(inversion: .prefixedNo, help: "Follow the turn to its end.") var wait = true
    @OptionGroup var waiting: WaitingOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var cluster: ClusterOptions

    func validate() throws {
        guard text.isEmpty != (file == nil) else { throw ValidationError("give either a text or --file") }
        let isNew = [name, skyfloRef, model, serviceAccount, mode?.rawValue].contains { $0 != nil }
        guard conversation == nil || !(isNew || shared) else {
            throw ValidationError(
                "--conversation continues an existing conversation, whose settings can't be changed here")
        }
    }

    func perform(in session: Session) async throws -> ExitStatus {
        try await AskAction(
            text: try readText(), name: name, conversation: conversation, spec: spec, isShared: shared, follows: wait,
            timeout: waiting.timeout.limit, format: result.format
        ).perform(in: session)
    }

    private var spec: JSONValue {
        let reference = skyfloRef?.split(separator: "/", maxSplits: 1).map(String.init) ?? []
        return .compact([
            "skyfloRef": reference.last.map {
                .compact(["namespace": reference.count > 1 ? .string(reference[0]) : nil, "name": .string($0)])
            },
            "model": model.map(JSONValue.string), "serviceAccountName": serviceAccount.map(JSONValue.string),
            "approval": mode.map { ["mode": .string($0.rawValue)] },
        ])
    }

    private func readText() throws -> String {
        guard let file else { return text.joined(separator: " ") }
        guard file == "-" else {
            do {
                return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            } catch {
                throw CommandError(.error, message: "can't read \(file)", cause: error)
            }
        }
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }
}
