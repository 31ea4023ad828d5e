import KubeModel

/// The names that Go has for a member of a built-in kind, for the texts of its decoders.
package struct GoField: Sendable, Hashable {
    /// The type that has the member: `DeploymentSpec`.
    package var structName: String
    /// The path from the root, without positions and keys: `spec.template.spec.containers.name`.
    package var path: String
    /// The Go type of the member: `int32`, `[]v1.Container`, `map[string]string`.
    package var type: String

    /// Finds the member at a path as errors of validation write it, `spec.containers[0].name`; nil for a place that no
    /// schema knows, or one whose type reads itself (quantities, times).
    package init?(_ kind: GroupVersionKind, path: String) {
        guard let root = BuiltInSchemas.definitions.first(where: { BuiltInSchemas.kinds(of: $0.value).contains(kind) })
        else { return nil }
        var place = Place(schema: root.value, definition: root.key)
        for step in path.split(separator: ".").flatMap(Self.steps) {
            guard place.enter(String(step)) else { return nil }
        }
        guard let type = place.type, let name = place.owner?.split(separator: ".").last else { return nil }
        (structName, self.path, self.type) = (String(name), place.members.joined(separator: "."), type)
    }

    /// `containers[0]` is two steps.
    private static func steps(_ part: Substring) -> [Substring] {
        part.split { $0 == "[" || $0 == "]" }
    }

    private struct Place {
        var schema: JSONValue
        /// The name of `schema`, where it has one.
        var definition: String?
        var owner: String?
        var members: [String] = []

        private static let prefix = "#/components/schemas/"

        init(schema: JSONValue, definition: String?) {
            self.schema = schema
            self.definition = definition
            guard let name = (schema["$ref"] ?? schema["allOf"]?.array?.first?["$ref"])?.string,
                let found = BuiltInSchemas.definitions[String(name.dropFirst(Self.prefix.count))]
            else { return }
            self.schema = found
            self.definition = String(name.dropFirst(Self.prefix.count))
        }

        mutating func enter(_ step: String) -> Bool {
            if let items = schema["items"] {
                go(to: items)
            } else if let member = schema["properties", step] {
                owner = definition
                members.append(step)
                go(to: member)
            } else if let value = schema["additionalProperties"], value.object != nil {
                go(to: value)
            } else {
                return false
            }
            return true
        }

        private mutating func go(to next: JSONValue) {
            let place = Place(schema: next, definition: nil)
            (schema, definition) = (place.schema, place.definition)
        }

        var type: String? {
            switch schema["type"]?.string {
            case "string":
                if let definition, schema["properties"] == nil { return Self.qualified(definition) }
                return schema["format"]?.string == "byte" ? "[]uint8" : "string"
            case "integer": return schema["format"]?.string ?? "int"
            case "number": return "float64"
            case "boolean": return "bool"
            case "array":
                return schema["items"].flatMap { Place(schema: $0, definition: nil).type }.map { "[]" + $0 }
            case "object":
                if let definition { return Self.qualified(definition) }
                return schema["additionalProperties"].flatMap { Place(schema: $0, definition: nil).type }
                    .map { "map[string]" + $0 }
            default: return nil
            }
        }

        private static func qualified(_ definition: String) -> String {
            definition.split(separator: ".").suffix(2).joined(separator: ".")
        }
    }
}
