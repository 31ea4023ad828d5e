import KubeClient
import KubeModel

/// What a proposal would change, for the person who decides about it.
public struct Preview: Sendable, Hashable {
    /// A unified diff of each object against what the API server says it would become.
    public var text: String
    /// The proposal's own, and what the API server warned about.
    public var warnings: [String]
    /// What is needed to take each request back.
    public var changes: [ChangeRecord]
    /// The proposal's requests, each with what was previewed of it.
    public var requests: [PlannedRequest]

    public init(text: String, warnings: [String], changes: [ChangeRecord] = [], requests: [PlannedRequest] = []) {
        self.text = text
        self.warnings = warnings
        self.changes = changes
        self.requests = requests
    }

    /// How many bytes ``text`` may have.
    public static let limit = 16_384

    /// Sends each request of a proposal as a server-side dry run (KEP-576) and compares its answer with the object as it
    /// was when the request was planned. Admission and validation take part, so what they change or refuse shows.
    ///
    /// - Throws: ``ToolFailure`` where the API server refuses a request, or where an object has moved since it was planned.
    public static func of(_ proposal: WriteProposal, api: ReadOnlyAPI, redactor: Redactor) async throws -> Preview {
        var diffs: [String] = []
        var warnings = proposal.warnings
        var changes: [ChangeRecord] = []
        var requests: [PlannedRequest] = []
        for (position, planned) in proposal.requests.enumerated() {
            let step = try await Step(
                planned, after: proposal.requests[..<position], api: api, redactor: redactor)
            diffs.append(step.diff)
            changes.append(step.change)
            requests.append(step.planned)
            let prefix = proposal.requests.count == 1 ? "" : "\(planned.target.text): "
            warnings += step.losses.map { prefix + $0 }
            warnings += step.warnings.filter { !warnings.contains($0) }
            warnings += step.ownership.map { prefix + $0 }
        }
        let text = diffs.joined(separator: "\n")
        let shown = OutputLimit.cut(text, to: limit)
        // Padding could push what matters out of sight.
        if shown != text { warnings.insert("the preview is cut: read the requests themselves", at: 0) }
        return Preview(text: shown, warnings: warnings, changes: changes, requests: requests)
    }

    private struct Step {
        /// With what was previewed of it.
        var planned: PlannedRequest
        var diff: String
        var warnings: [String]
        var change: ChangeRecord
        var ownership: [String] = []
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
                warnings.append("\(planned.target.text) is being deleted: the change goes with it")
            }
            if response.status == 404, let namespace = Self.namespaceCreated(for: planned, by: earlier) {
                warnings.append(
                    "\(planned.target.text) could not be checked: namespace \(namespace) doesn't exist yet"
                        + (planned.target.resource.isSame(as: .pods)
                            ? "; the API server refuses pods until it has its service account" : ""))
                diff = Self.diff(planned, after: planned.submitted, redactor)
                change = ChangeRecord(planned, after: planned.submitted, redactor: redactor)
                return
            }
            guard let answer = try Self.answer(dryRun, planned, after: earlier) else {
                try await Self.requireAccess(for: planned.request, api: api)
                let reason = dryRun.obstacle ?? ""
                warnings.append(
                    "\(planned.target.text) could not be tried out, so the API server may refuse it: \(reason)")
                if planned.request.contentType == Patch.apply(.null).contentType {
                    warnings.append(
                        "it isn't known which fields of earlier applies go because the manifest leaves them out")
                }
                (diff, change) = Self.untried(planned, redactor)
                ownership = try await Ownership(planned, after: planned.before, api: api)?.warnings() ?? []
                return
            }
            let after = dryRun.result(answer)
            self.planned.previewed = planned.before.map {
                PreviewedContent(before: $0, after: after, redactor: redactor)
            }
            guard !redactor.exposes(planned.before, in: after) else {
                throw ToolFailure("\(planned.target.text): refused: a credential that it holds could be read then")
            }
            diff = Self.diff(planned, after: after, redactor)
            change = ChangeRecord(planned, after: after, redactor: redactor)
            ownership = try await Ownership(planned, after: after, api: api)?.warnings() ?? []
            losses = FieldLosses(of: planned, after: after).warnings
        }

        private static func requireAccess(for request: KubeRequest, api: ReadOnlyAPI) async throws {
            do {
                try await AccessReview.require(request, api: api)
            } catch let denied as PermissionDenied {
                throw ToolFailure(describing: denied)
            } catch let status as APIStatus {
                throw ToolFailure(describing: status)
            }
        }

        /// A refusal says what to do about it, where that is known.
        private static func answer(
            _ dryRun: DryRun, _ planned: PlannedRequest, after earlier: ArraySlice<PlannedRequest>
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
                } else if let needed = earlier.first(where: { isNeeded($0, for: planned, message) }) {
                    failure.message += ": \(needed.target.text) has to be applied first, in a call of its own"
                }
                throw failure
            }
        }

        /// Whether a refusal is for want of what an earlier request brings: its kind's definition, or an object by name.
        private static func isNeeded(_ earlier: PlannedRequest, for planned: PlannedRequest, _ message: String) -> Bool
        {
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
        private static func untried(_ planned: PlannedRequest, _ redactor: Redactor) -> (diff: String, ChangeRecord) {
            let isWhole = planned.request.method == .delete || planned.target.uid.isEmpty
            let after = planned.request.method == .delete ? nil : planned.submitted
            let change = ChangeRecord(planned, after: isWhole ? after : planned.before, redactor: redactor)
            guard !isWhole else { return (diff(planned, after: after, redactor), change) }
            let body = planned.redacted(by: redactor)["body"]?.string ?? ""
            let text = "\(planned.target.text): would be sent \(planned.request.contentType ?? "")\n\(body)\n"
            return (text, change.withoutContent("what it changed isn't known: it could not be tried out"))
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

        private static func diff(_ planned: PlannedRequest, after: KubeObject?, _ redactor: Redactor) -> String {
            let name = planned.target.text
            let known = redactor.known(planned.before)
            // Before they are parted into lines, and after that, for what a line begins with.
            let shown = [planned.before, after].map { object in
                object.map { redactor.replace(known, inTextsOf: redactor.redact($0.withoutNoise).json) }
            }
            let yaml = LegibleYAML(old: shown[0], new: shown[1])
            let text = UnifiedDiff.text(
                old: yaml.old, new: yaml.new,
                oldName: planned.before == nil ? "/dev/null" : "\(name) (live)",
                newName: after == nil ? "/dev/null" : "\(name) (after)", limit: .max)
            return text.isEmpty ? "\(name): no change\n" : redactor.replace(known, in: text)
        }
    }
}

extension KubeObject {
    /// The object without what the server keeps about it: what people mean when they say that it changed.
    var withoutNoise: KubeObject {
        var object = self
        object.json["status"] = nil
        for field in ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"] {
            object.json[path: ["metadata", field]] = nil
        }
        var annotations = object.annotations
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        if annotations.count != object.annotations.count { object.annotations = annotations }
        return object
    }
}
