/// What is known of a value before evaluation.
indirect enum CELType: Sendable {
    /// Nothing.
    case dyn
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    case type
    case list(CELType)
    case map(CELType)
    /// An object of a schema: only its properties exist.
    case object(SchemaNode)
    /// An object of exactly these members.
    case record([String: CELType])
    case authorizer(CELAuthorizer.Kind)

    init(_ node: SchemaNode) {
        if node.shape.isScalarUnion {
            self = .dyn
            return
        }
        switch node.shape.type {
        case .boolean: self = .bool
        case .integer: self = .int
        case .number: self = .double
        case .string: self = Self.string(format: node.shape.format)
        case .array: self = .list(node.children.items.map { CELType($0) } ?? .dyn)
        case .object:
            if let values = node.additionalSchema {
                self = .map(CELType(values))
            } else {
                self = .object(node)
            }
        case nil: self = .dyn
        }
    }

    private static func string(format: String) -> CELType {
        switch format {
        case "date-time", "date": .timestamp
        case "duration": .duration
        case "byte": .bytes
        default: .string
        }
    }

    var name: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .type: "type"
        case .list(let element): "list(\(element.name))"
        case .map(let value): "map(string, \(value.name))"
        case .object, .record: "object"
        case .authorizer(let kind): kind.rawValue
        }
    }

    var isDyn: Bool { if case .dyn = self { true } else { false } }

    /// Whether a value of this type may be one of `other`.
    func fits(_ other: CELType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.list(let a), .list(let b)), (.map(let a), .map(let b)): a.fits(b)
        case (.object, .object), (.object, .map), (.map, .object): true
        // Null stands for any object and for wrapped scalars.
        case (.null, .object), (.object, .null): true
        default: name == other.name
        }
    }

    /// The type of a member; nil when there is none.
    func member(_ field: String) -> CELType? {
        switch self {
        case .dyn: return .dyn
        case .map(let value): return value
        case .record(let members): return members[field]
        case .authorizer(.authorizer) where field == "requestResource": return .authorizer(.resourceCheck)
        case .object(let node):
            // Such a property is written `__namespace__`.
            if CELEscape.keywords.contains(field) { return nil }
            if node.children.objectMeta != nil, let known = Self.ofWholeObject[field] { return known }
            if let child = node.declared(field) ?? node.declared(CELEscape.property(field)) { return CELType(child) }
            return node.shape.preservesUnknownFields ? .dyn : nil
        default: return nil
        }
    }

    private static let ofWholeObject: [String: CELType] = ["apiVersion": .string, "kind": .string, "metadata": .dyn]
}
