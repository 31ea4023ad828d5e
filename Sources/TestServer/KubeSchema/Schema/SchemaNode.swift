import KubeModel

/// One place of a compiled schema. A class, so that definitions that are used in many places are shared.
final class SchemaNode: Sendable {
    enum ValueType: String, Sendable {
        case object, array, string, integer, number, boolean
    }

    struct Shape: Sendable {
        var type: ValueType?
        var format = ""
        var isNullable = false
        /// `x-kubernetes-int-or-string`, or the built-in types IntOrString and Quantity.
        var isIntOrString = false
        /// A built-in quantity, which may also be a number with a fraction.
        var isQuantity = false
        var preservesUnknownFields = false
        /// A whole object inside an object: its apiVersion, kind and metadata stay.
        var isEmbeddedResource = false

        var isScalarUnion: Bool { isIntOrString || isQuantity }

        /// The types as messages list them.
        var typeNames: [String] {
            if isQuantity { return ["string", "number"] }
            return isIntOrString ? ["integer", "string"] : type.map { [$0.rawValue] } ?? []
        }
    }

    /// What KEP-555 and strategic merge patch need to know.
    struct Merging: Sendable {
        enum ListType: Sendable { case atomic, set, map }
        var listType: ListType = .atomic
        var mapKeys: [String] = []
        var isAtomicMap = false
        var patchStrategy: Set<String> = []
        var patchMergeKey: String?
    }

    enum Additional: Sendable {
        case none
        case any
        case schema(SchemaNode)
    }

    struct Junctors: Sendable {
        var allOf: [SchemaNode] = []
        var anyOf: [SchemaNode] = []
        var oneOf: [SchemaNode] = []
        var not: SchemaNode?
    }

    struct Children: Sendable {
        var properties: [String: SchemaNode] = [:]
        var required: [String] = []
        /// Members of a built-in kind that an API server takes for missing when they are zero.
        var losingZeroValues: Set<String> = []
        var additional: Additional = .none
        var items: SchemaNode?
        /// The type of `metadata` for pruning and merging, at the root and in embedded resources of custom resources,
        /// whose own schema says nothing but `type: object` there.
        var objectMeta: SchemaNode?
    }

    let shape: Shape
    let limits: ValueLimits
    let merging: Merging
    let children: Children
    let junctors: Junctors
    let defaultValue: JSONValue?
    let rules: [ValidationRule]
    /// Whether this node or one below it has rules.
    let hasRules: Bool

    init(
        shape: Shape, limits: ValueLimits = ValueLimits(), merging: Merging = Merging(),
        children: Children = Children(), junctors: Junctors = Junctors(), defaultValue: JSONValue? = nil,
        rules: [ValidationRule] = []
    ) {
        self.shape = shape
        self.limits = limits
        self.merging = merging
        self.children = children
        self.junctors = junctors
        self.defaultValue = defaultValue
        self.rules = rules
        var below = Array(children.properties.values)
        if let items = children.items { below.append(items) }
        if case .schema(let node) = children.additional { below.append(node) }
        hasRules = !rules.isEmpty || below.contains(where: \.hasRules)
    }

    /// Anything at all: what a value without a schema has.
    static let unknown = SchemaNode(shape: Shape(preservesUnknownFields: true))

    /// Knows no member: what is left of an object where none is expected.
    static let empty = SchemaNode(shape: Shape())

    /// The schema of a member; nil when the schema doesn't speak of it.
    func member(_ name: String) -> SchemaNode? {
        if name == "metadata", let objectMeta = children.objectMeta { return objectMeta }
        return declared(name) ?? additionalSchema
    }

    func declared(_ name: String) -> SchemaNode? { children.properties[name] }

    var additionalSchema: SchemaNode? {
        if case .schema(let node) = children.additional { node } else { nil }
    }

    /// Whether a member of that name may stand here.
    func allows(_ name: String) -> Bool {
        if member(name) != nil || shape.preservesUnknownFields { return true }
        if case .any = children.additional { return true }
        return isWholeObject && ["apiVersion", "kind", "metadata"].contains(name)
    }

    var isWholeObject: Bool { shape.isEmbeddedResource || children.objectMeta != nil }

    func with(rules: [ValidationRule]) -> SchemaNode {
        SchemaNode(
            shape: shape, limits: limits, merging: merging, children: children, junctors: junctors,
            defaultValue: defaultValue, rules: rules)
    }
}
