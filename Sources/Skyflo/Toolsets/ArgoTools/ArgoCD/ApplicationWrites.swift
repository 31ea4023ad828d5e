import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct ApplicationRefreshTool: ArgoTool {
    let name = "argocd_app_refresh"
    let title = "Refresh Argo CD Application"
    let isDestructive = false
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description =
        "Propose to have Argo CD compare an Application with its source again, now. It deploys nothing by that."
    let parameters = ToolParameters([
        .applicationName, .argoNamespace,
        .optional(
            "hard", kind: .boolean, default: false,
            description: "Render the manifests anew, too, in place of those it keeps"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let kind = arguments.bool("hard") ? "hard" : "normal"
        guard target.object.annotations["argocd.argoproj.io/refresh"] != kind else {
            return .output("Nothing to do: \(target.text) is being refreshed already.")
        }
        let isAutomated = ApplicationSummary(target.object).isAutomated
        return .proposal(
            WriteProposal(
                "Refresh \(target.text) (\(kind))",
                planned: target.patch(
                    .merge(["metadata": ["annotations": ["argocd.argoproj.io/refresh": .string(kind)]]])),
                risk: .low, warnings: isAutomated ? ["auto-sync is on: what is found to differ is deployed"] : [],
                postConditions: [target.delivery(.refreshed)]))
    }
}

struct ApplicationSyncTool: ArgoTool {
    let name = "argocd_app_sync"
    let title = "Sync Argo CD Application"
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description = """
        Propose to have Argo CD deploy an Application from its source, all of it or some resources. dry_run only has Argo CD try it.
        """
    let parameters = ToolParameters([
        .applicationName, .argoNamespace,
        .optional(
            "revision", kind: .string(.text(maximum: 256)),
            description: "Branch, tag, commit or chart version; by default the target's"),
        .optional(
            "revisions", kind: .stringMap,
            description: "Of several sources, by position or name: {\"1\": \"2.3.0\", \"values\": \"main\"}"),
        .optional("prune", kind: .boolean, default: false, description: "Delete what is no longer in the source"),
        .optional("dry_run", kind: .boolean, default: false, description: "Change nothing"),
        .optional("force", kind: .boolean, default: false, description: "Delete and create what can't be changed"),
        .optional("apply_only", kind: .boolean, default: false, description: "Run no hooks"),
        .optional(
            "resources", kind: .string(.text(maximum: 4096)),
            description: "Only these: apps:Deployment:web,:ConfigMap:shop/flags"),
        .optional(
            "sync_options", kind: .string(.text(maximum: 1024)),
            description: "In place of those of the Application: ServerSideApply=true"),
        .optional("retry_limit", kind: .integer(0...20), description: "How often a failed sync is tried again"),
        .optional("info", kind: .stringMap, description: "Notes that the operation carries: {\"reason\": \"…\"}"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let operation = try SyncOperation(try await context.target(.applications, by: arguments))
        let (target, summary) = (operation.target, operation.summary)
        let isDryRun = arguments.bool("dry_run")
        let revision = try operation.revision(arguments.string("revision"), isDryRun: isDryRun)
        let revisions = try operation.revisions(arguments.map("revisions"), isDryRun: isDryRun)
        let resources = try operation.resources(arguments.string("resources"))
        let force: JSONValue = arguments.bool("force") ? ["force": true] : [:]
        let sync = JSONValue.compact([
            "revision": revision.map(JSONValue.string), "revisions": revisions.map { JSONValue($0) },
            "prune": arguments.bool("prune") ? true : nil, "dryRun": isDryRun ? true : nil,
            "syncStrategy": [arguments.bool("apply_only") ? "apply" : "hook": force],
            "resources": resources.isEmpty ? nil : .array(resources),
            "syncOptions": try operation.options(arguments.string("sync_options")),
        ])
        var warnings = operation.pruning(arguments.bool("prune")) + (try await operation.windows(context))
        if !resources.isEmpty { warnings.append("a sync of chosen resources runs no hooks and is not in the history") }
        if arguments.bool("force") { warnings.append("force deletes and creates again what can't be changed in place") }
        let to = (revision ?? revisions?.joined(separator: ", ")).map { " to \($0)" } ?? ""
        let what = resources.isEmpty ? "" : ", \(resources.count) of its resources"
        let isRisky = arguments.bool("prune") || arguments.bool("force")
        return .proposal(
            operation.proposal(
                "\(isDryRun ? "Try the sync of" : "Sync") \(target.text)\(to)\(what) (\(summary.sync), \(summary.health))",
                sync: sync, risk: isDryRun ? .low : isRisky ? .high : target.baseline, warnings: warnings,
                retryLimit: arguments.integer("retry_limit"), info: arguments.map("info")))
    }
}

struct ApplicationRollbackTool: ArgoTool {
    let name = "argocd_app_rollback"
    let title = "Roll Back Argo CD Application"
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description = """
        Propose to have Argo CD deploy an earlier entry of an Application's history again (see argocd_app_history); without id, the one \
        before the last. The source stays as it is.
        """
    let parameters = ToolParameters([
        .applicationName, .argoNamespace,
        .optional("id", kind: .integer(0...1_000_000), description: "Id in the history"),
        .optional("prune", kind: .boolean, default: false, description: "Delete what that entry doesn't have"),
        .optional("dry_run", kind: .boolean, default: false, description: "Change nothing"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let operation = try SyncOperation(try await context.target(.applications, by: arguments))
        let (target, summary) = (operation.target, operation.summary)
        guard !summary.isAutomated else {
            throw ToolFailure(
                "can't roll back \(target.text) while its auto-sync is on: use argocd_app_suspend_auto_sync first")
        }
        let entry = try Self.entry(arguments.integer("id"), in: summary, of: target)
        guard entry["source"] != nil || entry["sources"] != nil else {
            throw ToolFailure("the history doesn't say which source this entry of \(target.text) came from")
        }
        let isDryRun = arguments.bool("dry_run")
        let sync = JSONValue.compact([
            "revision": entry["revision"], "revisions": entry["revisions"], "source": entry["source"],
            "sources": entry["sources"], "prune": arguments.bool("prune") ? true : nil, "dryRun": isDryRun ? true : nil,
            "syncStrategy": ["apply": [:]], "syncOptions": target.object["spec", "syncPolicy", "syncOptions"],
        ])
        let id = entry["id"]?.int.map(String.init) ?? ""
        let revision = ApplicationSummary.revisions(of: entry).joined(separator: ", ")
        return .proposal(
            operation.proposal(
                "\(isDryRun ? "Try the rollback of" : "Roll back") \(target.text) to \(id) (\(revision))", sync: sync,
                risk: isDryRun ? .low : .high,
                warnings: ["the source isn't changed: the Application is OutOfSync until it is"]
                    + operation.pruning(arguments.bool("prune")) + (try await operation.windows(context))))
    }

    private static func entry(
        _ id: Int?, in summary: ApplicationSummary, of target: LiveTarget
    ) throws(ToolFailure) -> JSONValue {
        let history = summary.history
        guard let id else {
            guard history.count > 1 else {
                throw ToolFailure("\(target.text) has no entry before the last in its history")
            }
            return history[history.count - 2]
        }
        guard let entry = history.first(where: { $0["id"]?.int == id }) else {
            let known = history.compactMap { $0["id"]?.int.map(String.init) }.joined(separator: ", ")
            throw ToolFailure("\(target.text) has no history entry \(id); there are: \(known.isEmpty ? "none" : known)")
        }
        return entry
    }
}

struct ApplicationTerminateTool: ArgoTool {
    let name = "argocd_app_terminate"
    let title = "Terminate Argo CD Operation"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description =
        "Propose to end the sync of an Application of Argo CD that is under way. What it did already stays."
    let parameters = ToolParameters([.applicationName, .argoNamespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let summary = ApplicationSummary(target.object)
        guard target.object["operation"] != nil, summary.operationPhase == "Running" else {
            let phase = summary.operationPhase.map { " (the last one: \($0))" } ?? ""
            return .output("Nothing to do: \(target.text) has no operation that runs\(phase).")
        }
        return .proposal(
            WriteProposal(
                "Terminate the operation of \(target.text)",
                planned: target.patchStatus(["operationState": ["phase": "Terminating"]]), risk: target.baseline,
                postConditions: [target.delivery(.terminated, mark: summary.operationStart)]))
    }
}
