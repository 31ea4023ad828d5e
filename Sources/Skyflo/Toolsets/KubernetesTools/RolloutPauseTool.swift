import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// `k8s_rollout_pause` and `k8s_rollout_resume`.
struct RolloutPauseTool: KubernetesTool {
    /// Whether roll-outs are to be held back, or to go on.
    let pauses: Bool

    var name: String { pauses ? "k8s_rollout_pause" : "k8s_rollout_resume" }
    var title: String { pauses ? "Pause Kubernetes Rollout" : "Resume Kubernetes Rollout" }
    var description: String {
        pauses
            ? "Propose to hold back a deployment's rollouts: changes of its pods wait until k8s_rollout_resume."
            : "Propose to let a paused deployment roll out what was changed meanwhile."
    }
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .patch("deployments.apps")]
    let parameters = ToolParameters([
        .name, .namespace,
        .optional(
            "kind", aliases: ["resource_type"], kind: .string(.resourceType), default: "deployment",
            description: "What rolls out: a deployment", obvious: true),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let resource = try await context.match(try arguments.requiredString("kind")).resource
        guard resource.isSame(as: .deployments) else { throw Self.refusal(resource, pauses: pauses) }
        let target = try await context.target(arguments)
        guard Self.isPaused(target.object) != pauses else {
            return .output("Nothing to do: \(target.text) is \(pauses ? "paused already" : "not paused").")
        }
        // null takes the field away, as kubectl does.
        let patch: JSONValue = ["spec": ["paused": pauses ? .bool(true) : .null]]
        let changed = KubeObject(MergePatch.apply(patch, to: target.object.json))
        return .proposal(
            WriteProposal(
                "\(pauses ? "Pause" : "Resume") \(target.text)", planned: target.patch(.strategic(patch)),
                risk: .baseline(target.resource, namespace: target.namespace),
                postConditions: pauses ? [.stored(target.subject)] : target.postConditions(afterChangeTo: changed)))
    }

    private static func isPaused(_ deployment: KubeObject) -> Bool { deployment["spec", "paused"]?.bool ?? false }

    /// What comes nearest to it for kinds that can't be paused.
    private static func refusal(_ resource: APIResource, pauses: Bool) -> ToolFailure {
        let instead =
            switch (resource.group, resource.plural) {
            case ("apps", "statefulsets"):
                "; a statefulset holds pods back by spec.updateStrategy.rollingUpdate.partition (k8s_patch)"
            case ("apps", "daemonsets"):
                "; a daemonset replaces no pods with spec.updateStrategy.type OnDelete (k8s_patch)"
            case ("batch", "jobs"), ("batch", "cronjobs"):
                "; a \(resource.singular) is held back by spec.suspend (k8s_patch)"
            default: ""
            }
        return ToolFailure(
            "kind: only deployments can be \(pauses ? "paused" : "resumed"), not \(resource.qualifiedName)\(instead)"
        )
    }
}
