import KubeClient
import KubeModel

/// Lists objects as `kubectl get` does, in the columns that the server makes.
struct GetTool: KubernetesTool {
    /// Objects that are listed at most.
    static let limit = 500

    let name = "k8s_get"
    let onlyReads = true
    let title = "Get Kubernetes Resources"
    let description = """
        List objects of a resource type, or get one by name. Without output: the columns of kubectl get. Use a label \
        selector to narrow a list. Values of Secrets are never shown.
        """
    let parameters = ToolParameters([
        .resourceType,
        .optional("name", .string(.objectName), "Name of one object; without it, all are listed"),
        .namespace,
        .optional("all_namespaces", .boolean, default: false, "List over all namespaces"),
        .optional("output", .choice(["wide", "yaml", "json", "name"]), "Format; by default columns"),
        .optional("label_selector", .string(.labelSelector), "For lists: app=web,tier in (a,b),!canary"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let query = try await Query(arguments, context)
        switch arguments.string("output") {
        case "yaml", "json": return .output(try await objects(query, arguments.string("output") == "yaml", context))
        case let output: return .output(try await columns(query, output, context))
        }
    }

    /// What is asked for, checked.
    private struct Query {
        var resource: APIResource
        var namespace: String?
        var name: String?
        var request: KubeRequest

        init(_ arguments: ToolArguments, _ context: ToolContext) async throws {
            let all = arguments.bool("all_namespaces")
            name = arguments.string("name")
            if all, arguments.string("namespace") != nil {
                throw ToolFailure("namespace and all_namespaces exclude each other")
            }
            if all, name != nil { throw ToolFailure("name and all_namespaces exclude each other") }
            if name != nil, arguments.string("label_selector") != nil {
                throw ToolFailure("name and label_selector exclude each other")
            }
            resource = try await context.resource(arguments)
            if let name { try Names.check(name, of: resource) }
            // Reading nodes "in" a namespace is harmless, and models often say so.
            namespace = resource.namespaced && !all ? arguments.string("namespace") ?? context.namespace : nil
            var query: [KubeRequest.QueryItem] = []
            if name == nil { query.append(.init("limit", String(GetTool.limit))) }
            if let selector = arguments.string("label_selector") { query.append(.init("labelSelector", selector)) }
            request = KubeRequest(.get, resource.path(namespace: namespace, name: name), query: query)
        }

        var spansNamespaces: Bool { resource.namespaced && namespace == nil }

        var nothing: String {
            namespace.map { "No resources found in \($0) namespace." } ?? "No resources found."
        }
    }

    private func columns(_ query: Query, _ output: String?, _ context: ToolContext) async throws -> String {
        var request = query.request
        request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
        let table = Table(try await context.api.call(request), redactor: context.redactor)
        guard !table.rows.isEmpty else { return query.nothing }
        let more = moreNote(table.metadata)
        if output == "name" {
            let resource = query.resource
            let kind = resource.group.isEmpty ? resource.singular : "\(resource.singular).\(resource.group)"
            return (table.rows.map { "\(kind)/\($0.name)" } + more).joined(separator: "\n")
        }
        let lines = table.lines(wide: output == "wide", withNamespace: query.spansNamespaces)
        return (lines + more).joined(separator: "\n")
    }

    private func objects(_ query: Query, _ isYAML: Bool, _ context: ToolContext) async throws -> String {
        let answer = try await context.api.call(query.request)
        var json = answer
        if query.name == nil {
            let items = KubeList(answer).items.map { shown($0, context.redactor).json }
            if items.isEmpty { return query.nothing }
            json = ["apiVersion": "v1", "kind": "List", "items": .array(items)]
        } else {
            json = shown(KubeObject(answer), context.redactor).json
        }
        let text = isYAML ? YAML.format(json) : JSONWriter.string(json, .pretty) + "\n"
        return text + moreNote(answer["metadata"] ?? .null).joined()
    }

    private func shown(_ object: KubeObject, _ redactor: Redactor) -> KubeObject {
        var object = redactor.redact(object)
        object.json[path: ["metadata", "managedFields"]] = nil
        return object
    }

    private func moreNote(_ metadata: JSONValue) -> [String] {
        guard metadata["continue"]?.string?.isEmpty == false else { return [] }
        let rest = metadata["remainingItemCount"]?.int.map { "\($0) more" } ?? "more"
        return [
            "… there are \(rest) than the \(Self.limit) listed: narrow the list with a namespace or a label selector"
        ]
    }
}
