import KubeModel

extension SchemaValidation {
    /// Entries of sets and maps must be different (KEP-555).
    mutating func validateLists(_ node: SchemaNode, _ value: JSONValue, _ path: SchemaPath) {
        switch value {
        case .array(let elements):
            checkDuplicates(node, elements, path)
            guard let items = node.children.items else { return }
            for (position, element) in elements.enumerated() { validateLists(items, element, path.index(position)) }
        case .object(let members):
            for (name, member) in members {
                guard let child = node.declared(name) ?? node.additionalSchema else { continue }
                validateLists(child, member, path.field(name))
            }
        default: break
        }
    }

    private mutating func checkDuplicates(_ node: SchemaNode, _ elements: [JSONValue], _ path: SchemaPath) {
        guard node.merging.listType != .atomic else { return }
        var seen: Set<JSONValue> = []
        for (position, element) in elements.enumerated() {
            var identity = element
            if node.merging.listType == .map {
                guard let keys = ListCorrelation.key(of: element, node) else { continue }
                identity = keys
            }
            if !seen.insert(identity).inserted { add(.duplicate(path.index(position).description, identity)) }
        }
    }
}
