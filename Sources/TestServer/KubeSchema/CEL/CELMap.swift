import KubeModel

/// A CEL map. Keys are strings, integers or booleans; the order is that of insertion.
public struct CELMap: Sendable {
    private(set) var entries: [(key: CELValue, value: CELValue)]
    /// Positions of string keys, for maps too large to scan.
    private var positions: [String: Int]?

    init(_ entries: [(CELValue, CELValue)] = []) {
        self.entries = entries.map { (key: $0.0, value: $0.1) }
        guard entries.count > 16 else { return }
        var positions: [String: Int] = [:]
        for (position, entry) in entries.enumerated() {
            if case .string(let name) = entry.0 { positions[name] = position }
        }
        self.positions = positions
    }

    init(_ members: JSONObject) { self.init(members.map { (.string($0.key), CELValue($0.value)) }) }

    subscript(key: CELValue) -> CELValue? {
        if case .string(let name) = key, let positions { return positions[name].map { entries[$0].value } }
        return entries.first { CELValue.equal($0.key, key) }?.value
    }

    /// A member by the identifier that a rule uses for it.
    func member(_ identifier: String) -> CELValue? {
        self[.string(identifier)] ?? (identifier.contains("__") ? self[.string(CELEscape.property(identifier))] : nil)
    }
}
