import KubeModel

/// The rules of KEP-1027 that make a schema structural, and the sanity of defaults and list types.
extension SchemaCompiler {
    mutating func checkStructure(_ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath, place: Place) {
        for name in ["$ref", "definitions", "dependencies", "patternProperties", "additionalItems"]
        where schema[name] != nil {
            fail(.forbidden(path.field(name).description, detail: "\(name) is not supported"))
        }
        if schema["uniqueItems"]?.bool == true {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
            fail(.forbidden(path.field("uniqueItems").description, detail: detail))
        }
        if place == .junctor {
            checkJunctor(schema, at: path)
        } else {
            checkType(schema, shape: shape, at: path, place: place)
            checkMembers(schema, at: path)
            checkListType(schema, shape: shape, at: path)
        }
    }

    private mutating func checkJunctor(_ schema: JSONValue, at path: SchemaPath) {
        for name in ["type", "additionalProperties", "default", "title", "description", "nullable"]
        where schema[name] != nil && !isIntOrStringAlternative(schema) {
            fail(.forbidden(path.field(name).description, detail: "must be undefined to be structural"))
        }
    }

    /// `anyOf: [{type: integer}, {type: string}]` beside `x-kubernetes-int-or-string` is allowed.
    private func isIntOrStringAlternative(_ schema: JSONValue) -> Bool {
        schema.object?.keys == ["type"] && ["integer", "string"].contains(schema["type"]?.string ?? "")
    }

    private mutating func checkType(_ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath, place: Place) {
        let type = path.field("type").description
        if schema["type"]?.string ?? "" == "" {
            if shape.isIntOrString || (shape.preservesUnknownFields && place != .root) { return }
            switch place {
            case .root: fail(.required(type, detail: "must not be empty at the root"))
            case .item: fail(.required(type, detail: "must not be empty for specified array items"))
            default: fail(.required(type, detail: "must not be empty for specified object fields"))
            }
        } else if place == .root, shape.type != .object {
            fail(.invalid(type, value: schema["type"], detail: "must be object at the root"))
        } else if shape.isIntOrString {
            fail(.forbidden(type, detail: "must be empty if x-kubernetes-int-or-string is true"))
        }
    }

    private mutating func checkMembers(_ schema: JSONValue, at path: SchemaPath) {
        let properties = schema["properties"]?.object ?? [:]
        if !properties.isEmpty, let additional = schema["additionalProperties"], additional != .bool(false) {
            fail(
                .forbidden(
                    path.field("additionalProperties").description,
                    detail: "additionalProperties and properties are mutual exclusive"))
        }
        if schema["type"]?.string == "array", schema["items"] == nil {
            fail(.required(path.field("items").description, detail: "must be specified"))
        }
        if schema["items"]?.array != nil {
            fail(.forbidden(path.field("items").description, detail: "items must be a schema object and not an array"))
        }
    }

    private mutating func checkListType(_ schema: JSONValue, shape: SchemaNode.Shape, at path: SchemaPath) {
        let keys = schema["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? []
        let isMap = schema["x-kubernetes-list-type"]?.string == "map"
        if schema["x-kubernetes-list-type"] != nil, shape.type != .array {
            fail(
                .invalid(
                    path.field("type").description, value: schema["type"] ?? "",
                    detail: "must be array if x-kubernetes-list-type is specified"))
        }
        let field = path.field("x-kubernetes-list-map-keys").description
        guard isMap else {
            if !keys.isEmpty { fail(.forbidden(field, detail: "must not be set if x-kubernetes-list-type is not map")) }
            return
        }
        if keys.isEmpty { fail(.required(field, detail: "must not be empty if x-kubernetes-list-type is map")) }
        let items = schema["items"]
        let required = items?["required"]?.array?.compactMap(\.string) ?? []
        for key in keys {
            guard let property = items?["properties", key] else {
                fail(.invalid(field, value: JSONValue(keys), detail: "entries must all be names of item properties"))
                continue
            }
            if property["default"] == nil, !required.contains(key) {
                let detail =
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                fail(
                    .required(
                        path.field("items").field("properties").key(key).field("default").description, detail: detail))
            }
        }
    }

    /// A default must be what the schema at its place accepts, because nobody else looks at it.
    mutating func checkDefault(_ node: SchemaNode, at path: SchemaPath) {
        guard var value = node.defaultValue else { return }
        let field = path.field("default").description
        let defaulting = SchemaDefaulting(isBuiltIn: false)
        defaulting.apply(node, value: &value)
        var pruning = SchemaPruning()
        var copy = value
        pruning.prune(node, value: &copy, at: SchemaPath())
        if copy != value {
            fail(.invalid(field, value: node.defaultValue, detail: "must not have unknown fields"))
            return
        }
        var validation = SchemaValidation()
        validation.validateOpenAPI(node, value: value, old: nil, at: SchemaPath())
        for var error in validation.errors {
            error.field = error.field == FieldError.noField ? field : "\(field).\(error.field)"
            fail(error)
        }
    }
}
