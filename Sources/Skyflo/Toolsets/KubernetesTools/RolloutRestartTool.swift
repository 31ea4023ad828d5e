import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct RolloutRestartTool: KubernetesTool {
    let name = "k8s_rollout_restart"
    let title = "Restart Kubernetes Rollout"
    let isDestructive = false
    let requests: [ToolRequest]? = [
        .read("*"), .patch("deployments.apps", "statefulsets.apps", "daemonsets.apps"),
    ]
    let description = "Propose to replace all pods of a workload by new ones, step by step."
    let parameters = ToolParameters([.name, .rolloutType, .namespace])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        guard target.object["spec", "paused"]?.bool != true else {
            throw ToolFailure("can't restart \(target.text): its rollout is paused; resume it first")
        }
        // The time is part of what is approved: sent later or again, it is the same restart.
        let annotations: JSONValue = ["kubectl.kubernetes.io/restartedAt": .string(now().description)]
        let patch: JSONValue = ["spec": ["template": ["metadata": ["annotations": annotations]]]]
        let isOnDelete = target.object["spec", "updateStrategy", "type"]?.string == "OnDelete"
        let restarted = KubeObject(MergePatch.apply(patch, to: target.object.json))
        return .proposal(
            WriteProposal(
                "Restart \(target.text)", planned: target.patch(.strategic(patch)),
                risk: .baseline(target.resource, namespace: target.namespace),
                warnings: isOnDelete ? ["update strategy OnDelete: pods are not replaced until they are deleted"] : [],
                postConditions: target.postConditions(afterChangeTo: restarted)))
    }
}
