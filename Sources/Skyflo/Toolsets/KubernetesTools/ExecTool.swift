import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct ExecTool: KubernetesTool {
    let name = "k8s_exec"
    let title = "Execute Command in Kubernetes Pod"
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.read("pods", "namespaces"), .create("pods/exec")]
    let description = """
        Propose to run one command in a container; the result is its exit code and output. It counts as a write and runs once \
        only. There is no shell: for pipes or variables use sh -c '…'. Prefer other tools that can tell the same.
        """
    let parameters = ToolParameters([
        .podName,
        .required(
            "command", kind: .string(.text(maximum: 8192)),
            description: "Quoted as in a shell: cat '/etc/my file'. Or a JSON array of words"),
        .namespace, .containerName,
        .optional(
            "timeout_seconds", kind: .integer(1...300), default: 30,
            description: "How long it may take; after that its result is not known", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .pods)
        let command = try Self.command(try arguments.requiredString("command"))
        let namespace = arguments.string("namespace") ?? context.namespace
        let pod = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let container = try PodContainers(pod: pod).choose(
            arguments.string("container"), also: ["ephemeralContainers"])
        try Self.checkRuns(container, in: pod)
        let planned = PlannedCommand(
            target: LiveTarget(resource: .pods, namespace: namespace, object: pod).target, container: container,
            command: command, timeoutSeconds: try arguments.requiredInteger("timeout_seconds"), labels: pod.labels)
        let program = OutputLimit.shorten(command.joined(separator: " "), to: 120)
        return .proposal(
            WriteProposal(
                summary: "Run \(program) in pod \(namespace)/\(name), container \(container)",
                writes: [PlannedWrite(.command(planned))], risk: .high))
    }

    static func command(_ text: String) throws(ToolFailure) -> [String] {
        guard text.first == "[" else { return try CommandWords.split(text) }
        let words = (try? JSONParser.parse(text))?.array
        guard let words, !words.isEmpty, words.allSatisfy({ $0.string != nil }) else {
            throw ToolFailure("the command begins with [ and is not a JSON array of strings")
        }
        let command = words.compactMap(\.string)
        guard command.first?.isEmpty == false else { throw ToolFailure("the command is empty") }
        return command
    }

    /// Where nothing runs nothing can be run, and why it doesn't run is what the model has to know.
    static func checkRuns(_ container: String, in pod: KubeObject) throws(ToolFailure) {
        let lists = ["containerStatuses", "ephemeralContainerStatuses"].compactMap { pod["status", $0]?.array }
        let status = lists.joined().first { $0["name"]?.string == container }
        guard status?["state", "running"] == nil, let state = status?["state"]?.object?.first(where: { _ in true })
        else { return }
        let reason = state.value["reason"]?.string.map { " (\($0))" } ?? ""
        throw ToolFailure("container \(container) of pod \(pod.name) isn't running: it is \(state.key)\(reason)")
    }
}
