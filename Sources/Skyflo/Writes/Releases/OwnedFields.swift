import KubeModel

/// The fields that a manager has written without server-side apply, in the form of `managedFields` (KEP-555): `f:` names a member,
/// `k:` an element of a list by its keys, `v:` one by its value.
struct OwnedFields: Sendable {
    private let fields: JSONObject

    static func of(_ manager: String, in object: KubeObject) -> OwnedFields {
        let entry = (object.metadata["managedFields"]?.array ?? []).first { entry in
            entry["manager"]?.string == manager && entry["operation"]?.string == "Update"
                && entry["subresource"]?.string ?? "" == ""
        }
        return OwnedFields(fields: entry?["fieldsV1"]?.object ?? [:])
    }

    /// The object without those of the fields that the manager doesn't want any more. What others have set stays.
    ///
    /// - Parameter wanted: the whole of what it wants.
    func dropped(from object: JSONValue, unless wanted: JSONValue) -> JSONValue {
        Self.drop(fields, from: object, wanted: wanted) ?? object
    }

    /// nil where nothing is left of the value.
    private static func drop(_ fields: JSONObject, from value: JSONValue, wanted: JSONValue?) -> JSONValue? {
        switch value {
        case .object(var members):
            for (key, below) in fields where key.hasPrefix("f:") {
                let name = String(key.dropFirst(2))
                guard let member = members[name] else { continue }
                members[name] = left(of: member, below: below, wanted: wanted?[name])
            }
            return members.isEmpty && wanted == nil ? nil : .object(members)
        case .array(var elements):
            for (key, below) in fields {
                guard let position = elements.firstIndex(where: { isMeant($0, by: key) }) else { continue }
                let other = wanted?.array?.first { isMeant($0, by: key, lenient: true) }
                if let left = left(of: elements[position], below: below, wanted: other, isElement: true) {
                    elements[position] = left
                } else {
                    elements.remove(at: position)
                }
            }
            return elements.isEmpty && wanted == nil ? nil : .array(elements)
        default: return wanted == nil ? nil : value
        }
    }

    /// What is left of a field that the manager has; nil for nothing.
    private static func left(
        of value: JSONValue, below: JSONValue, wanted: JSONValue?, isElement: Bool = false
    ) -> JSONValue? {
        let inner = (below.object ?? [:]).filter { $0.key != "." }
        // An element that the manager has made itself goes as a whole; so does a value without fields of its own.
        if wanted == nil, inner.isEmpty || isElement && below["."] != nil { return nil }
        return inner.isEmpty ? value : drop(JSONObject(inner.map { ($0.key, $0.value) }), from: value, wanted: wanted)
    }

    /// - Parameter lenient: keys that aren't there are those that the server fills in.
    private static func isMeant(_ element: JSONValue, by key: String, lenient: Bool = false) -> Bool {
        guard let wanted = try? JSONParser.parse(String(key.dropFirst(2))) else { return false }
        if key.hasPrefix("v:") { return element == wanted }
        guard key.hasPrefix("k:"), let keys = wanted.object else { return false }
        return keys.allSatisfy { element[$0.key] == $0.value || (lenient && element[$0.key] == nil) }
    }
}
