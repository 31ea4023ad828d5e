import KubeModel
import ToolKit

/// Tools for the releases of Helm in the cluster, and for charts. Releases are read and written in the Secrets in which Helm keeps
/// them: no helm is run.
package enum HelmToolset {
    package static let toolset = "helm"

    /// Loaded on demand.
    package static let groups = [
        ToolGroup(
            "helm", toolset: toolset,
            purpose:
                "Helm releases: list, status, history, values, manifest, hooks, notes of each revision; install, upgrade, compare, "
                + "test, roll back, uninstall; render charts",
            tools: releases { KubeTime(seconds: 0) }.map(\.name)),
        ToolGroup(
            "helm_charts", toolset: toolset,
            purpose:
                "charts of Helm: search, versions, values, README, CRDs, dependencies, lint; repositories: list, add, remove, "
                + "update",
            tools: RepositoryTools.all.map(\.name)),
    ]

    /// - Parameter now: the clock, for ages and for templates.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        releases(now: now) + RepositoryTools.all
    }

    private static func releases(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [ReleaseListTool(now: now), ReleaseStatusTool(), ReleaseHistoryTool(now: now)]
            + [ReleasePartTool.values, .manifest, .notes, .hooks, .metadata, .all]
            + [TemplateTool(), ReleaseDiffTool()]
            + [
                InstallTool.install, InstallTool.installWithValues, UpgradeTool(), RollbackTool(), TestTool(),
                UninstallTool(),
            ]
    }
}

/// What the tools that read have in common.
protocol HelmTool: Tool {}

extension HelmTool {
    var toolset: String { HelmToolset.toolset }
    var onlyReads: Bool { true }
    var requests: [ToolRequest]? { [.read("secrets", "namespaces")] }
}

/// A tool that proposes to change a release: its records, its objects, what its hooks bring.
protocol HelmChangeTool: Tool {}

extension HelmChangeTool {
    var toolset: String { HelmToolset.toolset }
    var onlyReads: Bool { false }
    var requests: [ToolRequest]? {
        [.read("*"), ToolRequest(["create", "patch", "update", "delete"], of: ["*"])]
    }
}

extension ToolParameter {
    static let namespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace), description: "Namespace; by default that of the conversation",
        obvious: true)
    static let releaseName = ToolParameter.required(
        "release_name", aliases: ["name"], kind: .string(.objectName), description: "Name of the release",
        obvious: true)
    static let revision = ToolParameter.optional(
        "revision", kind: .integer(1...1_000_000), description: "Revision; by default the newest")
    static let timeout = ToolParameter.optional(
        "timeout_seconds", kind: .integer(10...3600), default: 300,
        description: "How long each hook, and the objects, may take", obvious: true)
    static let noHooks = ToolParameter.optional(
        "no_hooks", kind: .boolean, default: false, description: "Leave the hooks out", obvious: true)
    static let ifRevision = ToolParameter.optional(
        "if_revision", kind: .integer(1...1_000_000), description: "Only if this is the newest revision", obvious: true)
    static let wait = ToolParameter.optional(
        "wait", kind: .boolean, default: true, description: "Wait until the objects are ready", obvious: true)
    static let forceConflicts = ToolParameter.optional(
        "force_conflicts", kind: .boolean, default: false, description: "Take over fields that others own",
        obvious: true)
    static let historyMax = ToolParameter.optional(
        "history_max", kind: .integer(0...1000), default: 10,
        description: "Keep so many revisions at most; 0 for all of them", obvious: true)
    static let description = ToolParameter.optional(
        "description", kind: .string(.text(maximum: 512)), description: "What the history says of it", obvious: true)
}
