import KubeModel

/// Removes what a schema doesn't know.
struct SchemaPruning {
    private(set) var removed: [String] = []

    mutating func prune(_ node: SchemaNode, _ value: inout JSONValue, _ path: SchemaPath) {
        switch value {
        case .object(var members):
            value = .null
            prune(node, &members, path)
            value = .object(members)
        case .array(var elements):
            guard let items = node.children.items ?? (node.shape.preservesUnknownFields ? nil : .empty) else { return }
            value = .null
            for position in elements.indices { prune(items, &elements[position], path.index(position)) }
            value = .array(elements)
        default: break
        }
    }

    private mutating func prune(_ node: SchemaNode, _ members: inout JSONObject, _ path: SchemaPath) {
        for name in members.keys {
            let at = path.field(name)
            guard node.allows(name) else {
                removed.append(at.description)
                members[name] = nil
                continue
            }
            guard let child = node.member(name), var value = members[name] else { continue }
            members[name] = .null
            prune(child, &value, at)
            members[name] = value
        }
    }
}
