import KubeModel
import ToolKit

/// Tools for Argo Rollouts, Argo CD and Flux. All of them work with the custom resources through the API server: neither a
/// command line nor the server of Argo CD is asked.
package enum ArgoToolset {
    package static let toolset = "argo"

    /// Whether a cluster that serves this API group has something that these tools are for.
    package static func isServed(by group: String) -> Bool {
        group == "argoproj.io" || group.hasSuffix(".toolkit.fluxcd.io")
    }

    /// All are loaded on demand.
    package static let groups: [ToolGroup] = {
        let names = all { KubeTime(seconds: 0) }.map(\.name)
        let applications = names.filter { $0.hasPrefix("argocd_") }
        let flux = names.filter { $0.hasPrefix("flux_") }
        return [
            ToolGroup(
                "argo_rollouts", toolset: toolset,
                purpose: "Argo Rollouts: canary and blue-green rollouts, analysis runs, experiments",
                tools: names.filter { !applications.contains($0) && !flux.contains($0) }),
            ToolGroup(
                "argo_cd", toolset: toolset, purpose: "Argo CD: applications and their syncs", tools: applications),
            ToolGroup("flux", toolset: toolset, purpose: "Flux: kustomizations, releases, sources", tools: flux),
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

extension ToolParameter {
    static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace), description: "Namespace; by default that of the conversation")
    static let allNamespaces = ToolParameter.optional(
        "all_namespaces", kind: .boolean, default: false, description: "List over all namespaces")
    static let labelSelector = ToolParameter.optional(
        "label_selector", kind: .string(.labelSelector), description: "app=web,tier in (a,b),!canary")
    static let rolloutName = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the rollout")
}
