import Helm
import KubeModel
import ToolKit
import Writes

struct ReleaseListTool: HelmTool {
    let now: @Sendable () -> KubeTime
    let name = "helm_list_releases"
    let title = "List Helm Releases"
    let description = "List the releases of Helm: newest revision, status, chart and its app's version."
    let parameters = ToolParameters([
        .namespace,
        .optional(
            "all_namespaces", kind: .boolean, default: false, description: "List over all namespaces", obvious: true),
        .optional(
            "filter", kind: .string(.text(maximum: 253)), description: "Only releases with this text in their name"),
        .optional("limit", kind: .integer(1...200), default: 50, description: "Show at most so many"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let isEverywhere = arguments.bool("all_namespaces")
        let namespace = isEverywhere ? nil : arguments.string("namespace") ?? context.namespace
        let stored = try await context.releaseHeads(namespace: namespace)
        let all = ReleaseHead.newest(of: stored.heads)
        let filter = arguments.string("filter")?.lowercased() ?? ""
        let found = filter.isEmpty ? all : all.filter { $0.name.contains(filter) }
        guard !found.isEmpty else {
            if !all.isEmpty {
                return .output("None of \(all.count) releases has \"\(ToolParameters.excerpt(filter))\" in its name.")
            }
            let place = isEverywhere ? " in any namespace" : ""
            return .output(try await Emptiness("no releases of Helm\(place)", namespace: namespace, in: context).text)
        }
        let shown = found.prefix(arguments.integer("limit") ?? 50)
        var rows = [
            (isEverywhere ? ["NAMESPACE"] : []) + ["NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"]
        ]
        for head in shown {
            // One after the other: a record may be large.
            let (chart, version) = try await Self.chart(of: head, context)
            rows.append(
                (isEverywhere ? [head.namespace] : []) + [
                    head.name, String(head.revision), HumanDuration.text(since: head.updated, now: now()), head.status,
                    chart, version,
                ])
        }
        var lines = TextColumns.align(rows)
        if shown.count < found.count {
            lines.append("… \(found.count - shown.count) more: narrow it with filter or namespace")
        }
        if !stored.isComplete {
            lines.append("… there are more revisions than can be listed: narrow it with a namespace")
        }
        let text = context.redactor.redact(text: lines.joined(separator: "\n"))
        return .output(OutputLimit.cutMiddle(text, to: context.outputLimit, rest: "narrow it with filter or namespace"))
    }

    private static func chart(of head: ReleaseHead, _ context: ToolContext) async throws -> (String, String) {
        do {
            let record = try await context.record(of: head)
            return (record.chart, record.appVersion)
        } catch is ToolFailure {
            return ("(not readable)", "")
        }
    }
}

struct ReleaseHistoryTool: HelmTool {
    let now: @Sendable () -> KubeTime
    let name = "helm_history"
    let title = "Get Helm Release History"
    let description = "List the revisions of a release: when, status, chart, and what happened."
    let parameters = ToolParameters([
        .releaseName, .namespace,
        .optional("max_revisions", kind: .integer(1...100), default: 10, description: "The newest so many"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let revisions = try await context.revisions(by: arguments)
        let shown = revisions.prefix(arguments.integer("max_revisions") ?? 10)
        var rows = [["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"]]
        for head in shown.reversed() {
            let record = try await context.record(of: head)
            let described = ShownRelease(record, redactor: context.redactor).description.replacing("\n", with: " ")
            rows.append([
                String(head.revision), HumanDuration.text(since: head.updated, now: now()), record.status, record.chart,
                record.appVersion, OutputLimit.shorten(described, to: 300),
            ])
        }
        var lines = TextColumns.align(rows)
        if shown.count < revisions.count {
            lines.append("… and \((revisions.count - shown.count).counted(as: "older revision"))")
        }
        let text = lines.joined(separator: "\n")
        return .output(OutputLimit.cutBeginning(text, to: context.outputLimit))
    }
}

struct ReleaseStatusTool: HelmTool {
    let name = "helm_status"
    let title = "Get Helm Release Status"
    let description = "Show a release: status, revision, chart, its objects, hooks that ran, notes."
    let parameters = ToolParameters([.releaseName, .namespace, .revision])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let record = try await context.record(by: arguments)
        let shown = ShownRelease(record, redactor: context.redactor)
        var outline = ReleaseOutline.metadata(of: shown)
        outline.list("Objects", values: shown.objects)
        outline.list(
            "Hooks",
            values: record.hooks.map { hook in
                "\(hook["kind"]?.string ?? "?")/\(hook["name"]?.string ?? "?"): "
                    + (hook["last_run", "phase"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "not run")
            })
        outline.list("Notes", values: shown.notes.split(separator: "\n").map(String.init))
        return .output(
            OutputLimit.cutMiddle(
                context.redactor.redact(text: outline.text), to: context.outputLimit,
                rest: "helm_get_manifest and helm_get_notes have the parts"))
    }
}

enum ReleaseOutline {
    static func metadata(of shown: ShownRelease) -> Outline {
        let record = shown.record
        var outline = Outline()
        outline.field("Name", value: record.name)
        outline.field("Namespace", value: record.namespace)
        outline.field("Revision", value: String(record.revision))
        outline.field("Status", value: record.status)
        if record.status.hasPrefix("pending-") {
            outline.field(
                "Pending",
                value: "an operation began and has not ended; if its client is gone, Helm refuses the next one until "
                    + "this revision is rolled back or removed")
        }
        outline.field("Description", value: shown.description)
        outline.field("Chart", value: record.chart)
        outline.field("App version", value: record.appVersion)
        outline.field("First deployed", value: record.time("first_deployed"))
        outline.field("Last deployed", value: record.time("last_deployed"))
        outline.field("Deleted", value: record.time("deleted"))
        outline.field("Apply method", value: record.applyMethod)
        return outline
    }
}

/// A part of a release, as `helm get` has them.
struct ReleasePartTool: HelmTool {
    enum Part: Sendable { case values, manifest, notes, hooks, metadata, all }

    let part: Part
    let name: String
    let title: String
    let description: String
    let parameters: ToolParameters

    private init(_ part: Part, _ word: String, title: String, _ description: String, own: [ToolParameter] = []) {
        self.part = part
        name = "helm_get_\(word)"
        self.title = title
        self.description = description
        parameters = ToolParameters([.releaseName, .namespace, .revision] + own)
    }

    static let values = ReleasePartTool(
        .values, "values", title: "Get Helm Release Values",
        "Show the values of a release that its user gave, or all that it was rendered with. Credentials are hidden.",
        own: [
            .optional(
                "all", kind: .boolean, default: false, description: "With the default values of the chart"),
            .optional("output", kind: .choice(["yaml", "json"]), default: "yaml", description: "Form", obvious: true),
        ])
    static let manifest = ReleasePartTool(
        .manifest, "manifest", title: "Get Helm Release Manifest",
        "Show the objects of a release as Helm rendered them. Credentials are hidden.")
    static let notes = ReleasePartTool(
        .notes, "notes", title: "Get Helm Release Notes", "Show the notes of a release.")
    static let hooks = ReleasePartTool(
        .hooks, "hooks", title: "Get Helm Release Hooks",
        "Show the hooks of a release: events, weight, how the last run ended, manifest.")
    static let metadata = ReleasePartTool(
        .metadata, "metadata", title: "Get Helm Release Metadata",
        "Show chart, version, status and times of a release, without its content.")
    static let all = ReleasePartTool(
        .all, "all", title: "Get All of a Helm Release",
        "Show metadata, values, hooks, manifest and notes of a release.")

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let shown = ShownRelease(try await context.record(by: arguments), redactor: context.redactor)
        let none = "Revision \(shown.record.revision) of release \(shown.record.name) has no"
        let text: String
        switch part {
        case .values:
            text = shown.values(isComputed: arguments.bool("all"), asJSON: arguments.string("output") == "json")
        case .manifest: text = shown.manifest.isEmpty ? "\(none) objects." : shown.manifest
        case .notes: text = shown.notes.isEmpty ? "\(none) notes." : shown.notes
        case .hooks: text = shown.hooks.isEmpty ? "\(none) hooks." : shown.hooks
        case .metadata: text = ReleaseOutline.metadata(of: shown).text
        case .all:
            text = [
                ReleaseOutline.metadata(of: shown).text, "VALUES:\n" + shown.values(isComputed: false, asJSON: false),
                "HOOKS:\n" + shown.hooks, "MANIFEST:\n" + shown.manifest, "NOTES:\n" + shown.notes,
            ].joined(separator: "\n")
        }
        return .output(
            OutputLimit.cutMiddle(
                text, to: context.outputLimit, rest: "helm_status lists the objects; k8s_get shows one"))
    }
}
