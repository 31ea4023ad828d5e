import KubeModel

/// A schema of an OpenAPI v3 document, with its references followed.
struct SchemaView: Sendable {
    struct Field: Sendable {
        var name: String
        var schema: SchemaView
        var isRequired: Bool
    }

    /// As it is written where it is used.
    private let written: JSONValue
    /// What it refers to, or itself.
    private let schema: JSONValue
    /// The last part of the reference's name: `PodSpec`.
    let typeName: String?
    private let schemas: JSONObject

    init(_ written: JSONValue, in schemas: JSONObject) {
        self.written = written
        self.schemas = schemas
        var (schema, name): (JSONValue, String?) = (written, nil)
        // A reference may stand in an allOf, beside a description or a default of its own.
        for _ in 0..<8 {
            let reference = schema["$ref"] ?? (schema["allOf"]?.array?.count == 1 ? schema["allOf"]?[0]?["$ref"] : nil)
            guard let path = reference?.string, let key = path.split(separator: "/").last.map(String.init),
                let next = schemas[key]
            else { break }
            (schema, name) = (next, key.split(separator: ".").last.map(String.init))
        }
        self.schema = schema
        typeName = name
    }

    /// The schema of a kind; nil where the document has none.
    init?(kind: GroupVersionKind, in document: JSONValue) {
        guard let schemas = document["components", "schemas"]?.object else { return nil }
        let found = schemas.first { entry in
            entry.value["x-kubernetes-group-version-kind"]?.array?.contains {
                $0["kind"]?.string == kind.kind && $0["group"]?.string ?? "" == kind.group
                    && $0["version"]?.string == kind.version
            } ?? false
        }
        guard let found else { return nil }
        self.init(found.value, in: schemas)
    }

    var description: String {
        let own = written["description"]?.string ?? ""
        let text = own.isEmpty ? schema["description"]?.string ?? "" : own
        if text.isEmpty, let element { return element.description }
        return text
    }

    /// Of a list or a map.
    private var element: SchemaView? {
        let inner = schema["items"] ?? schema["additionalProperties"]
        guard let inner, inner.object != nil else { return nil }
        return SchemaView(inner, in: schemas)
    }

    /// In alphabetical order; those of the elements where this is a list or a map of objects.
    var fields: [Field] {
        guard let properties = schema["properties"]?.object, !properties.isEmpty else { return element?.fields ?? [] }
        let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        return properties.map { entry in
            Field(
                name: entry.key, schema: SchemaView(entry.value, in: schemas), isRequired: required.contains(entry.key))
        }.sorted { $0.name < $1.name }
    }

    func member(_ name: String) -> SchemaView? { fields.first { $0.name == name }?.schema }

    var enumeration: [String] { schema["enum"]?.array?.map { $0.string ?? $0.description } ?? [] }

    /// `string`, `[]Container`, `map[string]string`, `IntOrString`, as kubectl names it.
    var type: String {
        if schema["x-kubernetes-int-or-string"]?.bool == true { return "IntOrString" }
        if schema["type"]?.string == "array" { return "[]\(element?.type ?? "Object")" }
        if schema["properties"] == nil, let element, schema["additionalProperties"] != nil {
            return "map[string]\(element.type)"
        }
        if let typeName { return typeName }
        let type = schema["type"]?.string ?? "Object"
        return type == "object" ? "Object" : type
    }

    /// Of references, so that a type which contains itself is shown once.
    var identity: String? { typeName ?? element?.identity }
}
