import KubeClient
import KubeModel

/// What a change takes away that its body doesn't name: who leaves a field out need not want it gone.
///
/// An apply takes away what earlier applies of the same field manager brought and this one leaves out (KEP-555), a patch the
/// elements of lists that it replaces; and of both the server may drop or reset what doesn't fit any more.
struct FieldLosses {
    /// Fields, and elements of lists by their keys, that are gone.
    private(set) var removed: [String] = []
    /// Fields that an apply leaves out and that have another value then: mostly their default.
    private(set) var reset: [String] = []
    private let isApply: Bool

    /// - Parameter after: what the dry run says.
    init(of planned: PlannedRequest, after: KubeObject?) {
        isApply = planned.request.contentType == Patch.apply(.null).contentType
        let isMerge = [Patch.merge(.null).contentType, Patch.strategic(.null).contentType].contains(
            planned.request.contentType)
        guard isApply || isMerge, let before = planned.before, let after, before.kind == after.kind,
            let body = planned.submitted?.json, !Self.hasDirectives(body)
        else { return }
        compare(before.withoutServerFields.json, after: after.withoutServerFields.json, body: body, at: "")
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !removed.isEmpty {
            let reason = isApply ? "which the manifest leaves out" : "which the patch doesn't name"
            warnings.append("removes \(Self.list(removed)), \(reason)")
        }
        if !reset.isEmpty { warnings.append("resets \(Self.list(reset)), which the manifest leaves out") }
        return warnings
    }

    private static func list(_ fields: [String]) -> String {
        let shown = fields.prefix(10).map { OutputLimit.cut($0, to: 200) }.joined(separator: ", ")
        return fields.count > 10 ? "\(shown) and \(fields.count - 10) more" : shown
    }

    /// `$patch: delete` and the like say what goes.
    private static func hasDirectives(_ body: JSONValue) -> Bool {
        switch body {
        case .object(let members): members.contains { $0.key.hasPrefix("$") || hasDirectives($0.value) }
        case .array(let elements): elements.contains(where: hasDirectives)
        default: false
        }
    }

    /// - Parameter body: what the request says about this place; nil where it says nothing.
    private mutating func compare(_ before: JSONValue, after: JSONValue?, body: JSONValue?, at path: String) {
        guard before != after, !before.isNull else { return }
        switch (before, after) {
        case (_, nil), (_, .null?):
            // A null asks for it.
            if body?.isNull != true { remove(before, at: path) }
        case (.object(let old), .object(let new)?):
            for (key, value) in old {
                compare(value, after: new[key], body: body?[key], at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (.array(let old), .array(let new)?): compare(old, new: new, body: body, at: path)
        default: if isApply, body == nil { reset.append(path) }
        }
    }

    /// Who decides looks for `data.c` and `env[name=B]`, also where it is the last one and `data` or `env` goes with it.
    private mutating func remove(_ value: JSONValue, at path: String) {
        switch value {
        case .object(let members) where !members.isEmpty && members.allSatisfy { $0.value.isScalar }:
            removed += members.keys.map { "\(path).\($0)" }
        case .array(let elements):
            guard let keys = ListKeys(of: elements, []) else { return removed.append(path) }
            removed += elements.map { "\(path)[\(keys.text($0))]" }
        default: removed.append(path)
        }
    }

    private mutating func compare(_ old: [JSONValue], new: [JSONValue], body: JSONValue?, at path: String) {
        if let keys = ListKeys(of: old, new) {
            for element in old {
                let place = "\(path)[\(keys.text(element))]"
                let asked = body?.array?.first { keys.match($0, element) }
                guard let match = new.first(where: { keys.match($0, element) }) else {
                    removed.append(place)
                    continue
                }
                compare(element, after: match, body: asked, at: place)
            }
            return
        }
        let gone = old.filter { !new.contains($0) }
        if path == "metadata.finalizers" {
            removed += gone.map { "\(path)[\($0.string ?? "")]" }
        } else if body == nil, !gone.isEmpty {
            removed.append("\(path) (\(gone.count) of \(old.count) elements)")
        } else if old.count > new.count {
            removed.append("\(path) (\(old.count - new.count) of \(old.count) elements)")
        }
    }
}

/// By what the elements of a list are told apart, as the schemas of the built-in kinds do it.
private struct ListKeys {
    private static let known = [
        ["name"], ["mountPath"], ["devicePath"], ["containerPort", "protocol"], ["port", "protocol"], ["key"], ["type"],
        ["ip"], ["topologyKey"], ["uid"],
    ]

    private let keys: [String]

    /// nil where only the place of an element tells it from others.
    init?(of old: [JSONValue], _ new: [JSONValue]) {
        let fitting = Self.known.first { keys in
            [old, new].allSatisfy { elements in
                let values = elements.map { Self.values(keys, of: $0) }
                return values.allSatisfy { $0 != nil } && Set(values).count == elements.count
            }
        }
        guard let fitting, !old.isEmpty else { return nil }
        keys = fitting
    }

    /// The protocol of a port is TCP where it isn't said.
    private static func values(_ keys: [String], of element: JSONValue) -> [JSONValue]? {
        let values = keys.compactMap { element[$0] ?? ($0 == "protocol" ? "TCP" : nil) }
        return values.count == keys.count && values.allSatisfy { $0.string != nil || $0.int != nil } ? values : nil
    }

    func match(_ a: JSONValue, _ b: JSONValue) -> Bool {
        Self.values(keys, of: a) != nil && Self.values(keys, of: a) == Self.values(keys, of: b)
    }

    /// `name=app`
    func text(_ element: JSONValue) -> String {
        keys.compactMap { key in
            element[key].map { "\(key)=\($0.string ?? JSONWriter.string($0))" }
        }.joined(separator: ",")
    }
}

extension JSONValue {
    fileprivate var isScalar: Bool { object == nil && array == nil }
}
