import KubeModel
import ToolKit

/// Tools for Argo Rollouts, Argo CD and Flux. All of them work with the custom resources through the API server: neither a
/// command line nor the server of Argo CD is asked.
package enum ArgoToolset {
    package static let toolset = "argo"

    /// Where one of these is served there is something that the tools are for.
    private static let need = ToolGroup.Need.apiGroups(["argoproj.io", ".toolkit.fluxcd.io"])

    /// All are loaded on demand.
    package static let groups: [ToolGroup] = {
        let names = all { KubeTime(seconds: 0) }.map(\.name)
        let applications = names.filter { $0.hasPrefix("argocd_") }
        let flux = names.filter { $0.hasPrefix("flux_") }
        return [
            ToolGroup(
                "argo_rollouts", toolset: toolset,
                purpose: "Argo Rollouts: canary and blue-green rollouts, analysis runs, experiments", needs: need,
                tools: names.filter { !applications.contains($0) && !flux.contains($0) }),
            ToolGroup(
                "argo_cd", toolset: toolset, purpose: "Argo CD: applications and their syncs", needs: need,
                tools: applications),
            ToolGroup(
                "flux", toolset: toolset, purpose: "Flux: kustomizations, releases, sources", needs: need,
                tools: flux),
        ]
    }()

    /// - Parameter now: the clock, for times that are part of a request, and for ages.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        rollouts(now: now) + applications + flux(now: now)
    }

    private static var applications: [any Tool] {
        [
            ApplicationListTool(), ApplicationGetTool(), ApplicationResourcesTool(), ApplicationHistoryTool(),
            ApplicationRefreshTool(), ApplicationSyncTool(), ApplicationRollbackTool(), ApplicationTerminateTool(),
            SuspendAutoSyncTool(), ResumeAutoSyncTool(), ApplicationSetListTool(), ArgoObjectTool.applicationSet,
            ProjectListTool(), ArgoObjectTool.project,
        ]
    }

    private static func flux(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            FluxListTool(), FluxGetTool(), FluxReconcileTool(now: now), FluxSuspendTool(suspends: true),
            FluxSuspendTool(suspends: false),
        ]
    }

    private static func rollouts(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [
            RolloutListTool(), ArgoRolloutStatusTool(), RolloutTreeTool(now: now), RolloutDescribeTool(),
            ArgoRolloutHistoryTool(), AnalysisRunListTool(now: now), AnalysisRunDescribeTool(),
            ExperimentListTool(now: now), ExperimentDescribeTool(), PromoteTool(), PauseTool(), ResumeTool(),
            AbortTool(), RetryTool(), ArgoRolloutRestartTool(now: now), RolloutImageTool(), ArgoRolloutUndoTool(),
            TerminateTool(.analysisRuns), TerminateTool(.experiments), ExperimentRetryTool(),
        ]
    }
}

/// The toolset, for all tools here.
protocol ArgoTool: Tool {}

extension ArgoTool {
    var toolset: String { ArgoToolset.toolset }
    var onlyReads: Bool { false }
}

extension ToolRequest {
    /// What the tools for Argo Rollouts look at.
    static let readsRollouts = ToolRequest.read(
        "rollouts.argoproj.io", "analysisruns.argoproj.io", "experiments.argoproj.io", "replicasets.apps",
        "deployments.apps", "podtemplates", "pods", "events", "namespaces")
    static let patchesRollouts = ToolRequest.patch("rollouts.argoproj.io", "rollouts.argoproj.io/status")
    /// Where a Rollout names a workload in place of a template.
    static let patchesTemplates = ToolRequest.patch("deployments.apps", "replicasets.apps", "podtemplates")
    static let readsArgoCD = ToolRequest.read(
        "applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io", "events", "namespaces")
    static let readsFlux = ToolRequest(
        ["get", "list"], of: FluxResource.all.map(\.qualifiedName) + ["events", "namespaces"])
    static let patchesFlux = ToolRequest(["patch"], of: FluxResource.all.map(\.qualifiedName))
}

extension ToolParameter {
    static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace), description: "Namespace; by default that of the conversation",
        obvious: true)
    static let allNamespaces = ToolParameter.optional(
        "all_namespaces", kind: .boolean, default: false, description: "List over all namespaces",
        obvious: true)
    static let labelSelector = ToolParameter.optional(
        "label_selector", kind: .string(.labelSelector), description: "app=web,tier in (a,b),!canary",
        obvious: true)
    static let rolloutName = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the rollout",
        obvious: true)
}
