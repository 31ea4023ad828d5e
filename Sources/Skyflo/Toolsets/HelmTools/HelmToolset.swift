import KubeModel
import ToolKit

/// Tools for the releases of Helm in the cluster. They read the Secrets in which Helm keeps them: no helm is run.
package enum HelmToolset {
    package static let toolset = "helm"

    /// Loaded on demand.
    package static let groups = [
        ToolGroup(
            "helm", toolset: toolset,
            purpose: "Helm releases: list, status, history, values, manifest, hooks, notes of each revision",
            tools: all { KubeTime(seconds: 0) }.map(\.name))
    ]

    /// - Parameter now: the clock, for ages.
    package static func all(now: @escaping @Sendable () -> KubeTime) -> [any Tool] {
        [ReleaseListTool(now: now), ReleaseStatusTool(), ReleaseHistoryTool(now: now)]
            + [ReleasePartTool.values, .manifest, .notes, .hooks, .metadata, .all]
    }
}

/// What all tools here have in common: they read, and nothing else.
protocol HelmTool: Tool {}

extension HelmTool {
    var toolset: String { HelmToolset.toolset }
    var onlyReads: Bool { true }
    var requests: [ToolRequest]? { [.read("secrets", "namespaces")] }
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
}
