import KubeModel
import ToolKit

/// The tools that talk to the API server itself. None of them starts a program.
package enum KubernetesToolset {
    package static let toolset = "kubernetes"

    /// What is loaded on demand. The rest is what nearly all conversations begin with: reads.
    package static let groups = [
        ToolGroup(
            "kubernetes_inspect", toolset: toolset,
            purpose:
                "read: CPU and memory, revisions, permissions, kinds and fields, diffs, owners, cluster info, HTTP GET, "
                + "waiting for a condition",
            tools: [
                "k8s_rollout_history", "k8s_top_pods", "k8s_top_nodes", "k8s_cluster_info", "k8s_auth_can_i",
                "k8s_list_api_resources", "k8s_explain", "k8s_diff", "k8s_owner_tree", "k8s_http_get", "k8s_wait",
            ]),
        ToolGroup(
            "kubernetes_edit", toolset: toolset,
            purpose: "write: apply, patch, scale, set image, restart or undo a rollout, delete",
            tools: [
                "k8s_apply", "k8s_patch", "k8s_scale", "k8s_set_image", "k8s_rollout_restart", "k8s_rollout_undo",
                "k8s_delete",
            ]),
        ToolGroup(
            "kubernetes_change", toolset: toolset,
            purpose:
                "write: label, annotate, expose, autoscale, set resources or env, pause or resume a rollout, run a "
                + "cronjob now",
            tools: [
                "k8s_label", "k8s_annotate", "k8s_expose", "k8s_autoscale", "k8s_set_resources", "k8s_set_env",
                "k8s_rollout_pause", "k8s_rollout_resume", "k8s_create_job_from_cronjob",
            ]),
        ToolGroup(
            "kubernetes_nodes", toolset: toolset, purpose: "write: cordon, uncordon, drain, taint, evict",
            tools: ["k8s_cordon", "k8s_uncordon", "k8s_drain", "k8s_taint", "k8s_evict"]),
        ToolGroup(
            "kubernetes_run", toolset: toolset,
            purpose: "exec, a file of a container, a pod that runs once, a debug container",
            tools: ["k8s_exec", "k8s_run_pod", "k8s_debug", "k8s_read_file"]),
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
            WaitSecondsTool(), WaitTool(), ReadFileTool(),
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
        "kind", aliases: ["resource_type"], kind: .string(.resourceType),
        description: "Plural, singular, short name or kind: pods, deploy, StatefulSet, widgets.example.dev",
        obvious: true)
    static let resourceTypes = ToolParameter.required(
        "kind", aliases: ["resource_type"], kind: .string(.resourceTypes),
        description: "In any form of kubectl, here and elsewhere: pods, deploy,svc, deploy/web,svc/web, all")
    static let name = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the object", obvious: true)
    static let podName = ToolParameter.required(
        "name", aliases: ["pod_name"], kind: .string(.objectName), description: "Of the pod")
    static let containerName = ToolParameter.optional(
        "container", aliases: ["container_name"], kind: .string(.label),
        description: "Container; by default the only one. Init and ephemeral ones by name", obvious: true)
    static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace),
        description: "Namespace; by default that of the conversation. Leave out for cluster-wide resources",
        obvious: true)
    static let allNamespaces = ToolParameter.optional(
        "all_namespaces", kind: .boolean, default: false, description: "In all namespaces", obvious: true)
    static let labelSelector = ToolParameter.optional(
        "label_selector", kind: .string(.labelSelector), description: "app=web,tier in (a,b),!canary", obvious: true)
    static let gracePeriod = ToolParameter.optional(
        "grace_period_seconds", kind: .integer(0...86_400),
        description: "How long a pod gets to end; by default as it says itself", obvious: true)
    static let command = ToolParameter.optional(
        "command", kind: .string(.text(maximum: 8192)),
        description: "Quoted as in a shell, or a JSON array of words; by default the image's own")

    /// Deployments, StatefulSets and DaemonSets.
    static let rolloutType = ToolParameter.optional(
        "kind", aliases: ["resource_type"], kind: .kind(["deployment", "statefulset", "daemonset"]),
        default: "deployment", description: "What rolls out", obvious: true)
}
