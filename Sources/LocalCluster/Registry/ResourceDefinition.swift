import KubeModel
import KubeSchema

/// A served resource: its description, its schema, and what is special about its kind.
struct ResourceDefinition: Sendable {
    var api: APIResource
    var schema: StructuralSchema?
    var strategy: any ResourceStrategy = PlainStrategy()
    var columns: [TableColumn] = TableColumn.standard
    var fields = FieldPaths()
    var scale: ScalePaths?
    /// Not stored: answered by a handler of its own (reviews).
    var isVirtual = false
    /// The definition behind a custom resource.
    var custom: CustomResource?

    struct CustomResource: Sendable {
        var definitionName: String
        var listKind: String
        var hasStatus: Bool
        var json: JSONValue
        /// Of the version: printer columns, schema.
        var version: JSONValue
    }

    /// Where `/scale` finds its numbers.
    struct ScalePaths: Sendable, Hashable {
        var specReplicas: [String]
        var statusReplicas: [String]
        /// Of a text with a selector; nil where the kind has a `spec.selector` of the structured form.
        var selector: [String]?
    }

    var id: ResourceID { ResourceID(api) }
    var isCustom: Bool { custom != nil }
    var listKind: String { custom?.listKind ?? api.kind + "List" }
    var hasStatus: Bool { api.subresources.contains("status") }

    func key(_ namespace: String?, _ name: String) -> ObjectKey {
        ObjectKey(namespace: api.namespaced ? namespace : nil, name: name)
    }
}
