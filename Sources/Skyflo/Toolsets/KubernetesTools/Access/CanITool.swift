import KubeClient
import KubeModel
import ToolKit
import Writes

struct CanITool: KubernetesTool {
    let name = "k8s_auth_can_i"
    let onlyReads = true
    let title = "Check Kubernetes Permissions"
    let requests: [ToolRequest]? = [
        .create("selfsubjectaccessreviews.authorization.k8s.io", "selfsubjectrulesreviews.authorization.k8s.io"),
        .read("namespaces"),
    ]
    let description = "Say whether the conversation's ServiceAccount may do something, as kubectl auth can-i."
    let parameters = ToolParameters([
        .optional(
            "verb", kind: .string(.text(maximum: 63)),
            description: "get, list, watch, create, update, patch, delete, …, or *", obvious: true),
        .optional(
            "kind", aliases: ["resource_type"], kind: .string(.text(maximum: 253)),
            description: "pods, pods/log, *, KIND/NAME, or a path like /healthz"),
        .optional("name", kind: .string(.objectName), description: "Name of one object; by default any", obvious: true),
        .namespace, .allNamespaces,
        .optional("subresource", kind: .string(.label), description: "log, exec, scale, status, …", obvious: true),
        .optional("list", kind: .boolean, default: false, description: "All that it may do in the namespace"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let isEverywhere = arguments.bool("all_namespaces")
        if isEverywhere, arguments.string("namespace") != nil {
            throw ToolFailure("namespace and all_namespaces exclude each other")
        }
        if arguments.bool("list") {
            if isEverywhere { throw ToolFailure("list is for one namespace: leave out all_namespaces") }
            if let other = ["verb", "kind", "name", "subresource"].first(where: { arguments.string($0) != nil }
            ) {
                throw ToolFailure("list shows all rights: leave out \(other)")
            }
            let namespace = arguments.string("namespace") ?? context.namespace
            return .output(try await AccessRules(namespace: namespace, in: context).text(limit: context.outputLimit))
        }
        let question = try await AccessQuestion(arguments, in: context)
        return .output(context.redactor.redact(text: try await question.answer(context)))
    }
}

/// One question for the authorizer.
private struct AccessQuestion {
    private var spec: JSONValue
    /// `get pods "web" in namespace shop`
    private var what: String
    private var notes: [String] = []

    init(_ arguments: ToolArguments, in context: ToolContext) async throws {
        guard let verb = arguments.string("verb")?.trimmingBlanks.lowercased(),
            let type = arguments.string("kind")?.trimmingBlanks
        else {
            throw ToolFailure("verb and kind are required, or list: true for all rights")
        }
        guard verb == "*" || verb.utf8.allSatisfy({ Names.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else {
            throw ToolFailure("verb: \"\(ToolParameters.excerpt(verb))\" is no verb like get, list, create or patch")
        }
        if type.hasPrefix("/") {
            if let other = ["name", "subresource", "namespace"].first(where: { arguments.string($0) != nil }) {
                throw ToolFailure("kind is a path: leave out \(other)")
            }
            spec = ["nonResourceAttributes": ["path": .string(type), "verb": .string(verb)]]
            what = "\(verb) \(type)"
            return
        }
        let target = try await AccessTarget(type, of: arguments, in: context)
        let everywhere = arguments.bool("all_namespaces") || !target.isNamespaced
        let namespace = everywhere ? nil : arguments.string("namespace") ?? context.namespace
        spec = ["resourceAttributes": target.attributes(verb: verb, namespace: namespace)]
        what = "\(verb) \(target.text) \(namespace.map { "in namespace \($0)" } ?? "cluster-wide")"
        notes = target.notes
        if !target.isNamespaced, let given = arguments.string("namespace") {
            notes.append("\(target.text) is in no namespace; \"\(given)\" was ignored")
        }
        if let problem = target.problem(with: verb) { notes.append(problem) }
    }

    func answer(_ context: ToolContext) async throws -> String {
        let answer = try await context.api.call(AccessRules.review("SelfSubjectAccessReview", spec: spec))
        let status = answer["status"]
        let isAllowed = status?["allowed"]?.bool == true && status?["denied"]?.bool != true
        let reason = status?["reason"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var lines = [
            "\(isAllowed ? "yes" : "no"): \(context.api.identity.user) \(isAllowed ? "may" : "may not") \(what)"
        ]
        if let reason = reason ?? (isAllowed ? nil : "no rule allows it") { lines[0] += " (\(reason))" }
        if let error = status?["evaluationError"]?.string, !error.isEmpty { lines.append("evaluation error: \(error)") }
        return (lines + notes.map { "(\($0).)" }).joined(separator: "\n")
    }
}

/// What a question is about, in the terms of RBAC.
private struct AccessTarget {
    private var group: String
    private var plural: String
    private var subresource: String?
    private var name: String?
    private var resource: APIResource?
    private(set) var notes: [String] = []

    var isNamespaced: Bool { resource?.namespaced ?? true }

    init(_ type: String, of arguments: ToolArguments, in context: ToolContext) async throws {
        let parts = type.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts[0] == "*" || Names.isResourceType(parts[0]),
            parts.count == 1 || Names.isPathSafe(parts[1]) || parts[1] == "*"
        else {
            throw ToolFailure(
                "kind: \"\(ToolParameters.excerpt(type))\" is neither TYPE, TYPE/NAME nor a path")
        }
        subresource = arguments.string("subresource")
        name = arguments.string("name")
        (group, plural) = parts[0] == "*" ? ("*", "*") : ("", parts[0].lowercased())
        if parts[0] != "*" { try await resolve(parts[0], in: context) }
        guard parts.count == 2 else { return }
        // `pods/log` is how RBAC writes a subresource, `pods/web` how kubectl writes an object.
        if resource?.subresources.contains(parts[1]) == true || Self.subresources.contains(parts[1]) || plural == "*" {
            guard subresource == nil || subresource == parts[1] else {
                throw ToolFailure("kind names the subresource \(parts[1]) already: leave out subresource")
            }
            subresource = parts[1]
        } else {
            guard name == nil || name == parts[1] else {
                throw ToolFailure("kind names an object already: leave out name")
            }
            name = parts[1]
        }
    }

    private static let subresources: Set<String> = [
        "approval", "attach", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize",
        "scale",
        "status", "token",
    ]

    /// Rights may be about what no server lists: the review is made of the name as it is, and it is said.
    private mutating func resolve(_ type: String, in context: ToolContext) async throws {
        do {
            let match = try await context.mapper.match(type)
            (group, plural, resource) = (match.resource.group, match.resource.plural, match.resource)
            let others = Absence.others(match).map(\.qualifiedName)
            if !match.isQualified, !others.isEmpty {
                notes.append(
                    "meant is \(match.resource.qualifiedName); there is also \(others.joined(separator: ", "))")
            }
        } catch let status as APIStatus where status.isNotFound {
            let known = try await context.mapper.allResources()
            let names = known.flatMap { [$0.plural, $0.singular] + $0.shortNames }
            notes.append("the server doesn't have a resource type \"\(type)\"\(NearNames.hint(type, among: names))")
            let parts = type.lowercased().split(separator: ".", maxSplits: 1).map(String.init)
            (plural, group) = (parts[0], parts.count == 2 ? parts[1] : "")
        }
    }

    /// `pods/log (group apps) "web"`
    var text: String {
        var text = plural + (subresource.map { "/\($0)" } ?? "")
        if !group.isEmpty, group != "*" { text += ".\(group)" }
        return text + (name.map { " \"\($0)\"" } ?? "")
    }

    func attributes(verb: String, namespace: String?) -> JSONValue {
        .compact([
            "verb": .string(verb), "group": .string(group), "resource": .string(plural),
            "version": resource.map { .string($0.version) },
            "subresource": subresource.map(JSONValue.string), "name": name.map(JSONValue.string),
            "namespace": namespace.map(JSONValue.string),
        ])
    }

    /// That the server doesn't offer the verb, so that a yes is of no use.
    func problem(with verb: String) -> String? {
        guard let resource, subresource == nil, !resource.verbs.isEmpty, !resource.verbs.contains(verb),
            ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"].contains(verb)
        else { return nil }
        return "the API server doesn't offer \(verb) for \(resource.qualifiedName), only "
            + resource.verbs.joined(separator: ", ")
    }
}
