import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// A tool that brings a chart of a repository to the cluster.
protocol ChartDeliveryTool: HelmChangeTool {}

extension ChartDeliveryTool {
    var isOpenWorld: Bool { true }
    var requests: [ToolRequest]? {
        [.read("*"), .askHelmRepository, ToolRequest(["create", "patch", "update", "delete"], of: ["*"])]
    }
}

/// `helm_install`, and the same with values that have to be given.
struct InstallTool: ChartDeliveryTool {
    let name: String
    let title: String
    let description: String
    let parameters: ToolParameters

    static let install = InstallTool(
        name: "helm_install", title: "Install Helm Chart",
        description: """
            Propose to install a chart as a new release: its CRDs, hooks and objects as they were rendered, with the record that \
            helm reads.
            """, values: .values)

    static let installWithValues = InstallTool(
        name: "helm_install_with_values", title: "Install Helm Chart with Custom Values",
        description: "As helm_install, with values of one's own.",
        values: .required(
            "values", kind: .document(maximum: ChartParameters.maximumValues), description: "Values, as YAML or JSON"))

    private init(name: String, title: String, description: String, values: ToolParameter) {
        (self.name, self.title, self.description) = (name, title, description)
        parameters = ToolParameters(
            [.releaseName, .chart, .chartVersion, .namespace, .createNamespace, values] + ChartParameters.sets
                + ChartParameters.delivery + [
                    .skipCRDs,
                    .optional(
                        "rollback_on_failure", aliases: ["atomic"], kind: .boolean, default: false,
                        description: "After a failure delete what was created", obvious: true),
                ])
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let found = try await context.storedRevisions(by: arguments)
        let delivery = try await ReleaseDelivery(arguments, revisions: found, isUpgrade: false, in: context)
        if let newest = found.first {
            let way =
                newest.status == ReleaseStatus.uninstalled.rawValue
                ? "its history is kept; helm_upgrade installs it again, helm_rollback brings it back"
                : "helm_upgrade changes it"
            throw ToolFailure(
                "release \(delivery.namespace)/\(delivery.name) exists (revision \(newest.revision) is \(newest.status)): \(way)"
            )
        }
        return try await delivery.proposal()
    }
}

struct UpgradeTool: ChartDeliveryTool {
    let name = "helm_upgrade"
    let title = "Upgrade Helm Release"
    let description = """
        Propose to bring a release to a chart and values; by default it is installed where there is none. Without values those \
        of the release stay.
        """
    let parameters = ToolParameters(
        [
            .releaseName, .chart, .chartVersion, .namespace,
            .optional(
                "install", kind: .boolean, default: true, description: "Install it where there is no such release",
                obvious: true), .createNamespace, .values,
        ] + ChartParameters.sets + [
            .optional(
                "reset_values", kind: .boolean, default: false, description: "Forget the values of the release",
                obvious: true),
            .optional(
                "reuse_values", kind: .boolean, default: false,
                description: "Keep the release's values and the old chart's, and lay these over them", obvious: true),
            .optional(
                "reset_then_reuse_values", kind: .boolean, default: false,
                description: "Lay these over the release's values, with the new chart's below", obvious: true),
        ] + ChartParameters.delivery + [
            .skipCRDs,
            .optional(
                "cleanup_on_fail", kind: .boolean, default: false,
                description: "After a failure delete what was created", obvious: true), .historyMax,
        ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        try await ReleaseDelivery(upgrade: arguments, in: context).proposal()
    }
}

extension ReleaseDelivery {
    /// Upgrades what there is; installs it where that is nothing.
    init(upgrade arguments: ToolArguments, in context: ToolContext) async throws {
        let found = try await context.storedRevisions(by: arguments)
        let isThere = found.first.map { $0.status != ReleaseStatus.uninstalled.rawValue } ?? false
        guard isThere || arguments.bool("install") else {
            // Tells what else there is.
            _ = try await context.revisions(by: arguments)
            throw ToolFailure("the release is uninstalled: with install it is installed again")
        }
        try await self.init(arguments, revisions: found, isUpgrade: isThere, in: context)
    }
}

/// Parameters of whatever renders a chart.
enum ChartParameters {
    static let maximumValues = 16 * 1024

    static let sets: [ToolParameter] = [
        .optional(
            "set", kind: .stringMap, description: "Values by path, over the others: {\"image.tag\": \"1.27\"}"),
        .optional("set_string", kind: .stringMap, description: "As set, always texts"),
    ]

    /// Of whatever brings it to the cluster.
    static let delivery: [ToolParameter] = [
        .wait,
        .optional(
            "wait_for_jobs", kind: .boolean, default: false, description: "Wait for what Jobs do as well", obvious: true
        ),
        .timeout, .noHooks, .forceConflicts,
        .optional(
            "take_ownership", kind: .boolean, default: false,
            description: "Objects that exist and belong to no release, or another, become part of this one",
            obvious: true),
        .optional(
            "skip_schema_validation", kind: .boolean, default: false,
            description: "Don't check values against values.schema.json", obvious: true), .description,
    ]
}

extension ToolParameter {
    static let values = ToolParameter.optional(
        "values", kind: .document(maximum: ChartParameters.maximumValues), description: "Values, as YAML or JSON",
        obvious: true)
    static let createNamespace = ToolParameter.optional(
        "create_namespace", kind: .boolean, default: true, description: "Create the namespace where it is missing",
        obvious: true)
    static let skipCRDs = ToolParameter.optional(
        "skip_crds", kind: .boolean, default: false, description: "Leave the chart's crds/ out", obvious: true)
}
