import KubeClient
import KubeModel
import ToolKit
import Writes

/// One request for a list or an object.
struct GetQuery: Sendable {
    /// Objects that are listed at most.
    static let limit = 500

    var match: ResourceMatch
    var namespace: String?
    var name: String?
    var selection: GetSelection

    init(_ match: ResourceMatch, name: String?, selection: GetSelection) throws(ToolFailure) {
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
        if name == nil { query.append(.init("limit", value: String(limit))) }
        if isNarrowed, let labels = selection.labels { query.append(.init("labelSelector", value: labels)) }
        if isNarrowed, let fields = selection.fields { query.append(.init("fieldSelector", value: fields)) }
        return KubeRequest(.get, path: resource.path(namespace: namespace, name: name), query: query)
    }

    /// `app=web (label_selector), status.phase=Failed (field_selector)`; nil without any.
    var selectors: String? {
        let given = [
            selection.labels.map { "label_selector \($0)" }, selection.fields.map { "field_selector \($0)" },
        ].compactMap { $0 }
        return given.isEmpty ? nil : given.joined(separator: " and ")
    }
}
