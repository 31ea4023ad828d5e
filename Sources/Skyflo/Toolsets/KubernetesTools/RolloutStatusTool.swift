import KubeModel
import ToolKit
import Writes

struct RolloutStatusTool: KubernetesTool {
    let name = "k8s_rollout_status"
    let onlyReads = true
    let title = "Check Kubernetes Rollout Status"
    let description = """
        Say how far the rollout of a deployment, statefulset or daemonset is, without waiting for it.
        """
    let parameters = ToolParameters([.name, .rolloutType, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        return .output(context.redactor.redact(text: RolloutStatus(target.object).text))
    }
}
