import KubeModel

/// How the values at a place are owned and merged. Without a schema lists are atomic and objects granular.
struct MergeType {
    enum Structure { case atomic, object, set, map }

    let node: SchemaNode?

    /// Looks at the value as well, because an object where the schema has a list is still an object.
    func structure(of value: JSONValue) -> Structure {
        switch value {
        case .object: return node?.merging.isAtomicMap == true ? .atomic : .object
        case .array:
            switch node?.merging.listType {
            case .set?: return .set
            case .map?: return .map
            default: return .atomic
            }
        default: return .atomic
        }
    }

    func member(_ name: String) -> MergeType { MergeType(node: node?.member(name)) }
    var items: MergeType { MergeType(node: node?.children.items) }

    /// A field of a struct, which is owned only through what is in it; entries of free maps are owned themselves.
    func declares(_ name: String) -> Bool {
        guard let node else { return false }
        return node.declared(name) != nil || (name == "metadata" && node.children.objectMeta != nil)
    }

    /// What identifies an element of a list; nil when it lacks a key.
    func element(_ value: JSONValue) -> PathElement? {
        guard let node else { return nil }
        switch node.merging.listType {
        case .set: return .value(value)
        case .map: return ListCorrelation.key(of: value, node)?.object.map(PathElement.key)
        case .atomic: return nil
        }
    }
}
