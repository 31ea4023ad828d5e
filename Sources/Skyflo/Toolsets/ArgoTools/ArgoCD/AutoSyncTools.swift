import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// The settings of auto-sync while it is suspended, for Argo CD from before `automated.enabled`.
private let keptSettings = "skyflo.ai/suspended-auto-sync"

struct SuspendAutoSyncTool: ArgoTool {
    let name = "argocd_app_suspend_auto_sync"
    let title = "Suspend Argo CD Auto-Sync"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description =
        "Propose to switch the auto-sync of an Application of Argo CD off, so that changes by hand are not undone."
    let parameters = ToolParameters([.applicationName, .argoNamespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let summary = ApplicationSummary(target.object)
        guard summary.isAutomated, let settings = summary.automated else {
            return .output("Nothing to do: \(target.text) has no auto-sync that is on.")
        }
        let text = "Suspend auto-sync of \(target.text) (\(summary.policy))"
        let warnings = ["until it is resumed, changes in the source are not deployed by themselves"]
        // Older definitions drop the field that they don't know, and auto-sync would stay on.
        let switched = target.patchSpec(["syncPolicy": ["automated": ["enabled": false]]])
        let after = try await context.change(by: switched)?.object
        if after?["spec", "syncPolicy", "automated", "enabled"]?.bool == false {
            return .proposal(
                WriteProposal(
                    text, planned: switched, risk: target.baseline, warnings: warnings,
                    postConditions: [.stored(target.subject)]))
        }
        let removed = target.patch(
            .merge([
                "metadata": ["annotations": [keptSettings: .string(JSONWriter.string(settings))]],
                "spec": ["syncPolicy": ["automated": .null]],
            ]))
        return .proposal(
            WriteProposal(
                text, planned: removed, risk: target.baseline, warnings: warnings,
                postConditions: [.stored(target.subject)]))
    }
}

struct ResumeAutoSyncTool: ArgoTool {
    let name = "argocd_app_resume_auto_sync"
    let title = "Resume Argo CD Auto-Sync"
    let isIdempotent = true
    let isOpenWorld = true
    let requests: [ToolRequest]? = [.readsArgoCD, .patch("applications.argoproj.io")]
    let description = """
        Propose to switch the auto-sync of an Application of Argo CD on, with the settings it had; prune and self_heal change them.
        """
    let parameters = ToolParameters([
        .applicationName, .argoNamespace,
        .optional("prune", kind: .boolean, description: "Delete what is no longer in the source"),
        .optional("self_heal", kind: .boolean, description: "Undo changes by hand"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.applications, by: arguments)
        let summary = ApplicationSummary(target.object)
        let kept = target.object.annotations[keptSettings]
        var settings = summary.automated ?? kept.flatMap { try? JSONParser.parse($0) } ?? .object([:])
        if settings.object == nil { settings = .object([:]) }
        if settings["enabled"] != nil { settings["enabled"] = true }
        for (parameter, field) in [("prune", "prune"), ("self_heal", "selfHeal")]
        where arguments.json[parameter] != nil {
            settings[field] = .bool(arguments.bool(parameter))
        }
        guard !summary.isAutomated || settings != summary.automated else {
            return .output("Nothing to do: the auto-sync of \(target.text) is on (\(summary.policy)).")
        }
        var patch: JSONValue = ["spec": ["syncPolicy": ["automated": settings]]]
        if kept != nil { patch["metadata", "annotations"] = [keptSettings: .null] }
        var warnings: [String] = []
        if summary.sync != "Synced" { warnings.append("it is \(summary.sync): Argo CD deploys the source at once") }
        if settings["prune"]?.bool == true { warnings += SyncPruning.warnings(summary) }
        return .proposal(
            WriteProposal(
                "Resume auto-sync of \(target.text)", planned: target.patch(.merge(patch)), risk: target.baseline,
                warnings: warnings, postConditions: [.stored(target.subject)]))
    }
}

private enum SyncPruning {
    static func warnings(_ summary: ApplicationSummary) -> [String] {
        let count = summary.resources.count { $0["requiresPruning"]?.bool == true }
        return count == 0 ? [] : ["\(count) resources that are no longer in the source are deleted"]
    }
}
