import KubeModel

/// Fills in defaults and drops nulls that mean nothing.
struct SchemaDefaulting {
    /// In documents of built-in types empty defaults (`""`, `0`, `{}`) only say what Go's zero value is; a server doesn't
    /// write them into objects.
    let isBuiltIn: Bool

    func apply(_ node: SchemaNode, value: inout JSONValue) {
        switch value {
        case .object(var members):
            value = .null
            apply(node, members: &members)
            value = .object(members)
        case .array(var elements):
            guard let items = node.children.items else { return }
            value = .null
            for position in elements.indices {
                if elements[position].isNull, !items.shape.isNullable, let filler = filler(items) {
                    elements[position] = filler
                }
                apply(items, value: &elements[position])
            }
            value = .array(elements)
        default:
            // Go writes a quantity in its canonical form, however it came.
            if isBuiltIn, node.shape.isQuantity, let quantity = Quantity(value) {
                value = .string(quantity.description)
            }
        }
    }

    private func apply(_ node: SchemaNode, members: inout JSONObject) {
        for name in members.keys {
            guard let child = node.member(name), var value = members[name] else { continue }
            if value.isNull {
                if !child.shape.isNullable { members[name] = filler(child) }
                continue
            }
            members[name] = .null
            let isObjectMeta = name == "metadata" && node.children.objectMeta != nil
            SchemaDefaulting(isBuiltIn: isBuiltIn || isObjectMeta).apply(child, value: &value)
            members[name] = value
        }
        guard !node.children.properties.isEmpty else { return }
        for name in node.children.properties.keys.sorted() where !members.contains(name) {
            guard let child = node.declared(name), var value = filler(child) else { continue }
            apply(child, value: &value)
            members[name] = value
        }
    }

    private func filler(_ node: SchemaNode) -> JSONValue? {
        guard let value = node.defaultValue else { return nil }
        if isBuiltIn, value == .object([:]) || value == "" || value == 0 || value == false { return nil }
        return value
    }
}
