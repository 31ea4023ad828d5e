import KubeModel

/// Turns an OpenAPI v3 schema into ``SchemaNode``s and collects every fault on the way.
struct SchemaCompiler {
    enum Origin { case customResource, builtIn }

    /// The place of a schema, which decides what it must have and how a fault is worded.
    enum Place {
        case root, property, item
        /// Inside allOf, anyOf, oneOf and not, where a structural schema has no types.
        case junctor
    }

    let origin: Origin
    /// `components.schemas` of the document, for `$ref`.
    var definitions: JSONObject = [:]
    var objectMeta: SchemaNode?
    private(set) var errors: [FieldError] = []
    private var compiled: [String: SchemaNode] = [:]
    private var inProgress: Set<String> = []

    init(_ origin: Origin, definitions: JSONObject = [:], objectMeta: SchemaNode? = nil) {
        self.origin = origin
        self.definitions = definitions
        self.objectMeta = objectMeta
    }

    mutating func fail(_ error: FieldError) { errors.append(error) }

    /// The node of a definition; each is compiled once. One that contains itself keeps everything below the second time.
    mutating func definition(_ name: String) -> SchemaNode {
        if let node = compiled[name] { return node }
        guard let schema = definitions[name], inProgress.insert(name).inserted else { return .unknown }
        defer { inProgress.remove(name) }
        let node = compile(schema, at: SchemaPath(description: name), place: .property)
        compiled[name] = node
        return node
    }

    mutating func compile(_ schema: JSONValue, at path: SchemaPath, place: Place) -> SchemaNode {
        guard schema.object != nil else {
            fail(.invalid(path.description, value: schema, detail: "must be an object"))
            return .unknown
        }
        if let reference = reference(in: schema) { return merged(schema, with: definition(reference)) }
        let shape = shape(schema, at: path, place: place)
        if origin == .customResource { checkStructure(schema, shape: shape, at: path, place: place) }
        let node = SchemaNode(
            shape: shape, limits: limits(schema, at: path), merging: merging(schema, shape: shape, at: path),
            children: children(schema, shape: shape, at: path, place: place),
            junctors: junctors(schema, shape: shape, at: path),
            defaultValue: schema["default"])
        if origin == .customResource, place != .junctor { checkDefault(node, at: path) }
        let rules = origin == .customResource ? rules(schema, of: node, at: path, place: place) : []
        return rules.isEmpty ? node : node.with(rules: rules)
    }

    /// Built-in documents refer either directly or through an `allOf` of one, which leaves room for a default beside it.
    private func reference(in schema: JSONValue) -> String? {
        guard origin == .builtIn else { return nil }
        let target = schema["$ref"]?.string ?? schema["allOf"]?[0]?["$ref"]?.string
        return target.map { String($0.split(separator: "/").last ?? "") }
    }

    private func merged(_ schema: JSONValue, with target: SchemaNode) -> SchemaNode {
        var merging = target.merging
        if let strategy = schema["x-kubernetes-patch-strategy"]?.string {
            merging.patchStrategy = Self.strategy(strategy)
        }
        if schema["x-kubernetes-map-type"]?.string == "atomic" { merging.isAtomicMap = true }
        return SchemaNode(
            shape: target.shape, limits: target.limits, merging: merging, children: target.children,
            junctors: target.junctors, defaultValue: schema["default"] ?? target.defaultValue)
    }

    private static func strategy(_ text: String) -> Set<String> { Set(text.split(separator: ",").map(String.init)) }

    private mutating func shape(_ schema: JSONValue, at path: SchemaPath, place: Place) -> SchemaNode.Shape {
        var shape = SchemaNode.Shape()
        shape.format = schema["format"]?.string ?? ""
        shape.isNullable = schema["nullable"]?.bool ?? false
        shape.isEmbeddedResource = schema["x-kubernetes-embedded-resource"]?.bool ?? false
        shape.isIntOrString =
            schema["x-kubernetes-int-or-string"]?.bool
            ?? (origin == .builtIn && shape.format == "int-or-string")
        shape.isQuantity = origin == .builtIn && path.description.hasSuffix(".Quantity")
        shape.preservesUnknownFields = schema["x-kubernetes-preserve-unknown-fields"]?.bool ?? false
        if let type = schema["type"]?.string, !type.isEmpty {
            shape.type = SchemaNode.ValueType(rawValue: type)
            if shape.type == nil {
                fail(
                    .notSupported(
                        path.field("type").description, value: .string(type),
                        supported: ["array", "boolean", "integer", "number", "object", "string"]))
            }
        }
        // Built-in objects that the document doesn't describe (FieldsV1) keep everything.
        let isUndescribed = schema["properties"] == nil && schema["additionalProperties"] == nil
        if origin == .builtIn, isUndescribed, shape.type == .object || shape.type == nil, !shape.isScalarUnion {
            shape.preservesUnknownFields = true
        }
        return shape
    }

