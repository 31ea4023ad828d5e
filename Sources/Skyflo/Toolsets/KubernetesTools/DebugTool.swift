import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct DebugTool: KubernetesTool {
    let name = "k8s_debug"
    let title = "Debug Kubernetes Pod"
    let isDestructive = false
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.read("pods", "namespaces"), .patch("pods/ephemeralcontainers")]
    let description = """
        Propose to add an ephemeral container to a running pod, for programs that its image lacks. It stays until the pod goes. \
        Read its output with k8s_logs (container), or run more with k8s_exec.
        """
    let parameters = ToolParameters([
        .podName,
        .required("image", kind: .string(.text(maximum: 512)), description: "busybox:1.37"),
        .namespace,
        .optional("target_container", kind: .string(.label), description: "Container whose processes it sees"),
        .command,
        .optional(
            "container_name", kind: .string(.label),
            description: "Name of the new container; by default debugger-1, -2, …", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .pods)
        let image = try arguments.requiredString("image")
        guard Names.isImage(image) else {
            throw ToolFailure("image: \"\(ToolParameters.excerpt(image))\" is no image reference")
        }
        let command = try arguments.string("command").map { text throws(ToolFailure) in try ExecTool.command(text) }
        let namespace = arguments.string("namespace") ?? context.namespace
        let object = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let pod = LiveTarget(resource: .pods, namespace: namespace, object: object)
        try Self.checkRuns(pod)
        let container = try Self.container(arguments, image: image, command: command, in: object)
        // Added to by name: what is there already stays.
        let patch: JSONValue = ["spec": ["ephemeralContainers": [container]]]
        let planned = pod.patch(.strategic(patch), subresource: "ephemeralcontainers", strict: true)
        let program =
            command.map { OutputLimit.shorten($0.joined(separator: " "), to: 120) } ?? "the image's own command"
        return .proposal(
            WriteProposal(
                "Debug \(pod.text): run \(program) in a new container \(container["name"]?.string ?? "") of image \(image)",
                planned: planned, risk: .high,
                warnings: ["it can't be taken out again: it stays in the pod until that is deleted"],
                postConditions: [.exists(pod.subject)]))
    }

    private static func checkRuns(_ pod: LiveTarget) throws(ToolFailure) {
        let phase = pod.object["status", "phase"]?.string ?? ""
        guard !pod.object.isBeingDeleted, !["Succeeded", "Failed"].contains(phase) else {
            throw ToolFailure(
                "\(pod.text) \(pod.object.isBeingDeleted ? "is being deleted" : "has ended (\(phase))"): nothing can run in it"
            )
        }
        guard pod.object.annotations["kubernetes.io/config.mirror"] == nil else {
            throw ToolFailure("\(pod.text) is a static pod, which takes no ephemeral containers")
        }
    }

    private static func container(
        _ arguments: ToolArguments, image: String, command: [String]?, in pod: KubeObject
    ) throws(ToolFailure) -> JSONValue {
        let containers = PodContainers(pod: pod)
        let taken = Set(["initContainers", "containers", "ephemeralContainers"].flatMap(containers.names))
        var name = arguments.string("container_name")
        if let name, taken.contains(name) {
            throw ToolFailure("container_name: pod \(pod.name) has a container \"\(name)\" already")
        }
        name = name ?? (1...).lazy.map { "debugger-\($0)" }.first { !taken.contains($0) }
        let target = arguments.string("target_container")
        if let target, !containers.names("containers").contains(target) {
            throw ToolFailure(
                "target_container: pod \(pod.name) has no container \"\(target)\"; its containers: "
                    + containers.names("containers").joined(separator: ", "))
        }
        return .compact([
            "name": name.map(JSONValue.string), "image": .string(image), "command": command.map { JSONValue($0) },
            "targetContainerName": target.map(JSONValue.string),
        ])
    }
}
