import KubeClient
import KubeModel

/// Lists objects as `kubectl get` does, in the columns that the server makes.
struct GetTool: KubernetesTool {
    let name = "k8s_get"
    let onlyReads = true
    let title = "Get Kubernetes Resources"
    let description = """
        List objects of one or several resource types, or get some by name. Without output: the columns of kubectl get. \
        Use a label or field selector to narrow a list. Values of Secrets are never shown.
        """
    let parameters = ToolParameters([
        .resourceTypes,
        .optional("name", .string(.objectName), "Name of one object; without it, all are listed"),
        .namespace,
        .optional("all_namespaces", .boolean, default: false, "List over all namespaces"),
        .optional("output", .choice(["wide", "yaml", "json", "name"]), "Format; by default columns"),
        .optional("label_selector", .string(.labelSelector), "For lists: app=web,tier in (a,b),!canary"),
        .optional(
            "field_selector", .string(.fieldSelector),
            "For lists, by fields that the server knows for the type: status.phase!=Running, spec.nodeName=n1, type=Warning"
        ),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let selection = try GetSelection(arguments, context)
        let (queries, category) = try await selection.queries(context)
        let format = GetFormat(rawValue: arguments.string("output") ?? "") ?? .columns
        if queries.count == 1, category == nil {
            let answer = try await GetAnswer(queries[0], format, context)
            return .output(answer.text(format, limit: context.outputLimit))
        }
        let answers = try await GetAnswers(queries, format, category: category, context)
        return .output(try answers.text(format, category: category, limit: context.outputLimit))
    }
}

enum GetFormat: String, Sendable {
    case columns = ""
    case wide, yaml, json, name

    /// Whether whole objects are asked for.
    var isObjects: Bool { self == .yaml || self == .json }
}

/// What a call asks for, checked as far as that needs no server.
struct GetSelection: Sendable {
    var items: [ResourceArgument.Item]
    var namespace: String?
    var allNamespaces: Bool
    var labels: String?
    var fields: String?
    private let givenNamespace: String?

    init(_ arguments: ToolArguments, _ context: ToolContext) throws(ToolFailure) {
        allNamespaces = arguments.bool("all_namespaces")
        givenNamespace = arguments.string("namespace")
        labels = arguments.string("label_selector")
        fields = arguments.string("field_selector")
        items = try ResourceArgument(parsing: try arguments.requiredString("resource_type")).items
        if let name = arguments.string("name") { try give(name) }
        if allNamespaces, givenNamespace != nil {
            throw ToolFailure("namespace and all_namespaces exclude each other")
        }
        if items.contains(where: { $0.name != nil }) {
            if allNamespaces { throw ToolFailure("name and all_namespaces exclude each other") }
            if labels != nil { throw ToolFailure("name and label_selector exclude each other") }
            if fields != nil { throw ToolFailure("name and field_selector exclude each other") }
        }
        namespace = allNamespaces ? nil : givenNamespace ?? context.namespace
    }

    private mutating func give(_ name: String) throws(ToolFailure) {
        guard items.allSatisfy({ $0.name == nil || $0.name == name }) else {
            throw ToolFailure("resource_type names an object already: leave out name (\"\(name)\")")
        }
        for at in items.indices { items[at].name = name }
    }

    /// One for each type or object, and the category where the type is the name of one.
    func queries(_ context: ToolContext) async throws -> ([GetQuery], category: String?) {
        var queries: [GetQuery] = []
        var category: String?
        for item in items {
            let members = item.name == nil ? try await context.mapper.resources(inCategory: item.type) : []
            if members.isEmpty {
                queries.append(try GetQuery(try await context.match(item.type), item.name, self))
            } else {
                category = item.type
                let listable = members.filter { $0.verbs.isEmpty || $0.verbs.contains("list") }
                queries += try listable.map { member throws(ToolFailure) in
                    try GetQuery(ResourceMatch(member), nil, self)
                }
            }
        }
        return (queries, category)
    }
}

/// One request for a list or an object.
struct GetQuery: Sendable {
    /// Objects that are listed at most.
    static let limit = 500

    var match: ResourceMatch
    var namespace: String?
    var name: String?
    var selection: GetSelection

    init(_ match: ResourceMatch, _ name: String?, _ selection: GetSelection) throws(ToolFailure) {
        self.match = match
        self.name = name
        self.selection = selection
        // Reading nodes "in" a namespace is harmless, and models often say so.
        namespace = match.resource.namespaced ? selection.namespace : nil
        if let name { try Names.check(name, of: match.resource) }
        guard name != nil || match.resource.verbs.isEmpty || match.resource.verbs.contains("list") else {
            throw ToolFailure("\(match.resource.qualifiedName) can't be listed: the API server doesn't offer it")
        }
    }

    var resource: APIResource { match.resource }
    var spansNamespaces: Bool { resource.namespaced && namespace == nil }

    func request(limit: Int = Self.limit, isNarrowed: Bool = true) -> KubeRequest {
        var query: [KubeRequest.QueryItem] = []
        if name == nil { query.append(.init("limit", String(limit))) }
        if isNarrowed, let labels = selection.labels { query.append(.init("labelSelector", labels)) }
        if isNarrowed, let fields = selection.fields { query.append(.init("fieldSelector", fields)) }
        return KubeRequest(.get, resource.path(namespace: namespace, name: name), query: query)
    }

    /// `app=web (label_selector), status.phase=Failed (field_selector)`; nil without any.
    var selectors: String? {
        let given = [
            selection.labels.map { "label_selector \($0)" }, selection.fields.map { "field_selector \($0)" },
        ].compactMap { $0 }
        return given.isEmpty ? nil : given.joined(separator: " and ")
    }
}
