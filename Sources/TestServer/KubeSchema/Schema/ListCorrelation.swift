import KubeModel

/// Finds the stored element that a new one replaces, by the keys of a list of type map. Elements of other lists have no
/// identity.
struct ListCorrelation {
    private var stored: [JSONValue: JSONValue] = [:]
    private let node: SchemaNode

    init(_ node: SchemaNode, old: [JSONValue]?) {
        self.node = node
        guard node.merging.listType == .map else { return }
        for element in old ?? [] {
            if let key = Self.key(of: element, node) { stored[key] = element }
        }
    }

    func old(_ element: JSONValue) -> JSONValue? {
        if stored.isEmpty { return nil }
        return Self.key(of: element, node).flatMap { stored[$0] }
    }

    /// The key members of an element, defaults included; nil when one is missing.
    static func key(of element: JSONValue, _ node: SchemaNode) -> JSONValue? {
        guard let members = element.object else { return nil }
        var key = JSONObject()
        for name in node.merging.mapKeys {
            guard let value = members[name] ?? node.children.items?.declared(name)?.defaultValue else { return nil }
            key[name] = value
        }
        return .object(key)
    }
}
