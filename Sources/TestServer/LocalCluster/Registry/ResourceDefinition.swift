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
    /// Where objects are stored in another version than this one; nil where they are stored as they come.
    var storedForm: StoredForm?

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

    /// What the store and its errors name.
    var storedAPI: APIResource { storedForm?.api ?? api }
    var id: ResourceID { ResourceID(storedAPI) }
    var isCustom: Bool { custom != nil }
    var listKind: String { custom?.listKind ?? api.kind + "List" }
    var hasStatus: Bool { api.subresources.contains("status") }

    /// A stored object in this version.
    func shown(_ object: KubeObject) -> KubeObject {
        guard object.apiVersion != api.apiVersion else { return object }
        var object = object
        storedForm?.show(&object.json)
        object.json["apiVersion"] = .string(api.apiVersion)
        return object
    }

    /// An object of this version as it is stored.
    func stored(_ object: KubeObject) -> KubeObject {
        guard let storedForm, object.apiVersion != storedForm.api.apiVersion else { return object }
        var object = object
        storedForm.store(&object.json)
        object.json["apiVersion"] = .string(storedForm.api.apiVersion)
        return object
    }

    func key(_ namespace: String?, name: String) -> ObjectKey {
        ObjectKey(namespace: api.namespaced ? namespace : nil, name: name)
    }
}
