import KubeModel

extension OpenAPIDocument {
    struct Builder {
        private let groupVersion: GroupVersion
        private let title: String
        private let version: String
        private var paths = JSONObject()
        private var schemas = JSONObject()

        init(_ groupVersion: GroupVersion, title: String, version: String) {
            self.groupVersion = groupVersion
            self.title = title
            self.version = version
        }

        var json: JSONValue {
            [
                "openapi": "3.0.0", "info": ["title": .string(title), "version": .string(version)],
                "paths": .object(paths), "components": ["schemas": .object(schemas.sorted())],
            ]
        }

        /// A built-in kind, whose definition exists.
        mutating func add(_ resource: APIResource, definition: String) {
            include(definition)
            let list = definition + "List"
            include(list)
            if schemas[list] == nil {
                schemas[list] = Self.list(resource, name: definition)
                include(Self.listMeta)
            }
            addPaths(resource, name: definition)
        }

        /// A custom resource.
        mutating func add(_ resource: APIResource, schema: JSONValue) {
            let name = OpenAPIDocument.definitionName(resource.groupVersionKind)
            var schema = schema
            schema["properties", "apiVersion"] = Self.described(Self.apiVersionText)
            schema["properties", "kind"] = Self.described(Self.kindText)
            schema["properties", "metadata"] = [
                "description": .string("Standard object's metadata. \(Self.moreInfo)#metadata"),
                "allOf": [Self.reference(BuiltInSchemas.objectMetaName)],
            ]
            schema["x-kubernetes-group-version-kind"] = [Self.kind(resource.groupVersionKind)]
            schemas[name] = schema
            schemas[name + "List"] = Self.list(resource, name: name)
            include(BuiltInSchemas.objectMetaName)
            include(Self.listMeta)
            addPaths(resource, name: name)
        }

        private static let listMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"
        private static let moreInfo =
            "More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
        private static let apiVersionText =
            "APIVersion defines the versioned schema of this representation of an object. Servers should convert "
            + "recognized schemas to the latest internal value, and may reject unrecognized values. \(moreInfo)#resources"
        private static let kindText =
            "Kind is a string value representing the REST resource this object represents. Servers may infer this "
            + "from the endpoint the client submits requests to. Cannot be updated. In CamelCase. \(moreInfo)#types-kinds"

        private static func described(_ text: String) -> JSONValue { ["description": .string(text), "type": "string"] }

        private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

        private static func kind(_ kind: GroupVersionKind) -> JSONValue {
            ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
        }

        private static func list(_ resource: APIResource, name: String) -> JSONValue {
            let kind = GroupVersionKind(
                group: resource.group, version: resource.version, kind: "\(resource.kind)List")
            return [
                "description": .string("\(resource.kind)List is a list of \(resource.kind)"), "type": "object",
                "required": ["items"],
                "properties": [
                    "apiVersion": described(apiVersionText),
                    "items": [
                        "description": .string("List of \(resource.plural). \(moreInfo)"), "type": "array",
                        "items": reference(name),
                    ],
                    "kind": described(kindText),
                    "metadata": [
                        "description": .string("Standard list metadata. \(moreInfo)#types-kinds"),
                        "allOf": [reference(listMeta)],
                    ],
                ],
                "x-kubernetes-group-version-kind": [Self.kind(kind)],
            ]
        }

        /// A definition and all that it refers to.
        private mutating func include(_ name: String) {
            guard schemas[name] == nil, let schema = BuiltInSchemas.definitions[name] else { return }
            schemas[name] = schema
            for target in Self.references(in: schema) { include(target) }
        }

        private static func references(in value: JSONValue) -> [String] {
            switch value {
            case .array(let elements): elements.flatMap { references(in: $0) }
            case .object(let members):
                members.flatMap { name, member in
                    if name == "$ref", let target = member.string?.split(separator: "/").last {
                        return [String(target)]
                    }
                    return references(in: member)
                }
            default: []
            }
        }

        // MARK: Paths

        private mutating func addPaths(_ resource: APIResource, name: String) {
            let base = groupVersion.path + (resource.namespaced ? "/namespaces/{namespace}" : "")
            let collection = "\(base)/\(resource.plural)"
            paths[collection] = [
                "get": operation("list", resource: resource, definition: name + "List"),
                "post": operation("post", resource: resource, definition: name, parameters: Self.writeParameters),
            ]
            if resource.namespaced {
                paths["\(groupVersion.path)/\(resource.plural)"] = [
                    "get": operation("list", resource: resource, definition: name + "List")
                ]
            }
            paths["\(collection)/{name}"] = [
                "get": operation("get", resource: resource, definition: name),
                "put": operation("put", resource: resource, definition: name, parameters: Self.writeParameters),
                "delete": operation("delete", resource: resource, definition: name),
                "patch": operation(
                    "patch", resource: resource, definition: name, parameters: Self.writeParameters + [Self.force]),
            ]
        }

        private static func parameter(_ name: String, description: String, type: String = "string") -> JSONValue {
            [
                "name": .string(name), "in": "query", "description": .string(description),
                "schema": ["type": .string(type), "uniqueItems": true],
            ]
        }

        private static let writeParameters = [
            parameter("dryRun", description: "When present, indicates that modifications should not be persisted."),
            parameter("fieldManager", description: "The name of the actor that makes these changes."),
            // Where this one stands on the patch of a kind, kubectl leaves validation to the server (KEP-2885).
            parameter(
                "fieldValidation", description: "What to do with unknown or duplicate fields: Ignore, Warn or Strict."),
        ]
        private static let force = parameter(
            "force", description: "Force is going to \"force\" Apply requests.", type: "boolean")

        private func operation(
            _ action: String, resource: APIResource, definition: String, parameters: [JSONValue] = []
        ) -> JSONValue {
            .compact([
                "parameters": parameters.isEmpty ? nil : .array(parameters),
                "responses": [
                    "200": [
                        "description": "OK",
                        "content": ["application/json": ["schema": Self.reference(definition)]],
                    ]
                ],
                "x-kubernetes-action": .string(action),
                "x-kubernetes-group-version-kind": Self.kind(resource.groupVersionKind),
            ])
        }
    }
}
