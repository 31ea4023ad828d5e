import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// The `operation` of an Application: how Argo CD is told to sync. It is taken away when it is done, and
/// `status.operationState` says what came of it.
struct SyncOperation {
    let target: LiveTarget
    let summary: ApplicationSummary

    /// - Throws: ``ToolFailure`` where no operation can begin now.
    init(_ target: LiveTarget) throws(ToolFailure) {
        self.target = target
        summary = ApplicationSummary(target.object)
        guard !target.object.isBeingDeleted else { throw ToolFailure("\(target.text) is being deleted") }
        guard !summary.isOperating else {
            throw ToolFailure(
                "\(target.text) has an operation under way (\(summary.operationPhase ?? "not begun yet")): wait for it, or "
                    + "end it by argocd_app_terminate")
        }
    }

    /// - Parameter info: notes for whoever looks at the operation, by their names.
    func proposal(
        _ text: String, sync: JSONValue, risk: Risk, warnings: [String], retryLimit: Int? = nil,
        info: [(key: String, value: String)] = []
    ) -> WriteProposal {
        var retry = target.object["spec", "syncPolicy", "retry"]
        if let retryLimit {
            retry = retry ?? .object([:])
            retry?["limit"] = JSONValue(retryLimit)
        }
        let operation = JSONValue.compact([
            "initiatedBy": ["username": .string(KubernetesBackend.fieldManager)],
            "info": info.isEmpty
                ? nil : .array(info.map { ["name": .string($0.key), "value": .string($0.value)] }),
            "retry": retry, "sync": sync,
        ])
        return WriteProposal(
            text, planned: target.patch(.merge(["operation": operation])), risk: risk, warnings: warnings,
            postConditions: [target.delivery(.synced, mark: summary.operationStart, operation: operation)])
    }

    // MARK: Revisions

    /// What an Application of one source is synced to; nil for what the Application says.
    func revision(_ revision: String?, isDryRun: Bool) throws(ToolFailure) -> String? {
        guard let revision else { return nil }
        try Self.check(revision, parameter: "revision")
        guard !summary.hasSeveralSources else {
            throw ToolFailure(
                "revision: \(target.text) has several sources; give revisions, by their positions: \(knownSources)")
        }
        try refuseUnderAutoSync(revision, of: summary.sources.first, isDryRun: isDryRun)
        return revision
    }

    /// What each source of an Application of several is synced to, in their order; nil for what the Application says.
    /// - Parameter given: by positions from 1 on, as Argo CD counts them, or by names.
    func revisions(_ given: [(key: String, value: String)], isDryRun: Bool) throws(ToolFailure) -> [String]? {
        guard !given.isEmpty else { return nil }
        guard summary.hasSeveralSources else {
            throw ToolFailure("revisions: \(target.text) has one source; give revision")
        }
        let sources = summary.sources
        var revisions = sources.map { $0["targetRevision"]?.string ?? "HEAD" }
        for (key, revision) in given {
            let position = Int(key).map { $0 - 1 } ?? sources.firstIndex { $0["name"]?.string == key }
            guard let position, sources.indices.contains(position) else {
                throw ToolFailure(
                    "revisions: \(target.text) has no source \"\(ToolParameters.excerpt(key))\"; there are \(knownSources)"
                )
            }
            try Self.check(revision, parameter: "revisions")
            try refuseUnderAutoSync(revision, of: sources[position], isDryRun: isDryRun)
            revisions[position] = revision
        }
        return revisions
    }

    /// `1 (values: https://…@main), 2 (…)`
    private var knownSources: String {
        summary.sources.enumerated().map { "\($0.offset + 1) (\(ApplicationSummary.text(source: $0.element)))" }
            .joined(separator: ", ")
    }

    private static func check(_ revision: String, parameter: String) throws(ToolFailure) {
        guard !revision.isEmpty, revision.allSatisfy({ $0.isASCII && !$0.isWhitespace }), !revision.hasPrefix("-")
        else {
            throw ToolFailure("\(parameter): \"\(ToolParameters.excerpt(revision))\" is no revision")
        }
    }

    private func refuseUnderAutoSync(
        _ revision: String, of source: JSONValue?, isDryRun: Bool
    ) throws(ToolFailure) {
        let wanted = source?["targetRevision"]?.string ?? "HEAD"
        guard revision == wanted || !summary.isAutomated || isDryRun else {
            throw ToolFailure(
                "can't sync \(target.text) to \(revision): its auto-sync brings it back to \(wanted). Use "
                    + "argocd_app_suspend_auto_sync first")
        }
    }

    /// Options given, or those of the Application.
    func options(_ text: String?) throws(ToolFailure) -> JSONValue? {
        guard let text else { return target.object["spec", "syncPolicy", "syncOptions"] }
        var options: [String] = []
        for item in text.split(separator: ",") {
            let option = item.trimmingBlanks
            let parts = option.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber } })
            else {
                throw ToolFailure(
                    "sync_options: \"\(ToolParameters.excerpt(option))\" is no option like CreateNamespace=true, "
                        + "ServerSideApply=true, ApplyOutOfSyncOnly=true, Replace=true")
            }
            options.append(option)
        }
        return JSONValue(options)
    }

    /// Resources in the form of `argocd app sync --resource`: `group:kind:name` or `group:kind:namespace/name`.
    func resources(_ text: String?) throws(ToolFailure) -> [JSONValue] {
        var found: [JSONValue] = []
        for item in (text ?? "").split(separator: ",") {
            let word = item.trimmingBlanks
            let matches = summary.resources.filter { resource in
                let bare =
                    "\(resource["group"]?.string ?? ""):\(resource["kind"]?.string ?? ""):"
                    + (resource["name"]?.string ?? "")
                return word == bare || word == ApplicationSummary.text(resource: resource)
            }
            guard matches.count == 1, let match = matches.first else {
                let known = summary.resources.prefix(20).map(ApplicationSummary.text(resource:)).joined(separator: ", ")
                let why = matches.isEmpty ? "is no resource of" : "stands for several resources of"
                throw ToolFailure(
                    "resources: \"\(ToolParameters.excerpt(word))\" \(why) \(target.text); write group:kind:namespace/name. "
                        + "Its resources: \(known.isEmpty ? "none" : known)")
            }
            found.append(
                .compact([
                    "group": match["group"].flatMap { $0.string?.isEmpty == false ? $0 : nil }, "kind": match["kind"],
                    "namespace": match["namespace"], "name": match["name"],
                ]))
        }
        return found
    }

    /// What a prune would delete.
    func pruning(_ prune: Bool) -> [String] {
        let names = summary.resources.filter { $0["requiresPruning"]?.bool == true }
            .map(ApplicationSummary.text(resource:))
        guard !names.isEmpty else { return [] }
        let list = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", and \(names.count - 10) more" : "")
        return [
            prune
                ? "deletes what is no longer in the source: \(list)" : "leaves what is no longer in the source: \(list)"
        ]
    }

    /// Times at which the project keeps syncs back; the controller has the last word.
    func windows(_ context: ToolContext) async throws -> [String] {
        let read = try await context.api.readable {
            let match: ResourceMatch = try await context.match(.projects)
            return try await context.api.get(match.resource, namespace: target.namespace, name: summary.project)
        }
        guard let project = try? read.get(), let windows = project["spec", "syncWindows"]?.array, !windows.isEmpty
        else {
            return []
        }
        return ["project \(summary.project) has sync windows: Argo CD may keep the sync back until one allows it"]
    }
}
