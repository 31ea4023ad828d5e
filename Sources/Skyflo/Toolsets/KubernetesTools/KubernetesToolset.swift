import KubeModel
import ToolKit

/// The tools that talk to the API server itself. None of them starts a program.
package enum KubernetesToolset {
    package static let toolset = "kubernetes"

    /// What is loaded on demand. The rest is what most conversations are about.
    package static let groups = [
        ToolGroup(
            "kubernetes_inspect", toolset: toolset,
            purpose: "CPU and memory use, permissions, API resources and fields, diffs, owners, cluster info, HTTP GET",
            tools: [
                "k8s_top_pods", "k8s_top_nodes", "k8s_cluster_info", "k8s_auth_can_i", "k8s_list_api_resources",
                "k8s_explain", "k8s_diff", "k8s_owner_tree", "k8s_http_get",
            ]),
        ToolGroup(
            "kubernetes_change", toolset: toolset,
            purpose: "label, annotate, expose, autoscale, resources and environment of containers, pause or resume a "
                + "rollout, a job from a cronjob",
            tools: [
                "k8s_label", "k8s_annotate", "k8s_expose", "k8s_autoscale", "k8s_set_resources", "k8s_set_env",
                "k8s_rollout_pause", "k8s_rollout_resume", "k8s_create_job_from_cronjob",
            ]),
        ToolGroup(
            "kubernetes_nodes", toolset: toolset, purpose: "cordon, uncordon, drain and taint nodes, evict pods",
            tools: ["k8s_cordon", "k8s_uncordon", "k8s_drain", "k8s_taint", "k8s_evict"]),
        ToolGroup(
            "kubernetes_run", toolset: toolset,
            purpose: "run a command in a container, a pod that runs once, a debug container",
            tools: ["k8s_exec", "k8s_run_pod", "k8s_debug"]),
    ]

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
            WaitSecondsTool(), WaitTool(),
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
