import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct ApplyTool: KubernetesTool {
    let name = "k8s_apply"
    let title = "Apply Kubernetes Manifest"
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), ToolRequest(["create", "patch"], of: ["*"])]
    let description = """
        Propose to create or change objects by a manifest, by server-side apply. A field that the manifest leaves out is \
        removed only if an earlier k8s_apply set it and nobody has since; the rest stays: remove that with k8s_patch. Lists \
        without keys, like args, are replaced. Fields of other managers are not taken over.
        """
    let parameters = ToolParameters([
        .required(
            "content", aliases: ["manifest", "yaml"], kind: .document(maximum: 524_288),
            description: "YAML or JSON, one or several documents, in any order"),
        .optional(
            "namespace", kind: .string(.namespace),
            description: "Namespace of objects that name none; by default the conversation's", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let objects = try Manifests.parse(try arguments.requiredString("content"))
        var steps: [Step] = []
        for object in objects {
            let (resource, definition) = try await Self.resource(of: object, among: objects, context)
            var step = try await plan(object, resource: resource, namespace: arguments.string("namespace"), in: context)
            step.definition = definition
            if steps.contains(where: {
                $0.target.text == step.target.text && $0.target.resource.isSame(as: step.target.resource)
            }) {
                throw ToolFailure("content: \(step.target.text) occurs twice; remove one of them")
            }
            steps.append(step)
        }
        let changing = steps.filter { $0.planned != nil }
        guard !changing.isEmpty else {
            let notes = steps.flatMap(\.notes).map { "\n\($0)" }.joined()
            return .output("Nothing to do: \(steps.map(\.target.text).joined(separator: ", ")) unchanged.\(notes)")
        }
        return .proposal(Self.proposal(changing, unchanged: steps.filter { $0.planned == nil }))
    }

    /// - Returns: with the name of the definition in the manifest that brings the kind, where the API server doesn't serve it
    ///   yet.
    private static func resource(
        of object: KubeObject, among objects: [KubeObject], _ context: ToolContext
    ) async throws -> (resource: APIResource, definition: String?) {
        guard let version = object.groupVersion else { throw ToolFailure("apiVersion is required") }
        do {
            let kind = GroupVersionKind(group: version.group, version: version.version, kind: object.kind)
            return (try await context.mapper.resource(for: kind), nil)
        } catch let status as APIStatus where status.isNotFound {
            let definition = objects.first {
                $0.kind == "CustomResourceDefinition" && $0["spec", "group"]?.string == version.group
                    && $0["spec", "names", "kind"]?.string == object.kind
            }
            guard let definition else { throw status }
            return (try DefinedResource(definition, version: version.version).resource, definition.name)
        }
    }

    /// One object of the manifest.
    private struct Step {
        var target: PlannedRequest.Target
        /// nil where the object is as the manifest wants it.
        var planned: PlannedRequest?
        var conditions: [PostCondition]
        /// What was read differently from how it is written.
        var notes: [String] = []
        /// What has to be established first, where the manifest itself brings the kind.
        var definition: String?
        var isCreate: Bool { target.uid.isEmpty }
    }

    private static func proposal(_ steps: [Step], unchanged: [Step]) -> WriteProposal {
        let summary = steps.map { "\($0.isCreate ? "create" : "change") \($0.target.text)" }.joined(separator: ", ")
        var warnings = steps.filter { $0.planned?.request[query: "force"] == "true" }.map {
            "\($0.target.text): takes over fields that skyflo set by other means than apply"
        }
        warnings += (steps + unchanged).flatMap(\.notes)
        if !unchanged.isEmpty { warnings.append("unchanged: \(unchanged.map(\.target.text).joined(separator: ", "))") }
        return WriteProposal(
            summary: "Apply: \(summary)", writes: writes(steps),
            risk: steps.map { .baseline($0.target.resource, namespace: $0.target.namespace) }.max() ?? .medium,
            warnings: warnings, postConditions: steps.flatMap(\.conditions))
    }

    /// At once, or one after the other where an object's kind has to be served first: then each waits for what comes before
    /// it, and what isn't done in the end is told.
    private static func writes(_ steps: [Step]) -> [PlannedWrite] {
        guard steps.contains(where: { $0.definition != nil }) else {
            return steps.compactMap { $0.planned.map { PlannedWrite($0) } }
        }
        return steps.enumerated().compactMap { position, step in
            guard let planned = step.planned else { return nil }
            let definitions = APIResource.customResourceDefinitions
            let awaits: PostCondition? =
                step.target.resource.isSame(as: definitions)
                ? .exists(.init(resource: definitions, namespace: nil, name: step.target.name)) : nil
            return PlannedWrite(
                planned,
                step: WriteStep(
                    title: "\(step.isCreate ? "create" : "change") \(step.target.text)", stage: position + 1,
                    deadlineSeconds: deadlineSeconds, isRetried: step.definition != nil, awaits: awaits?.json))
        }
    }

    /// Until the last one is sent.
    private static let deadlineSeconds = 300

    private func plan(
        _ object: KubeObject, resource: APIResource, namespace: String?, in context: ToolContext
    ) async throws -> Step {
        try Names.check(object.name, of: resource)
        var object = object
        let place = try Self.namespace(of: object, resource: resource, parameter: namespace, in: context)
        let ignored = object.namespace
        object.json[path: ["metadata", "namespace"]] = place.map(JSONValue.string)
        var step: Step
        if let live = try await context.api.find(resource, namespace: place, name: object.name) {
            let target = LiveTarget(resource: resource, namespace: place, object: live)
            step = try await change(target, to: object, in: context)
            if live.isBeingDeleted, step.planned == nil { step.notes = ["\(target.text) is being deleted"] }
        } else {
            step = Self.create(object, resource: resource, namespace: place)
        }
        if !resource.namespaced, let ignored {
            step.notes.append(
                "\(step.target.text): metadata.namespace \"\(ignored)\" is ignored: a \(object.kind) is not namespaced"
            )
        }
        return step
    }

    /// The rules of kubectl: a manifest's own namespace counts, and must not contradict the parameter. What is in no
    /// namespace stays so, whatever the manifest says.
    private static func namespace(
        of object: KubeObject, resource: APIResource, parameter: String?, in context: ToolContext
    ) throws(ToolFailure) -> String? {
        guard resource.namespaced else { return nil }
        if let own = object.namespace, let parameter, own != parameter {
            throw ToolFailure(
                "content: the namespace of \(object.kind) \(object.name) is \"\(own)\", but the parameter says \"\(parameter)\""
            )
        }
        return object.namespace ?? parameter ?? context.namespace
    }

    /// POST, so that it fails when someone else has created it by then: an apply would change theirs.
    private static func create(_ object: KubeObject, resource: APIResource, namespace: String?) -> Step {
        let request = KubeRequest(
            .post, path: resource.path(namespace: namespace), query: FieldManager.query(strict: true),
            contentType: "application/json", body: JSONWriter.string(object.json))
        let target = PlannedRequest.Target(
            resource: resource.identity, namespace: namespace, name: object.name, uid: "", resourceVersion: "")
        let subject = PostCondition.Subject(resource: resource, namespace: namespace, name: object.name)
        return Step(
            target: target, planned: PlannedRequest(request: request, target: target, before: nil),
            conditions: PostCondition.after(writing: object, to: subject))
    }

    private func change(_ target: LiveTarget, to object: KubeObject, in context: ToolContext) async throws -> Step {
        var planned = target.patch(.apply(object.json), strict: true)
        planned.request[query: "force"] = "false"
        var dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
        if Self.conflictsOnlyWithUs(dryRun.response) {
            planned.request[query: "force"] = "true"
            dryRun = try await DryRun(planned, api: context.api, redactor: context.redactor)
        }
        let answer = try dryRun.answer()
        let isUnchanged = answer?.withoutServerFields == target.object.withoutServerFields
        return Step(
            target: target.target, planned: isUnchanged ? nil : planned,
            conditions: target.postConditions(afterChangeTo: answer))
    }

    /// What was created or patched from here belongs to the same manager in another mode (`Update` instead of `Apply`),
    /// which server-side apply counts as a conflict. Taking one's own fields over is none.
    private static func conflictsOnlyWithUs(_ response: KubeResponse) -> Bool {
        guard response.status == 409 else { return false }
        let conflicts = response.failure.causes
        return !conflicts.isEmpty
            && conflicts.allSatisfy {
                $0.reason == "FieldManagerConflict"
                    && $0.message.hasPrefix("conflict with \"\(KubernetesBackend.fieldManager)\"")
            }
    }
}
