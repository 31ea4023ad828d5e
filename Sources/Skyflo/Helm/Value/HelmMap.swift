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
    /// A map that was never made: it is read as an empty one and can't be written.
    package let isNil: Bool
    private var members: [ByteString: HelmValue]
    private var sorted: [ByteString]?
    /// The map that this one is, as another type: a `common.Values` as a `map[string]interface {}`.
    private let shared: HelmMap?

    package init(_ members: [ByteString: HelmValue] = [:], type: Kind = .any, isNil: Bool = false) {
        self.members = members
        self.isNil = isNil
        shared = nil
        self.type = type
    }

    private init(_ shared: HelmMap, type: Kind) {
        self.shared = shared.shared ?? shared
        self.type = type
        (members, isNil) = ([:], shared.isNil)
    }

    package var count: Int { dictionary.count }

    package var isEmpty: Bool { dictionary.isEmpty }

    /// All members, in no order.
    package var dictionary: [ByteString: HelmValue] { shared?.members ?? members }

    /// The keys, by their bytes.
    package var keys: [ByteString] {
        if let shared { return shared.keys }
        if let sorted { return sorted }
        let keys = members.keys.sorted()
        sorted = keys
        return keys
    }

    /// The value of a key, or nil where there is none; a key whose value is null has `.null`.
    package subscript(key: ByteString) -> HelmValue? {
        get { shared == nil ? members[key] : shared?.members[key] }
        set {
            if let shared {
                shared[key] = newValue
                return
            }
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
            if let value = self[key] { try body(key, value) }
        }
    }

    package func deepCopy() -> HelmMap {
        HelmValue.map(self).deepCopy().asMap ?? HelmMap()
    }

    /// A new map with the same values.
    package func shallowCopy() -> HelmMap {
        HelmMap(dictionary, type: type)
    }

    /// The same map as another Go type: changes of one are seen in the other.
    package func retyped(_ type: Kind) -> HelmMap {
        type == self.type ? self : HelmMap(self, type: type)
    }

    /// Whether both are one map.
    package func isSame(as other: HelmMap) -> Bool {
        (shared ?? self) === (other.shared ?? other)
    }
}