    private mutating func merging(
        _ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath
    ) -> SchemaNode.Merging {
        var merging = SchemaNode.Merging()
        switch schema["x-kubernetes-list-type"]?.string {
        case nil, "atomic"?: break
        case "set"?: merging.listType = .set
        case "map"?: merging.listType = .map
        case let other?:
            fail(
                .notSupported(
                    path.field("x-kubernetes-list-type").description, value: .string(other),
                    supported: ["atomic", "map", "set"]))
        }
        merging.mapKeys = schema["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? []
        merging.isAtomicMap = schema["x-kubernetes-map-type"]?.string == "atomic"
        merging.patchStrategy = Self.strategy(schema["x-kubernetes-patch-strategy"]?.string ?? "")
        merging.patchMergeKey = schema["x-kubernetes-patch-merge-key"]?.string
        return merging
    }

    private mutating func limits(_ schema: JSONValue, at path: SchemaPath) -> ValueLimits {
        var limits = ValueLimits()
        limits.allowed = schema["enum"]?.array ?? []
        if let source = schema["pattern"]?.string, !source.isEmpty {
            limits.pattern = SchemaPattern(source)
            if limits.pattern == nil {
                let detail = "must be a valid regular expression, but isn't"
                fail(.invalid(path.field("pattern").description, value: .string(source), detail: detail))
            }
        }
        limits.minimum = schema["minimum"]?.double
        limits.maximum = schema["maximum"]?.double
        limits.isMinimumExclusive = schema["exclusiveMinimum"]?.bool ?? false
        limits.isMaximumExclusive = schema["exclusiveMaximum"]?.bool ?? false
        limits.multipleOf = schema["multipleOf"]?.double
        limits.minLength = schema["minLength"]?.int
        limits.maxLength = schema["maxLength"]?.int
        limits.minItems = schema["minItems"]?.int
        limits.maxItems = schema["maxItems"]?.int
        limits.minProperties = schema["minProperties"]?.int
        limits.maxProperties = schema["maxProperties"]?.int
        limits.hasUniqueItems = schema["uniqueItems"]?.bool ?? false
        return limits
    }

    private mutating func children(
        _ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath, place: Place
    ) -> SchemaNode.Children {
        var children = SchemaNode.Children()
        let inside: (Place) -> Place = { place == .junctor ? .junctor : $0 }
        for (name, property) in schema["properties"]?.object ?? [:] {
            children.properties[name] = compile(
                property, at: path.field("properties").key(name), place: inside(.property))
        }
        children.required = schema["required"]?.array?.compactMap(\.string) ?? []
        if origin == .builtIn {
            children.losingZeroValues = GoZeroValues.members(of: path.description, schema: schema)
        }
        if let items = schema["items"] {
            children.items = compile(items, at: path.field("items"), place: inside(.item))
        }
        switch schema["additionalProperties"] {
        case nil, .bool(false)?: break
        case .bool(true)?: children.additional = .any
        case let value?:
            children.additional = .schema(
                compile(value, at: path.field("additionalProperties"), place: inside(.property)))
        }
        if place == .root || shape.isEmbeddedResource { children.objectMeta = objectMeta }
        return children
    }

    private mutating func junctors(
        _ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath
    ) -> SchemaNode.Junctors {
        var junctors = SchemaNode.Junctors()
        // `oneOf` of Quantity and `anyOf` of int-or-string only repeat what the type says already.
        if shape.isScalarUnion, origin == .builtIn { return junctors }
        func all(_ name: String, compiler: inout SchemaCompiler) -> [SchemaNode] {
            (schema[name]?.array ?? []).enumerated().map { position, part in
                compiler.compile(part, at: path.field(name).index(position), place: .junctor)
            }
        }
        junctors.allOf = all("allOf", compiler: &self)
        junctors.anyOf = all("anyOf", compiler: &self)
        junctors.oneOf = all("oneOf", compiler: &self)
        if let not = schema["not"] { junctors.not = compile(not, at: path.field("not"), place: .junctor) }
        return junctors
    }
}
