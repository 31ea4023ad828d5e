import KubeClient
import KubeModel
import ToolKit
import Writes

/// What a call asks for, checked as far as that needs no server.
struct GetSelection: Sendable {
    var items: [ResourceArgument.Item]
    var namespace: String?
    var allNamespaces: Bool
    var labels: String?
    var fields: String?
    private let givenNamespace: String?

    init(_ arguments: ToolArguments, in context: ToolContext) throws(ToolFailure) {
        allNamespaces = arguments.bool("all_namespaces")
        givenNamespace = arguments.string("namespace")
        labels = arguments.string("label_selector")
        fields = arguments.string("field_selector")
        items = try ResourceArgument(parsing: try arguments.requiredString("kind")).items
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
            throw ToolFailure("kind names an object already: leave out name (\"\(name)\")")
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
                queries.append(try GetQuery(try await context.match(item.type), name: item.name, selection: self))
            } else {
                category = item.type
                let listable = members.filter { $0.verbs.isEmpty || $0.verbs.contains("list") }
                queries += try listable.map { member throws(ToolFailure) in
                    try GetQuery(ResourceMatch(member), name: nil, selection: self)
                }
            }
        }
        return (queries, category)
    }
}

enum GetFormat: Sendable, Hashable {
    case standard, wide, yaml, json, name
    /// These fields, and no others.
    case columns(CustomColumns)

    init(_ arguments: ToolArguments) throws(ToolFailure) {
        let output = arguments.string("output")
        if let text = arguments.string("columns") {
            guard output == nil || output == "wide" else {
                throw ToolFailure(
                    "columns and output \(output ?? "") exclude each other: columns are a table of their own")
            }
            self = .columns(try CustomColumns(parsing: text))
            return
        }
        switch output {
        case "wide": self = .wide
        case "yaml": self = .yaml
        case "json": self = .json
        case "name": self = .name
        default: self = .standard
        }
    }

    /// Whether whole objects are asked for.
    var isObjects: Bool { self == .yaml || self == .json }
    var columns: CustomColumns? { if case .columns(let columns) = self { columns } else { nil } }

    /// Objects in one answer of the server. Whole ones are longer than rows.
    var pageSize: Int { columns == nil ? GetQuery.limit : 100 }
}
