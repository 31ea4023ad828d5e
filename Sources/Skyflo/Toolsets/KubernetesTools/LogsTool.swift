import KubeClient
import KubeModel
import ToolKit

struct LogsTool: KubernetesTool {
    static let maximumSkipped = 100_000

    let name = "k8s_logs"
    let onlyReads = true
    let title = "Get Kubernetes Pod Logs"
    let requests: [ToolRequest]? = [.read("pods", "namespaces"), ToolRequest(["get"], of: ["pods/log"])]
    let description = "Read the newest lines of a pod's log."
    let parameters = ToolParameters([
        .podName,
        .namespace,
        .optional(
            "num_lines", kind: .integer(1...2000), default: 50, description: "How many lines from the end",
            obvious: true),
        .optional(
            "skip_lines", kind: .integer(0...maximumSkipped), description: "Leave out so many of the newest"),
        .containerName,
        .optional("since", kind: .string(.duration), description: "90s, 5m, 1h"),
        .optional(
            "previous", kind: .boolean, default: false,
            description: "Of the run before the last restart: for crash loops"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .pods)
        let namespace = arguments.string("namespace") ?? context.namespace
        let pod = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let container = try PodContainers(pod: pod).choose(
            arguments.string("container"), also: ["initContainers", "ephemeralContainers"])
        let log = ContainerLog(pod: pod, container: container, namespace: namespace, arguments: arguments)
        return .output(try await log.text(context))
    }
}
