import KubeClient
import KubeModel
import SkyfloAPI

extension KubernetesBackend {
    package func preview(
        _ planned: PlannedRequest, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        if planned.isEviction { return try await EvictionPreview(planned, api: api, redactor: redactor).preview }
        let requests = earlier.compactMap(\.objectRequest)
        let preview = try await RequestPreview(planned, after: requests[...], api: api, redactor: redactor)
        return WritePreview(
            write: PlannedWrite(preview.planned), text: preview.diff, notes: preview.losses,
            ownership: preview.ownership,
            warnings: preview.warnings, change: preview.change)
    }
}

private struct RequestPreview {
    /// With what was previewed of it.
    var planned: PlannedRequest
    var diff: String
    var warnings: [String]
    var change: ChangeRecord
    var ownership: Ownership?
    var losses: [String] = []

    /// - Parameter earlier: what is sent before it.
    init(
        _ planned: PlannedRequest, after earlier: ArraySlice<PlannedRequest>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws {
        self.planned = planned
        let dryRun = try await DryRun(planned, api: api, redactor: redactor)
        let response = dryRun.response
        warnings = dryRun.warnings
        if planned.request.method != .delete, planned.before?.isBeingDeleted == true {
            warnings.append("\(planned.target.text) is being deleted: the change will be lost with it")
        }
        if response.status == 404, let reason = Self.awaited(by: planned, from: earlier) {
            warnings.append("\(planned.target.text) could not be checked: \(reason)")
            let shown = RedactedChange(planned, after: planned.submitted, redactor: redactor)
            diff = Self.diff(planned, change: shown)
            change = ChangeRecord(planned, after: planned.submitted, shown: shown)
            return
        }
        guard let answer = try Self.answer(dryRun, planned: planned, after: earlier) else {
            try await AccessReview.requireForTool(planned.request, api: api)
            let reason = dryRun.obstacle ?? ""
            warnings.append(
                "\(planned.target.text) could not be tried out, so the API server may refuse it: \(reason)")
            if planned.request.contentType == Patch.apply(.null).contentType {
                warnings.append(
                    "it is not known which fields of earlier applies will be removed because the manifest "
                        + "leaves them out")
            }
            (diff, change) = Self.untried(planned, redactor: redactor)
            ownership = Ownership(planned, after: planned.before)
            return
        }
        let after = dryRun.result(answer)
        self.planned.previewed = planned.before.map {
            PreviewedContent(before: $0, after: after, status: planned.statusMembers, redactor: redactor)
        }
        let shown = RedactedChange(planned, after: after, redactor: redactor)
        guard !redactor.exposes(shown.before, in: shown.after) else {
            throw ToolFailure("\(planned.target.text): refused: a credential that it contains would become readable")
        }
        diff = Self.diff(planned, change: shown)
        change = ChangeRecord(planned, after: after, shown: shown)
        ownership = Ownership(planned, after: after)
        losses = FieldLosses(of: planned, after: after).warnings
    }

    /// A refusal says what to do about it, where that is known.
    private static func answer(
        _ dryRun: DryRun, planned: PlannedRequest, after earlier: ArraySlice<PlannedRequest>
    ) throws -> KubeObject? {
        do {
            return try dryRun.answer()
        } catch var failure as ToolFailure {
            let message = dryRun.response.failure.message
            if planned.target.uid.isEmpty, let namespace = planned.target.namespace,
                message.contains("namespaces \"\(namespace)\" not found")
            {
                failure.message +=
                    ": namespace \(namespace) is missing; apply a Namespace \(namespace) with it or before it"
            } else if let needed = earlier.first(where: { isNeeded($0, for: planned, message: message) }) {
                failure.message += ": \(needed.target.text) must be applied first, in a separate call"
            }
            throw failure
        }
    }

    /// Whether a refusal is for want of what an earlier request brings: its kind's definition, or an object by name.
    private static func isNeeded(_ earlier: PlannedRequest, for planned: PlannedRequest, message: String) -> Bool {
        let (target, resource) = (earlier.target, planned.target.resource)
        if target.resource.group == "apiextensions.k8s.io" {
            return target.name == "\(resource.plural).\(resource.group)"
        }
        let isMissing = message.contains("not found") || message.contains("was found")
        let isNamed = message.contains("\"\(target.name)\"") || message.contains("with name \(target.name) ")
        return target.uid.isEmpty && isMissing && isNamed
    }

    /// What is known of a request without the server's answer: of creations and deletions what they are about, of
    /// changes only their body.
    private static func untried(_ planned: PlannedRequest, redactor: Redactor) -> (diff: String, ChangeRecord) {
        let isWhole = planned.request.method == .delete || planned.target.uid.isEmpty
        let after = planned.request.method == .delete ? nil : planned.submitted
        let change = ChangeRecord(planned, after: isWhole ? after : planned.before, redactor: redactor)
        let shown = RedactedChange(planned, after: after, redactor: redactor)
        guard !isWhole else { return (diff(planned, change: shown), change) }
        let body = planned.shown(by: redactor).body ?? ""
        let text = "\(planned.target.text): would be sent \(planned.request.contentType ?? "")\n\(body)\n"
        return (text, change.withoutContent("it is not known what it changed, because no dry run was possible"))
    }

    /// What the request needs that an earlier one of the same proposal brings, so that it can't be tried out now.
    private static func awaited(by planned: PlannedRequest, from earlier: ArraySlice<PlannedRequest>) -> String? {
        let resource = planned.target.resource
        let definition = "\(resource.plural).\(resource.group)"
        let isDefined = earlier.contains {
            $0.target.resource.isSame(as: .customResourceDefinitions) && $0.target.name == definition
        }
        if isDefined, planned.target.uid.isEmpty {
            return "customresourcedefinition \(definition) has to be established first; it is when its turn comes"
        }
        guard let namespace = namespaceCreated(for: planned, by: earlier) else { return nil }
        return "namespace \(namespace) doesn't exist yet"
            + (resource.isSame(as: .pods) ? "; the API server refuses pods until it has its service account" : "")
    }

    /// The namespace of the request's target, where an earlier request of the same proposal creates it.
    private static func namespaceCreated(
        for planned: PlannedRequest, by earlier: ArraySlice<PlannedRequest>
    ) -> String? {
        guard planned.target.uid.isEmpty, let namespace = planned.target.namespace else { return nil }
        let isCreated = earlier.contains {
            $0.target.resource.isSame(as: .namespaces) && $0.target.name == namespace && $0.target.uid.isEmpty
        }
        return isCreated ? namespace : nil
    }

    private static func diff(_ planned: PlannedRequest, change: RedactedChange) -> String {
        let name = planned.target.text
        let (redactor, known) = (change.redactor, change.known)
        // Before they are parted into lines, and after that, for what a line begins with.
        let shown = [change.before, change.after].map { object in
            object.map {
                redactor.replace(
                    known, inTextsOf: $0.shown.withoutServerFields(keepingStatus: planned.statusMembers).json)
            }
        }
        let yaml = LegibleYAML(old: shown[0], new: shown[1])
        let text = UnifiedDiff.text(
            old: yaml.old, new: yaml.new,
            oldName: planned.before == nil ? "/dev/null" : "\(name) (live)",
            newName: change.after == nil ? "/dev/null" : "\(name) (after)", limit: .max)
        return text.isEmpty ? "\(name): no change\n" : redactor.replace(known, in: text)
    }
}
