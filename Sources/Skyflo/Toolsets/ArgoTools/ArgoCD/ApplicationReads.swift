import KubeClient
import KubeModel
import ToolKit
import Writes

struct ApplicationListTool: ArgoTool {
    let name = "argocd_app_list"
    let title = "List Argo CD Applications"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = "List the Applications of Argo CD with their sync status, health and sync policy."
    let parameters = ToolParameters([
        .argoNamespace, .allNamespaces,
        .optional("project", kind: .string(.objectName), description: "Only those of this project"),
        .labelSelector,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let project = arguments.string("project")
        let listing = try await context.listing(
            .applications, by: arguments, isIncluded: { project == nil || ApplicationSummary($0).project == project },
            what: project.map { "applications of project \($0)" })
        let columns = ["NAME", "PROJECT", "STATUS", "HEALTH", "SYNCPOLICY", "DESTINATION", "SOURCE", "CONDITIONS"]
        return context.table(of: listing, columns: columns) { application in
            let summary = ApplicationSummary(application)
            return [
                application.name, summary.project, summary.sync, summary.health, summary.policy, summary.destination,
                summary.sources.map(ApplicationSummary.text(source:)).joined(separator: ","),
                summary.conditions.compactMap { $0["type"]?.string }.joined(separator: ","),
            ]
        }
    }
}

struct ApplicationGetTool: ArgoTool {
    let name = "argocd_app_get"
    let title = "Get Argo CD Application"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = """
        Show an Application of Argo CD: sources, sync status, health, last operation, resources in trouble, events.
        """
    let parameters = ToolParameters([.applicationName, .argoNamespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(.applications, by: arguments)
        target.object = context.redactor.redact(target.object)
        let summary = ApplicationSummary(target.object)
        var outline = Outline()
        Self.head(of: summary, to: &outline)
        Self.operation(of: summary, to: &outline)
        outline.list(
            "Conditions",
            values: summary.conditions.map { "\($0["type"]?.string ?? ""): \($0["message"]?.string ?? "")" })
        let trouble = summary.resources.filter {
            $0["status"]?.string == "OutOfSync" || !["Healthy", nil].contains($0["health", "status"]?.string)
        }
        outline.list(
            "Resources in trouble (\(trouble.count) of \(summary.resources.count))",
            values: trouble.prefix(30).map { resource in
                let health = resource["health", "status"]?.string.map { ", \($0)" } ?? ""
                let message = resource["health", "message"]?.string.map { ": \($0)" } ?? ""
                let prune = resource["requiresPruning"]?.bool == true ? ", to be pruned" : ""
                return "\(ApplicationSummary.text(resource: resource)) \(resource["status"]?.string ?? "Unknown")"
                    + health + prune + message
            })
        if trouble.count > 30 { outline.line("… \(trouble.count - 30) more: argocd_app_resources") }
        if summary.sync == "OutOfSync" { outline.line(ApplicationSummary.limits) }
        let room = max(context.outputLimit / 3, context.outputLimit - outline.text.utf8.count) - 200
        try await EventList.write(about: target, room: room, in: context, outline: &outline)
        return .output(context.redactor.redact(text: outline.text))
    }

    private static func head(of summary: ApplicationSummary, to outline: inout Outline) {
        let application = summary.application
        outline.field("Name", value: application.name)
        outline.field("Namespace", value: application.namespace)
        outline.field("Project", value: summary.project)
        outline.field("Destination", value: summary.destination)
        outline.list("Sources", values: summary.sources.map(ApplicationSummary.text(source:)))
        outline.field("Sync policy", value: summary.policy)
        outline.field(
            "Sync options",
            value: (application["spec", "syncPolicy", "syncOptions"]?.array ?? []).compactMap(\.string).joined(
                separator: ", ")
        )
        let revisions = ApplicationSummary.revisions(of: application["status", "sync"]).joined(separator: ", ")
        outline.field("Sync status", value: summary.sync + (revisions.isEmpty ? "" : " to \(revisions)"))
        outline.field("Health status", value: summary.health)
        outline.field("Compared at", value: application["status", "reconciledAt"])
        outline.field(
            "Images",
            value: (application["status", "summary", "images"]?.array ?? []).compactMap(\.string).joined(
                separator: ", "))
    }

    private static func operation(of summary: ApplicationSummary, to outline: inout Outline) {
        guard let state = summary.operationState else { return }
        outline.section("Last operation") { outline in
            outline.field("Phase", value: state["phase"])
            outline.field("Message", value: state["message"])
            outline.field(
                "Revision", value: ApplicationSummary.revisions(of: state["syncResult"]).joined(separator: ", "))
            outline.list(
                "Info",
                values: (state["operation", "info"]?.array ?? []).map {
                    "\($0["name"]?.string ?? ""): \($0["value"]?.string ?? "")"
                })
            outline.field("Started", value: state["startedAt"])
            outline.field("Finished", value: state["finishedAt"])
            outline.field("Retries", value: state["retryCount"])
            let failed = (state["syncResult", "resources"]?.array ?? []).filter {
                $0["status"]?.string == "SyncFailed" || $0["hookPhase"]?.string == "Failed"
            }
            outline.list(
                "Failed",
                values: failed.prefix(10).map {
                    "\(ApplicationSummary.text(resource: $0)): \($0["message"]?.string ?? "")"
                })
        }
    }
}

struct ApplicationResourcesTool: ArgoTool {
    let name = "argocd_app_resources"
    let title = "List Argo CD Application Resources"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = "List the resources of an Application of Argo CD with their sync status and health."
    let parameters = ToolParameters([
        .applicationName, .argoNamespace,
        .optional("out_of_sync", kind: .boolean, default: false, description: "Only those that are OutOfSync"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let onlyOutOfSync = arguments.bool("out_of_sync")
        let resources = ApplicationSummary(target.object).resources.filter {
            !onlyOutOfSync || $0["status"]?.string == "OutOfSync"
        }
        guard !resources.isEmpty else {
            let what = onlyOutOfSync ? "that is OutOfSync" : "yet"
            return .output("No resources found: \(target.text) has none \(what).")
        }
        let header = ["GROUP", "KIND", "NAMESPACE", "NAME", "STATUS", "HEALTH", "WAVE", "INFO"]
        let rows = resources.map(Self.row)
        let hasDifferences = resources.contains { $0["status"]?.string == "OutOfSync" }
        let lines = TextColumns.align([header] + rows) + (hasDifferences ? [ApplicationSummary.limits] : [])
        let text = context.redactor.redact(text: lines.joined(separator: "\n"))
        return .output(
            OutputLimit.cutMiddle(text, to: context.outputLimit, rest: "set out_of_sync to true to see fewer"))
    }

    private static func row(_ resource: JSONValue) -> [String] {
        let hook: String? = resource["hook"]?.bool == true ? "hook" : nil
        let prune: String? = resource["requiresPruning"]?.bool == true ? "to be pruned" : nil
        let info: [String] = [hook, prune, resource["health", "message"]?.string].compactMap(\.self)
        let names = ["group", "kind", "namespace", "name", "status"].map { resource[$0]?.string ?? "" }
        let health = resource["health", "status"]?.string ?? ""
        let wave = resource["syncWave"]?.int.map(String.init) ?? ""
        return names + [health, wave, info.joined(separator: ", ")]
    }
}

struct ApplicationHistoryTool: ArgoTool {
    let name = "argocd_app_history"
    let title = "Get Argo CD Application History"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = "List what an Application of Argo CD deployed, with the ids that argocd_app_rollback takes."
    let parameters = ToolParameters([.applicationName, .argoNamespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let history = ApplicationSummary(target.object).history
        guard !history.isEmpty else { return .output("No history found: \(target.text) has deployed nothing yet.") }
        let rows = history.map(Self.row)
        let lines = TextColumns.align([["ID", "DATE", "REVISION", "SOURCE", "BY"]] + rows)
        return .output(context.redactor.redact(text: lines.joined(separator: "\n")))
    }

    private static func row(_ entry: JSONValue) -> [String] {
        let sources: [JSONValue] = entry["sources"]?.array ?? [entry["source"]].compactMap(\.self)
        let isAutomated = entry["initiatedBy", "automated"]?.bool == true
        return [
            entry["id"]?.word ?? "", entry["deployedAt"]?.string ?? "",
            ApplicationSummary.revisions(of: entry).joined(separator: ","),
            sources.map(ApplicationSummary.text(source:)).joined(separator: ","),
            entry["initiatedBy", "username"]?.string ?? (isAutomated ? "auto-sync" : ""),
        ]
    }
}
