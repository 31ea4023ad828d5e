import KubeModel

/// Where an object differs from what it was.
struct FieldChanges {
    typealias Field = ChangeRecord.Field

    private(set) var fields: [Field] = []
    /// Names of list elements on the way to the fields.
    private(set) var anchors: [Field] = []

    /// - Parameter members: of the status that are compared as well.
    init(from before: KubeObject?, to after: KubeObject?, status members: Set<String> = []) {
        compare(
            before?.withoutServerFields(keepingStatus: members).json,
            after: after?.withoutServerFields(keepingStatus: members).json, at: [])
    }

    private mutating func compare(_ before: JSONValue?, after: JSONValue?, at path: [String]) {
        if before == after { return }
        switch (before, after) {
        case (.object(let old), .object(let new)):
            for key in old.keys + new.keys.filter({ !old.contains($0) }) {
                compare(old[key], after: new[key], at: path + [key])
            }
        // Member by member: by the time of the undo others may have put theirs beside it.
        case (nil, .object(let new)) where !new.isEmpty:
            for (key, value) in new { compare(nil, after: value, at: path + [key]) }
        case (.array(let old), .array(let new)) where Self.haveSameNames(old, new):
            for (position, (old, new)) in zip(old, new).enumerated() where old != new {
                let place = path + [String(position)]
                anchors.append(Field(path: place + ["name"], before: old["name"], after: new["name"]))
                compare(old, after: new, at: place)
            }
        default: fields.append(Field(path: path, before: before, after: after))
        }
    }

    private static func haveSameNames(_ old: [JSONValue], _ new: [JSONValue]) -> Bool {
        guard old.count == new.count else { return false }
        return zip(old, new).allSatisfy { old, new in old["name"]?.string != nil && old["name"] == new["name"] }
    }
}
