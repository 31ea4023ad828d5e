import KubeModel

/// A set of fields as a tree (`fieldsV1` of KEP-555). A node is in the set itself when it ``isMember``; nodes without
/// members at and below them don't exist.
struct FieldSet: Sendable, Equatable {
    var isMember = false
    var children: [PathElement: FieldSet] = [:]

    static let leaf = FieldSet(isMember: true)

    var isEmpty: Bool { !isMember && children.isEmpty }

    init(isMember: Bool = false, children: [PathElement: FieldSet] = [:]) {
        self.isMember = isMember
        self.children = children
    }

    /// Reads `fieldsV1`. Elements that can't be read are left out.
    init(_ json: JSONValue) {
        for (name, below) in json.object ?? [:] {
            if name == "." {
                isMember = true
                continue
            }
            guard let element = PathElement(name) else { continue }
            var child = FieldSet(below)
            if child.children.isEmpty { child.isMember = true }
            children[element] = child
        }
    }

    var json: JSONValue {
        var members = JSONObject()
        if isMember, !children.isEmpty { members["."] = .object([:]) }
        for (element, child) in children.sorted(by: { $0.key.text < $1.key.text }) {
            members[element.text] = child.json
        }
        return .object(members)
    }

    /// Adds a child unless it is empty.
    mutating func set(_ element: PathElement, child: FieldSet) {
        children[element] = child.isEmpty ? nil : child
    }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember || other.isMember
        for (element, child) in other.children { result.children[element] = children[element]?.union(child) ?? child }
        return result
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && !other.isMember)
        for (element, child) in children {
            result.set(element, child: other.children[element].map { child.subtracting($0) } ?? child)
        }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet(isMember: isMember && other.isMember)
        for (element, child) in children {
            if let match = other.children[element] { result.set(element, child: child.intersection(match)) }
        }
        return result
    }

    /// The paths of all members: those of a level before those of deeper ones.
    var paths: [String] { paths(under: "") }

    private func paths(under prefix: String) -> [String] {
        let sorted = children.sorted { PathElement.precedes($0.key, $1.key) }
        let here = sorted.filter(\.value.isMember).map { prefix + $0.key.pathText }
        return here + sorted.flatMap { $0.value.paths(under: prefix + $0.key.pathText) }
    }
}
