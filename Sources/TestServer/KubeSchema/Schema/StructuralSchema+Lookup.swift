import KubeModel

extension StructuralSchema {
    /// The ways in which lists are owned and merged (KEP-555).
    public enum ListType: Sendable {
        /// The list is owned and replaced as a whole.
        case atomic
        /// The list has each value once, and each value has an owner.
        case set
        /// The elements are found by keys, and each field of them has an owner.
        case map
    }

    /// The list type at a path of member names; items of lists are passed through. nil when there is no list.
    public func listType(at path: [String]) -> ListType? {
        guard let node = node(at: path), node.shape.type == .array else { return nil }
        return switch node.merging.listType {
        case .atomic: .atomic
        case .set: .set
        case .map: .map
        }
    }

    /// The keys of a list of type map; empty elsewhere.
    public func mapKeys(at path: [String]) -> [String] { node(at: path)?.merging.mapKeys ?? [] }

    /// `merge`, `replace`, `retainKeys`: the strategies of strategic merge patch at a path.
    public func patchStrategy(at path: [String]) -> Set<String> { node(at: path)?.merging.patchStrategy ?? [] }

    /// Whether the schema has a member at that path.
    public func declares(_ path: [String]) -> Bool { node(at: path) != nil }

    private func node(at path: [String]) -> SchemaNode? {
        var node: SchemaNode? = root
        for name in path {
            while let items = node?.children.items { node = items }
            node = node?.member(name)
        }
        return node
    }
}
