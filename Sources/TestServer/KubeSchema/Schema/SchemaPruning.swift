import KubeModel

/// Removes what a schema doesn't know.
struct SchemaPruning {
    private(set) var removed: [String] = []

    mutating func prune(_ node: SchemaNode, value: inout JSONValue, at path: SchemaPath) {
        switch value {
        case .object(var members):
            value = .null
            prune(node, members: &members, at: path)
            value = .object(members)
        case .array(var elements):
            guard let items = node.children.items ?? (node.shape.preservesUnknownFields ? nil : .empty) else { return }
            value = .null
            for position in elements.indices { prune(items, value: &elements[position], at: path.index(position)) }
            value = .array(elements)
        default: break
        }
    }

    private mutating func prune(_ node: SchemaNode, members: inout JSONObject, at path: SchemaPath) {
        for name in members.keys {
            let at = path.field(name)
            guard node.allows(name) else {
                removed.append(at.description)
                members[name] = nil
                continue
            }
            guard let child = node.member(name), var value = members[name] else { continue }
            members[name] = .null
            prune(child, value: &value, at: at)
            let isLost = node.children.losingZeroValues.contains(name) && GoZeroValues.isZero(value)
            members[name] = isLost ? nil : value
        }
    }
}
