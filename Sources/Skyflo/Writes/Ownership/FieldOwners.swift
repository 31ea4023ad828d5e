import KubeModel

/// Who last set which fields of an object, by its `managedFields` (KEP-555).
struct FieldOwners {
    struct Manager: Sendable, Hashable {
        var name: String
        var subresource: String
        var time: String
    }

    private let object: KubeObject

    init(of object: KubeObject) { self.object = object }

    /// The managers of a field, or of what is in it.
    /// - Parameter path: members, and positions in lists.
    func managers(of path: [String]) -> [Manager] {
        (object.metadata["managedFields"]?.array ?? []).compactMap { entry in
            guard Self.holds(entry["fieldsV1"], path: path[...], value: object.json) else { return nil }
            return Manager(
                name: entry["manager"]?.string ?? "", subresource: entry["subresource"]?.string ?? "",
                time: entry["time"]?.string ?? "")
        }
    }

    /// Walks down the tree of fields: `f:` names a member, `k:` an element of a list by its keys. A tree that ends before the
    /// path does stands for all below.
    private static func holds(_ fields: JSONValue?, path: ArraySlice<String>, value: JSONValue?) -> Bool {
        guard let fields = fields?.object else { return false }
        guard let first = path.first, !fields.isEmpty else { return true }
        let rest = path.dropFirst()
        guard let elements = value?.array else {
            return holds(fields["f:\(first)"], path: rest, value: value?[first])
        }
        guard let position = Int(first), elements.indices.contains(position) else { return false }
        let element = elements[position]
        return fields.contains { key, below in
            guard key.hasPrefix("k:"), let keys = try? JSONParser.parse(String(key.dropFirst(2))).object else {
                return false
            }
            return keys.allSatisfy { element[$0.key] == $0.value } && holds(below, path: rest, value: element)
        }
    }
}
