import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct TemplateTool: HelmTool {
    let name = "helm_template"
    let title = "Render Helm Template"
    let description = "Render a chart with values, and show the manifests; nothing is installed."
    let isOpenWorld = true
    let parameters = ToolParameters(
        [.releaseName, .chart, .chartVersion, .namespace, .values] + ChartParameters.sets + [
            .optional(
                "include_crds", kind: .boolean, default: false, description: "With the chart's crds/", obvious: true),
            .optional(
                "show_only", kind: .string(.text(maximum: 512)),
                description: "Only what these templates make, as templates/service.yaml, separated by commas"),
            .optional(
                "skip_schema_validation", kind: .boolean, default: false,
                description: "Don't check values against values.schema.json", obvious: true),
        ])
    var requests: [ToolRequest]? { [.read("*"), .askHelmRepository] }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var output = TemplateOutput()
        output.includesCustomResources = arguments.bool("include_crds")
        output.showOnly = arguments.list("show_only")
        let release = try await context.render(
            arguments, values: ChartValues(arguments),
            release: .init(
                name: try ToolContext.releaseName(by: arguments),
                namespace: arguments.string("namespace") ?? context.namespace), output: output)
        let shown = ShownRelease(release.record, redactor: context.redactor)
        let origin = "# chart \(release.record.chart), from \(release.package.origin)\n"
        let text = origin + release.warnings.map { "# \($0)\n" }.joined() + shown.text(ofManifest: release.text)
        return .output(
            OutputLimit.cutMiddle(
                context.redactor.redact(text: text, knowing: release.secrets), to: context.outputLimit,
                rest: "narrow it with show_only"))
    }
}

struct ReleaseDiffTool: HelmTool {
    let name = "helm_diff"
    let title = "Compare Helm Release"
    let description = """
        Show what helm_upgrade with the same arguments would change, object by object, by server-side dry runs; nothing is \
        changed.
        """
    let isOpenWorld = true
    let parameters = UpgradeTool().parameters
    var requests: [ToolRequest]? { [.read("*"), .askHelmRepository] }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let delivery = try await ReleaseDelivery(upgrade: arguments, in: context)
        let planner = try await delivery.planned(try await delivery.rendered())
        let proposal = planner.proposal("", risk: .high)
        let preview = try await Preview.of(
            proposal, api: context.api, integrations: context.integrations, redactor: context.redactor)
        let steps = proposal.writes.compactMap { $0.step?.isOnFailure == true ? nil : $0.step?.title }
        var text = preview.text
        text += "\nsteps:\n" + steps.map { "- \($0)\n" }.joined()
        if !preview.warnings.isEmpty { text += "\n" + preview.warnings.map { "- \($0)\n" }.joined() }
        text = context.redactor.redact(text: text, knowing: proposal.secrets)
        return .output(
            OutputLimit.cutMiddle(text, to: context.outputLimit, rest: "compare with helm_template and show_only"))
    }
}
