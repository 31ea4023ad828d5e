import KubeModel
import ToolKit

/// The tools that talk to the API server itself. None of them starts a program.
package enum KubernetesToolset {
    package static let toolset = "kubernetes"

    /// - Parameter now: the clock, for the annotation of a rollout restart.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            GetTool(), DescribeTool(), LogsTool(), RolloutStatusTool(), ApplyTool(), PatchTool(), ScaleTool(),
            SetImageTool(), RolloutRestartTool(now: now), RolloutUndoTool(), DeleteTool(), ExecTool(),
            CordonTool(cordons: true), CordonTool(cordons: false), DrainTool(),
            RolloutHistoryTool(), ClusterInfoTool(), EventsTool(now: now), TopPodsTool(), TopNodesTool(), CanITool(),
            ListAPIResourcesTool(), ExplainTool(), DiffTool(), OwnerTreeTool(), HTTPGetTool(),
            MetadataTool(map: .labels), MetadataTool(map: .annotations), RolloutPauseTool(pauses: true),
            RolloutPauseTool(pauses: false), TaintTool(), CreateJobTool(now: now), ExposeTool(), AutoscaleTool(),
            EvictTool(), SetResourcesTool(), SetEnvTool(), RunPodTool(), DebugTool(),
        ]
    }
}

/// The toolset, for all tools here.
protocol KubernetesTool: Tool {}

extension KubernetesTool {
    var toolset: String { KubernetesToolset.toolset }
    var onlyReads: Bool { false }
}

extension ToolParameter {
    static let resourceType = ToolParameter.required(
        "resource_type", kind: .string(.resourceType),
        description:
            "Resource type by plural, singular, short name or kind: pods, deploy, StatefulSet, widgets.example.dev")
    static let resourceTypes = ToolParameter.required(
        "resource_type", kind: .string(.resourceTypes),
        description:
            "Resource type by plural, singular, short name or kind: pods, deploy, StatefulSet, widgets.example.dev. Several "
            + "as in kubectl: deploy,svc, deploy/web,svc/web, or the category all")
    static let name = ToolParameter.required("name", kind: .string(.objectName), description: "Name of the object")
    static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace),
        description: "Namespace; by default that of the conversation. Leave out for cluster-wide resources")

    /// Deployments, StatefulSets and DaemonSets.
    static let rolloutType = ToolParameter.optional(
        "resource_type", kind: .choice(["deployment", "statefulset", "daemonset"]), default: "deployment",
        description: "What rolls out")
}
