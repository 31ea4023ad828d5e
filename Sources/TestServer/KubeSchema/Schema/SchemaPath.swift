/// The path of a field as error messages word it: `spec.parts[0].name`.
struct SchemaPath: Sendable, Hashable, CustomStringConvertible {
    private(set) var description = ""

    func field(_ name: String) -> SchemaPath {
        SchemaPath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func index(_ position: Int) -> SchemaPath { SchemaPath(description: "\(description)[\(position)]") }

    func key(_ name: String) -> SchemaPath { SchemaPath(description: "\(description)[\(name)]") }

    func appending(_ suffix: String) -> SchemaPath {
        if description.isEmpty {
            return SchemaPath(description: suffix.hasPrefix(".") ? String(suffix.dropFirst()) : suffix)
        }
        return SchemaPath(description: description + suffix)
    }

    init(description: String = "") { self.description = description }
}
