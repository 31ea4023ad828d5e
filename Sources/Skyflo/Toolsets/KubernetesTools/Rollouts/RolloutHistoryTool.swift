import KubeModel
import ToolKit
import Writes

struct RolloutHistoryTool: KubernetesTool {
    let name = "k8s_rollout_history"
    let onlyReads = true
    let title = "View Kubernetes Rollout History"
    let requests: [ToolRequest]? = [
        .read(
            "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "controllerrevisions.apps",
            "namespaces")
    ]
    let description = """
        List a workload's revisions with cause and images; with revision, its pod template and how it differs from the current.
        """
    let parameters = ToolParameters([
        .name, .rolloutType, .namespace,
        .optional(
            "revision", kind: .integer(1...1_000_000_000), description: "Number of the revision to show in detail",
            obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        guard target.resource.group == "apps", RevisionHistory.resources.contains(target.resource.plural) else {
            throw ToolFailure(
                "kind: \(target.resource.qualifiedName) keep no rollout history; deployments, statefulsets and "
                    + "daemonsets do")
        }
        let revisions = try await RevisionHistory(of: target, in: context).revisions
        let title = "\(target.resource.kind.lowercased()).apps/\(target.object.name)"
        guard let number = arguments.integer("revision") else {
            return .output(context.redactor.redact(text: Self.list(revisions, of: title)))
        }
        guard let chosen = revisions.first(where: { $0.number == number }) else {
            let known = revisions.map { String($0.number) }.joined(separator: ", ")
            throw ToolFailure(
                "revision: \(target.text) has no revision \(number); there are: \(known.isEmpty ? "none" : known)")
        }
        let text = Self.detail(chosen, of: title) + Self.difference(from: chosen, in: revisions)
        return .output(OutputLimit.cut(text, to: context.outputLimit))
    }

    private static func list(_ revisions: [RevisionHistory.Revision], of title: String) -> String {
        guard !revisions.isEmpty else { return "\(title): no rollout history found." }
        var rows = [["REVISION", "CHANGE-CAUSE", "CREATED", "IMAGES"]]
        for revision in revisions {
            rows.append([
                String(revision.number), revision.cause.replacing("\n", with: " "),
                revision.keeper.creationTimestamp?.description ?? "<unknown>",
                revision.images + (revision.isCurrent ? " (current)" : ""),
            ])
        }
        return ([title] + TextColumns.align(rows)).joined(separator: "\n")
    }

    private static func detail(_ revision: RevisionHistory.Revision, of title: String) -> String {
        var outline = Outline()
        outline.line("\(title) with revision #\(revision.number)" + (revision.isCurrent ? " (current)" : ""))
        outline.field("Created", value: revision.keeper.creationTimestamp?.description)
        outline.field("Change cause", value: revision.keeper.annotations["kubernetes.io/change-cause"])
        let template = revision.template
        outline.section("Pod Template") { outline in
            outline.list("Labels", values: template.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
            outline.list(
                "Annotations", values: template.annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
            SchedulingDescription.write(template["spec"], outline: &outline)
            ContainerList.write(template["spec"], status: nil, outline: &outline)
            outline.section("Volumes") { outline in
                if let volumes = template["spec", "volumes"] { outline.yaml(volumes) }
            }
        }
        return outline.text
    }

    /// What a rollback to the revision would change.
    private static func difference(
        from revision: RevisionHistory.Revision, in revisions: [RevisionHistory.Revision]
    ) -> String {
        guard !revision.isCurrent, let current = revisions.first(where: \.isCurrent) else { return "" }
        let diff = UnifiedDiff.text(
            old: YAML.format(current.template.json, sorted: true),
            new: YAML.format(revision.template.json, sorted: true),
            oldName: "revision \(current.number) (current)", newName: "revision \(revision.number)", limit: 8192)
        return diff.isEmpty
            ? "The template is the same as that of the current revision \(current.number).\n" : diff
    }
}
