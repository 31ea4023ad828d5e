import KubeClient
import KubeModel
import ToolKit

struct LogsTool: KubernetesTool {
    static let maximumSkipped = 100_000

    let name = "k8s_logs"
    let onlyReads = true
    let title = "Get Kubernetes Pod Logs"
    let description = """
        Read the newest lines of a container's log. With previous, the log of the container before its last restart: \
        use that for crash loops. When the pod has several containers, name one.
        """
    let parameters = ToolParameters([
        .required("pod_name", kind: .string(.objectName), description: "Name of the pod"),
        .optional(
            "namespace", kind: .string(.namespace), description: "Namespace; by default that of the conversation"),
        .optional("num_lines", kind: .integer(1...2000), default: 50, description: "How many lines from the end"),
        .optional(
            "skip_lines", kind: .integer(0...maximumSkipped), default: 0,
            description: "How many of the newest lines to leave out, to read those before"),
        .optional("container_name", kind: .string(.label), description: "Container, init containers included"),
        .optional("since", kind: .string(.duration), description: "Only lines newer than this: 90s, 5m, 1h"),
        .optional("previous", kind: .boolean, default: false, description: "Of the container's run before this one"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("pod_name")
        try Names.check(name, of: .pods)
        let namespace = arguments.string("namespace") ?? context.namespace
        let pod = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let container = try PodContainers(pod: pod).choose(
            arguments.string("container_name"), also: ["initContainers", "ephemeralContainers"])
        let log = ContainerLog(pod: pod, container: container, namespace: namespace, arguments: arguments)
        return .output(try await log.text(context))
    }
}
