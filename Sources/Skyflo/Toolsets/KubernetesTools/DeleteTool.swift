import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct DeleteTool: KubernetesTool {
    let name = "k8s_delete"
    let title = "Delete Kubernetes Resource"
    let requests: [ToolRequest]? = [.read("*"), .delete("*")]
    let description =
        "Propose to delete objects, by name or label selector, and in the background what belongs to them."
    let parameters = ToolParameters([
        .resourceType,
        .optional("name", kind: .string(.text(maximum: 4096)), description: "One or several: web-1,web-2"),
        .namespace,
        .optional(
            "label_selector", kind: .string(.labelSelector), description: "In place of name: at most 20 objects"),
        .optional(
            "grace_period_seconds", kind: .integer(0...86_400),
            description: "How long pods get to end; by default as they say themselves; 0 kills at once", obvious: true),
        .optional(
            "propagation", kind: .choice(["background", "foreground", "orphan"]), default: "background",
            description: "Whether what belongs to it is deleted after it, before it, or stays", obvious: true),
    ])

    /// A person has to read all of them.
    static let maximum = 20

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let targets = try await targets(arguments, in: context)
        let kept = targets.filter(\.object.isBeingDeleted)
        let deleted = targets.filter { !$0.object.isBeingDeleted }
        guard !deleted.isEmpty else { return .output(Self.nothing(kept, selector: arguments.string("label_selector"))) }
        let propagation: [String: DeleteOptions.Propagation] = ["foreground": .foreground, "orphan": .orphan]
        let options = WriteProposal.Deletion(
            propagation: propagation[arguments.string("propagation") ?? ""] ?? .background,
            gracePeriodSeconds: arguments.integer("grace_period_seconds"))
        let proposals = deleted.map { WriteProposal.deletion(of: $0, title: "Delete \($0.text)", options: options) }
        guard proposals.count > 1 || !kept.isEmpty else { return .proposal(proposals[0]) }
        let names = deleted.map(\.object.name).joined(separator: ", ")
        let place = deleted[0].namespace.map { " in \($0)" } ?? ""
        var warnings = Self.warnings(zip(deleted, proposals).map { ($0.object.name, $1.warnings) })
        if !kept.isEmpty {
            warnings.append("being deleted already: \(kept.map(\.object.name).joined(separator: ", "))")
        }
        let kind = deleted[0].resource
        return .proposal(
            WriteProposal(
                summary:
                    "Delete \(deleted.count) \(deleted.count == 1 ? kind.singular : kind.plural)\(place): \(names)",
                writes: proposals.flatMap(\.writes), risk: proposals.map(\.risk).max() ?? .high, warnings: warnings,
                postConditions: proposals.flatMap(\.postConditions)))
    }

    /// Each once, with the names of those that it is about: a status has no room for the same of all of them.
    private static func warnings(_ objects: [(name: String, warnings: [String])]) -> [String] {
        var texts: [String] = []
        for text in objects.flatMap(\.warnings) where !texts.contains(text) { texts.append(text) }
        return texts.map { text in
            "\(objects.filter { $0.warnings.contains(text) }.map(\.name).joined(separator: ", ")): \(text)"
        }
    }

    private static func nothing(_ kept: [LiveTarget], selector: String?) -> String {
        guard !kept.isEmpty else {
            return "Nothing to do: no object fits the label selector \(selector ?? "")."
        }
        let texts = kept.map { target in
            let finalizers = target.object.finalizers
            let waits = finalizers.isEmpty ? "" : "; it waits for \(finalizers.joined(separator: ", "))"
            return "\(target.text) is being deleted already\(waits)"
        }
        return "Nothing to do: \(texts.joined(separator: "\n"))."
    }

    /// The objects that are named, or that a selector fits now: others that fit it later stay.
    private func targets(_ arguments: ToolArguments, in context: ToolContext) async throws -> [LiveTarget] {
        let names = arguments.list("name")
        let selector = arguments.string("label_selector")
        guard names.isEmpty != (selector == nil) else {
            throw ToolFailure("name, label_selector: give one of them")
        }
        guard Set(names).count == names.count else { throw ToolFailure("name: each name once") }
        guard names.count <= Self.maximum else { throw Self.tooMany("name: \(names.count) names") }
        let match = try await context.match(try arguments.requiredString("kind"))
        let namespace = try context.namespace(of: match.resource, arguments)
        var objects: [KubeObject] = []
        for name in names {
            try Names.check(name, of: match.resource)
            objects.append(try await context.object(match, namespace: namespace, name: name))
        }
        if let selector {
            let options = ListOptions(labelSelector: try LabelSelector(parsing: selector), limit: Self.maximum + 1)
            objects = try await context.api.list(match.resource, namespace: namespace, options: options).items
            guard objects.count <= Self.maximum else {
                throw Self.tooMany("label_selector: it fits more than \(Self.maximum) objects")
            }
            // An item of a list doesn't say what it is.
            objects = objects.map { object in
                var object = object
                object.json["kind"] = .string(match.resource.kind)
                object.json["apiVersion"] = .string(match.resource.apiVersion)
                return object
            }.sorted { $0.name < $1.name }
        }
        return objects.map { LiveTarget(resource: match.resource, namespace: namespace, object: $0) }
    }

    private static func tooMany(_ what: String) -> ToolFailure {
        ToolFailure(
            "\(what); at most \(maximum) objects can be approved at once: delete them in parts, or what owns them")
    }
}
