import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct RunPodTool: KubernetesTool {
    let name = "k8s_run_pod"
    let title = "Run Kubernetes Pod"
    let isDestructive = false
    let isOpenWorld = true
    let requests: [ToolRequest]? = [
        .read("pods", "namespaces"), ToolRequest(["get"], of: ["pods/log"]), .create("pods"), .delete("pods"),
    ]
    let description = """
        Propose to run a command in a new pod until it ends; the result is its exit code and log, and the pod is deleted. \
        Without a command, or with keep, the pod stays and runs on. It has no token of the API server. There is no shell: use \
        sh -c '…'.
        """
    let parameters = ToolParameters([
        .required("name", kind: .string(.label), description: "Name of the pod", obvious: true),
        .required("image", kind: .string(.text(maximum: 512)), description: "Image of its container", obvious: true),
        .namespace,
        .command,
        .optional(
            "timeout_seconds", kind: .integer(5...3600), default: 300,
            description: "How long it may run; then it is ended, and has failed", obvious: true),
        .optional(
            "keep", kind: .boolean,
            description: "Leave it running, as kubectl run does; by default where there is no command"),
    ])

    /// Until it is scheduled and its image is there; the node counts only from then.
    private static let startSeconds = 120

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let image = try arguments.requiredString("image")
        guard Names.isImage(image) else {
            throw ToolFailure("image: \"\(ToolParameters.excerpt(image))\" is no image reference")
        }
        let command = try arguments.string("command").map { text throws(ToolFailure) in try ExecTool.command(text) }
        let seconds = try arguments.requiredInteger("timeout_seconds")
        let isKept = arguments.isGiven("keep") ? arguments.bool("keep") : command == nil
        let pod = Self.pod(
            try arguments.requiredString("name"), namespace: arguments.string("namespace") ?? context.namespace,
            image: image, command: command, seconds: isKept ? nil : seconds)
        let creation = try await context.creation(of: pod, in: .pods, parameter: "name")
        let program =
            command.map { OutputLimit.shorten($0.joined(separator: " "), to: 120) } ?? "the image's own command"
        if isKept {
            return .proposal(
                WriteProposal(
                    "Run \(program) in a new \(creation.target.text) of image \(image), which stays", planned: creation,
                    risk: .high, warnings: ["what the command does can't be tried out"],
                    postConditions: [
                        .ready(
                            PostCondition.Subject(resource: .pods, namespace: creation.target.namespace, name: pod.name)
                        )
                    ]))
        }
        return .proposal(
            WriteProposal(
                summary: "Run \(program) in a new \(creation.target.text) of image \(image), and delete it",
                writes: Self.writes(creation, container: pod.name, seconds: seconds + Self.startSeconds), risk: .high,
                warnings: ["what the command does can't be tried out or taken back"]))
    }

    /// - Parameter seconds: how long it may run; nil for one that stays.
    private static func pod(
        _ name: String, namespace: String, image: String, command: [String]?, seconds: Int?
    ) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "labels": ["run": .string(name)],
            ],
            "spec": .compact([
                "restartPolicy": seconds == nil ? "Always" : "Never",
                "activeDeadlineSeconds": seconds.map { JSONValue($0) }, "automountServiceAccountToken": false,
                "containers": [
                    .compact([
                        "name": .string(name), "image": .string(image), "command": command.map { JSONValue($0) },
                    ])
                ],
            ]),
        ])
    }

    /// One approval for all of it. The log is kept before the pod goes.
    private static func writes(_ creation: PlannedRequest, container: String, seconds: Int) -> [PlannedWrite] {
        let target = creation.target
        let subject = PostCondition.Subject(resource: .pods, namespace: target.namespace, name: target.name)
        func step(_ title: String, stage: Int, awaits: PostCondition? = nil) -> WriteStep {
            // What is left to do is worth a while even where the pod took all of its time.
            WriteStep(
                title: "\(title) \(target.text)", stage: stage, deadlineSeconds: seconds + (stage > 1 ? 120 : 0),
                awaits: awaits?.json)
        }
        return [
            PlannedWrite(creation, step: step("run", stage: 1, awaits: .ended(subject))),
            PlannedWrite(
                .podStep(PlannedPodStep(.log, target: target, container: container)),
                step: step("read the log of", stage: 2)),
            PlannedWrite(
                .podStep(PlannedPodStep(.delete, target: target, container: container)), step: step("delete", stage: 3)),
        ]
    }
}
