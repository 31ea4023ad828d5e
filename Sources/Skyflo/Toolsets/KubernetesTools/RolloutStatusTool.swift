import KubeModel
import ToolKit
import Writes

struct RolloutStatusTool: KubernetesTool {
    let name = "k8s_rollout_status"
    let onlyReads = true
    let title = "Check Kubernetes Rollout Status"
    let requests: [ToolRequest]? = [
        .read("deployments.apps", "statefulsets.apps", "daemonsets.apps", "namespaces")
    ]
    let description = "Say how far a rollout is; doesn't wait."
    let parameters = ToolParameters([.name, .rolloutType, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        return .output(context.redactor.redact(text: RolloutStatus(target.object).text))
    }
}
