import KubeClient
import KubeModel
import ToolKit
import Writes

struct ExplainTool: KubernetesTool {
    let name = "k8s_explain"
    let onlyReads = true
    let title = "Explain Kubernetes Resource Fields"
    let requests: [ToolRequest]? = []
    let description = "Show the fields of a kind or of one of its fields from the cluster's schema, as kubectl explain."
    let parameters = ToolParameters([
        .required(
            "kind", aliases: ["resource_type"], kind: .string(.text(maximum: 512)),
            description: "pods, or with a field: deploy.spec.strategy"),
        .optional(
            "field_path", kind: .string(.text(maximum: 512)), description: "spec.template.spec.containers",
            obvious: true),
        .optional(
            "recursive", kind: .boolean, default: false, description: "All fields below, without descriptions",
            obvious: true),
        .optional(
            "api_version", kind: .string(.text(maximum: 253)), description: "Where there are several: apps/v1",
            obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let place = try await ExplainedPlace(arguments, in: context)
        let document = try await Self.document(place.kind.groupVersion, in: context)
        guard let root = SchemaView(kind: place.kind, in: document) else {
            throw ToolFailure("the API server has no schema of \(place.kind.kind) in \(place.kind.apiVersion)")
        }
        var view = root
        var walked = place.kind.kind
        for name in place.path {
            guard let next = view.member(name) else {
                let fields = view.fields.map(\.name)
                let known =
                    fields.isEmpty
                    ? "it has no fields"
                    : "its fields are \(OutputLimit.shorten(fields.joined(separator: ", "), to: 1024))"
                throw ToolFailure(
                    "field_path: \(walked) has no field \"\(ToolParameters.excerpt(name))\""
                        + "\(NearNames.hint(name, among: fields)); \(known)")
            }
            view = next
            walked += ".\(name)"
        }
        let text = ExplainText(place.kind, field: place.path.last, view: view, limit: context.outputLimit)
            .text(isRecursive: arguments.bool("recursive"))
        return .output(
            OutputLimit.cutMiddle(
                text, to: context.outputLimit, rest: "ask with field_path for a field further in to see the rest"))
    }

    private static func document(_ version: GroupVersion, in context: ToolContext) async throws -> JSONValue {
        do {
            return try await context.api.call(KubeRequest(.get, path: "/openapi/v3" + version.path))
        } catch let status as APIStatus where status.code == 404 {
            throw ToolFailure("the API server has no schema of \(version) (OpenAPI v3)")
        }
    }
}

/// Which type is meant, and which of its fields.
private struct ExplainedPlace {
    var kind: GroupVersionKind
    var path: [String]

    init(_ arguments: ToolArguments, in context: ToolContext) async throws {
        let text = try arguments.requiredString("kind").trimmingBlanks
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, Names.isResourceType(first), parts.allSatisfy(Self.isField) else {
            throw ToolFailure(
                "kind: \"\(ToolParameters.excerpt(text))\" is no resource type or TYPE.FIELD.FIELD")
        }
        let match = try await Self.match(first, in: context)
        let candidates = [match.resource] + match.others
        // `deployments.apps.spec`: what follows the type may name its group, or its version and group, before fields.
        let (chosen, length) = Self.choose(from: candidates, parts: Array(parts.dropFirst()))
        let fields = try Self.fields(arguments.string("field_path"))
        path = parts.dropFirst(1 + length) + fields
        kind = chosen.groupVersionKind
        guard let wanted = arguments.string("api_version")?.trimmingBlanks else { return }
        guard let version = GroupVersion(apiVersion: wanted) else {
            throw ToolFailure("api_version: \"\(ToolParameters.excerpt(wanted))\" is not like v1 or apps/v1")
        }
        let other = candidates.first { $0.group == version.group }
        guard let other else {
            let groups = candidates.map(\.apiVersion).joined(separator: ", ")
            throw ToolFailure("api_version: \(version) has no \(chosen.plural); there is \(groups)")
        }
        kind = GroupVersionKind(group: version.group, version: version.version, kind: other.kind)
    }

    private static func match(_ name: String, in context: ToolContext) async throws -> ResourceMatch {
        do {
            return try await context.mapper.match(name)
        } catch let status as APIStatus where status.isNotFound {
            let known = try await context.mapper.allResources()
            let names = known.flatMap { [$0.plural, $0.singular] + $0.shortNames }
            throw ToolFailure("kind: \(status.message)\(NearNames.hint(name, among: names))")
        }
    }

    /// The resource, and how many of the parts name its group.
    private static func choose(from candidates: [APIResource], parts: [String]) -> (APIResource, length: Int) {
        for length in stride(from: parts.count, to: 0, by: -1) {
            let text = parts.prefix(length).joined(separator: ".").lowercased()
            let found = candidates.first {
                !$0.group.isEmpty && ($0.group == text || "\($0.version).\($0.group)" == text)
            }
            if let found { return (found, length) }
        }
        return (candidates[0], 0)
    }

    private static func fields(_ path: String?) throws(ToolFailure) -> [String] {
        guard let path = path?.trimmingBlanks else { return [] }
        var parts = path.split(separator: ".", omittingEmptySubsequences: false).map { part in
            // `containers[0]`, `containers[*]`: an element has the fields of its list.
            String(part.prefix { $0 != "[" })
        }
        if parts.first?.isEmpty == true { parts.removeFirst() }
        guard parts.allSatisfy(isField) else {
            throw ToolFailure("field_path: \"\(ToolParameters.excerpt(path))\" is no path like spec.template.spec")
        }
        return parts
    }

    private static func isField(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { Names.isAlphanumeric($0) || "-_$".utf8.contains($0) }
    }
}
