import KubeModel

extension SchemaValidation {
    /// Entries of sets and maps must be different (KEP-555).
    mutating func validateLists(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        switch value {
        case .array(let elements):
            checkDuplicates(node, elements: elements, at: path)
            guard let items = node.children.items else { return }
            for (position, element) in elements.enumerated() {
                validateLists(items, value: element, at: path.index(position))
            }
        case .object(let members):
            for (name, member) in members {
                guard let child = node.declared(name) ?? node.additionalSchema else { continue }
                validateLists(child, value: member, at: path.field(name))
            }
        default: break
        }
    }

    private mutating func checkDuplicates(_ node: SchemaNode, elements: [JSONValue], at path: SchemaPath) {
        guard node.merging.listType != .atomic else { return }
        var seen: Set<JSONValue> = []
        for (position, element) in elements.enumerated() {
            var identity = element
            if node.merging.listType == .map {
                guard let keys = ListCorrelation.key(of: element, node) else { continue }
                identity = keys
            }
            if !seen.insert(identity).inserted { add(.duplicate(path.index(position).description, value: identity)) }
        }
    }
}
