import KubeModel

extension FieldSet {
    /// The fields that an applied configuration claims. `countsEmptyLists` counts an empty list of elements with an
    /// identity, which has nothing to own but exists.
    init(of value: JSONValue, _ type: MergeType, countsEmptyLists: Bool = false) {
        switch (type.structure(of: value), value) {
        case (.object, .object(let members)):
            for (name, member) in members {
                var child = FieldSet(of: member, type.member(name), countsEmptyLists: countsEmptyLists)
                let isEmptyObject = member.object?.isEmpty ?? false
                if member.isNull || isEmptyObject || !type.declares(name) { child.isMember = true }
                set(.field(name), child: child)
            }
        case (.set, .array(let elements)), (.map, .array(let elements)):
            if elements.isEmpty { isMember = countsEmptyLists }
            for element in elements {
                guard let identity = type.element(element) else { continue }
                var child = FieldSet(of: element, type.items, countsEmptyLists: countsEmptyLists)
                child.isMember = true
                children[identity] = child
            }
        default: isMember = true
        }
    }

    /// The set without what nobody owns: the object's identity and what only the server writes.
    func withoutUnmanaged() -> FieldSet {
        var result = self
        result.isMember = false
        result.children[.field("apiVersion")] = nil
        result.children[.field("kind")] = nil
        guard var metadata = result.children[.field("metadata")] else { return result }
        metadata.isMember = false
        for name in Self.unmanagedMetadata { metadata.children[.field(name)] = nil }
        result.set(.field("metadata"), child: metadata)
        return result
    }

    static let unmanagedMetadata = [
        "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
        "resourceVersion",
    ]
}

/// What changed between two values, field by field.
struct FieldComparison {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    /// Nil stands for a value that isn't there.
    init(_ old: JSONValue?, new: JSONValue?, type: MergeType) {
        guard let sample = new ?? old else { return }
        let structure = type.structure(of: sample.isNull ? old ?? sample : sample)
        switch structure {
        case .object where Self.isObject(old) && Self.isObject(new) && !(Self.isVoid(old) && Self.isVoid(new)):
            compareObjects(old?.object ?? [:], new: new?.object ?? [:], type: type)
        case .set where Self.isArray(old) && Self.isArray(new) && !(Self.isVoid(old) && Self.isVoid(new)),
            .map where Self.isArray(old) && Self.isArray(new) && !(Self.isVoid(old) && Self.isVoid(new)):
            compareLists(old?.array ?? [], new: new?.array ?? [], type: type)
        default:
            compareLeaves(old, new)
            return
        }
        if old == nil { added.isMember = true }
        if new == nil { removed.isMember = true }
    }

    var touched: FieldSet { added.union(modified) }

    private static func isObject(_ value: JSONValue?) -> Bool { value == nil || value == .null || value?.object != nil }
    private static func isArray(_ value: JSONValue?) -> Bool { value == nil || value == .null || value?.array != nil }
    private static func isVoid(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?: true
        case .object(let members)?: members.isEmpty
        case .array(let elements)?: elements.isEmpty
        default: false
        }
    }

    private mutating func compareLeaves(_ old: JSONValue?, _ new: JSONValue?) {
        if old == nil {
            added.isMember = true
        } else if new == nil {
            removed.isMember = true
        } else if old != new {
            modified.isMember = true
        }
    }

    private mutating func compareObjects(_ old: JSONObject, new: JSONObject, type: MergeType) {
        for name in Set(old.keys).union(new.keys) {
            take(FieldComparison(old[name], new: new[name], type: type.member(name)), element: .field(name))
        }
    }

    private mutating func compareLists(_ old: [JSONValue], new: [JSONValue], type: MergeType) {
        let before = Self.indexed(old, type: type)
        let after = Self.indexed(new, type: type)
        for identity in Set(before.keys).union(after.keys) {
            take(FieldComparison(before[identity], new: after[identity], type: type.items), element: identity)
        }
    }

    private static func indexed(_ elements: [JSONValue], type: MergeType) -> [PathElement: JSONValue] {
        elements.reduce(into: [:]) { result, element in
            if let identity = type.element(element) { result[identity] = element }
        }
    }

    private mutating func take(_ child: FieldComparison, element: PathElement) {
        added.set(element, child: child.added)
        modified.set(element, child: child.modified)
        removed.set(element, child: child.removed)
    }
}
