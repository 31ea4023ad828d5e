/// A Go map with string keys: a reference that all its holders see change. It is ranged over by sorted keys.
package final class HelmMap {
    /// The Go type of the map.
    package enum Kind: Sendable {
        /// `map[string]interface {}`
        case any
        /// `common.Values`, which has methods
        case values
        /// `map[string]string`
        case strings
        /// `engine.files`: `[]byte` by path, with methods
        case files
    }

    package let type: Kind
    private var members: [ByteString: HelmValue]
    private var sorted: [ByteString]?

    package init(_ members: [ByteString: HelmValue] = [:], type: Kind = .any) {
        self.members = members
        self.type = type
    }

    package var count: Int { members.count }

    package var isEmpty: Bool { members.isEmpty }

    /// All members, in no order.
    package var dictionary: [ByteString: HelmValue] { members }

    /// The keys, by their bytes.
    package var keys: [ByteString] {
        if let sorted { return sorted }
        let keys = members.keys.sorted()
        sorted = keys
        return keys
    }

    /// The value of a key, or nil where there is none; a key whose value is null has `.null`.
    package subscript(key: ByteString) -> HelmValue? {
        get { members[key] }
        set {
            if let newValue {
                if members.updateValue(newValue, forKey: key) == nil { sorted = nil }
            } else if members.removeValue(forKey: key) != nil {
                sorted = nil
            }
        }
    }

    /// The members by sorted keys.
    package func forEach(_ body: (ByteString, HelmValue) throws -> Void) rethrows {
        for key in keys {
            if let value = members[key] { try body(key, value) }
        }
    }

    package func deepCopy() -> HelmMap {
        HelmMap(members.mapValues { $0.deepCopy() }, type: type)
    }

    /// A new map with the same values.
    package func shallowCopy() -> HelmMap {
        HelmMap(members, type: type)
    }

    /// The same members as a map of another Go type. Changes of one aren't seen in the other.
    package func retyped(_ type: Kind) -> HelmMap {
        HelmMap(members, type: type)
    }
}
