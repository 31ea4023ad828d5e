import KubeModel

/// What makes a configuration impossible to apply: fields that the schema lacks, values of the wrong shape, list elements
/// without an identity. Anything else is left to validation.
struct TypedCheck {
    private(set) var faults: [String] = []

    mutating func check(_ value: JSONValue, node: SchemaNode, path: String) {
        switch value {
        case .null: break
        case .object(let members): checkObject(members, node: node, path: path)
        case .array(let elements): checkList(elements, node: node, path: path)
        default: checkScalar(value, node: node, path: path)
        }
    }

    private mutating func add(_ path: String, text: String) { faults.append("\(path): \(text)") }

    private mutating func checkObject(_ members: JSONObject, node: SchemaNode, path: String) {
        if let type = node.shape.type, type != .object {
            return add(path, text: "expected \(Self.words(type)), got map")
        }
        for (name, member) in members {
            let at = "\(path).\(name)"
            if !node.allows(name) {
                add(at, text: "field not declared in schema")
            } else if let child = node.member(name) {
                check(member, node: child, path: at)
            }
        }
    }

    private mutating func checkList(_ elements: [JSONValue], node: SchemaNode, path: String) {
        if let type = node.shape.type, type != .array {
            return add(path, text: "expected \(Self.words(type)), got list")
        }
        let type = MergeType(node: node)
        var seen: Set<PathElement> = []
        for (position, element) in elements.enumerated() {
            var at = "\(path)[\(position)]"
            if node.merging.listType != .atomic {
                guard let identity = type.element(element) else {
                    let key = node.merging.mapKeys.first { element[$0] == nil } ?? ""
                    add(
                        path,
                        text:
                            "element \(position): associative list with keys has an element that omits key field \"\(key)\" (and doesn't have default value)"
                    )
                    continue
                }
                at = path + identity.pathText
                if !seen.insert(identity).inserted { add(path, text: "duplicate entries for key \(identity.pathText)") }
            }
            if let items = node.children.items { check(element, node: items, path: at) }
        }
    }

    private mutating func checkScalar(_ value: JSONValue, node: SchemaNode, path: String) {
        guard let type = node.shape.type, !node.shape.isScalarUnion else { return }
        let found = Self.goText(value)
        switch (type, value) {
        case (.string, .string), (.boolean, .bool), (.integer, .int), (.number, .int), (.number, .double),
            (.integer, .double):
            break
        default: add(path, text: "expected \(Self.words(type)), got \(found)")
        }
    }

    private static func goText(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): JSONWriter.string(.string(text))
        default: JSONWriter.string(value)
        }
    }

    private static func words(_ type: SchemaNode.ValueType) -> String {
        switch type {
        case .object: "map"
        case .array: "list"
        case .string: "string"
        case .boolean: "boolean"
        case .integer, .number: "numeric (int or float)"
        }
    }
}
