/// A value of a template, with the kinds that Go's `reflect` shows: `%T`, `kindOf`, `typeOf` and `eq` tell an `int` from an
/// `int64` and a `float64`. Maps are references, as in Go: `set` and `merge` change them for all who hold them. So a value
/// belongs to one rendering; `deepCopy()` takes it over a border.
package enum HelmValue {
    /// An interface that holds nothing.
    case null
    case bool(Bool)
    case int(Int)
    case int64(Int64)
    case float64(Double)
    case string(ByteString)
    /// A `[]byte`.
    case bytes([UInt8])
    case list(HelmList)
    case map(HelmMap)
    /// Numbers of rare types, structs and pointers, with their fields and methods.
    case object(HelmObject)

    package static func string(_ text: some StringProtocol) -> HelmValue {
        .string(ByteString(text))
    }

    /// A `[]interface{}`.
    package static func list(_ elements: [HelmValue]) -> HelmValue {
        .list(HelmList(elements))
    }

    /// A `[]string`.
    package static func strings(_ texts: some Sequence<ByteString>) -> HelmValue {
        .list(HelmList(texts.map { .string($0) }, type: .string))
    }

    /// A `map[string]interface{}`.
    package static func map(_ members: [ByteString: HelmValue]) -> HelmValue {
        .map(HelmMap(members))
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    package var asMap: HelmMap? {
        if case .map(let map) = self { map } else { nil }
    }

    package var asList: [HelmValue]? {
        if case .list(let list) = self { list.elements } else { nil }
    }

    package var asString: ByteString? {
        if case .string(let string) = self { string } else { nil }
    }

    package var asBool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    /// How deeply values are looked into. A map that contains itself has no end; Go gives up on it as well.
    package static let maximumDepth = 1000

    /// The same value with maps and lists of its own. Objects are immutable, so they are shared.
    package func deepCopy() -> HelmValue {
        var budget = 10_000_000
        return copy(depth: 0, budget: &budget)
    }

    /// What is too deep, or too much because the same lists are in it again and again, is left out.
    private func copy(depth: Int, budget: inout Int) -> HelmValue {
        budget -= 1
        if depth > Self.maximumDepth { budget = 0 }
        switch self {
        case .map, .list:
            guard budget > 0 else { return .null }
        default: return self
        }
        if case .map(let map) = self {
            return .map(
                HelmMap(map.dictionary.mapValues { $0.copy(depth: depth + 1, budget: &budget) }, type: map.type))
        }
        guard case .list(let list) = self else { return self }
        let elements = list.elements.map { $0.copy(depth: depth + 1, budget: &budget) }
        return .list(HelmList(elements, type: list.type, isNil: list.isNil))
    }

    /// The bytes of the largest text that is made of a value.
    package static let maximumBytes = 64 << 20
}

/// A slice, with the type of its elements. No function of templates changes a slice in place, so this is immutable.
package final class HelmList {
    /// The Go type of the elements.
    package enum Element: Equatable, Sendable {
        /// `interface {}`
        case any
        case string
        case int
        /// `[]interface {}`, of `chunk`
        case list
        /// `[]string`, of `regexFindAllSubmatch` and the like
        case strings
        /// `map[string]interface {}`, as in a `[]map[string]interface {}`
        case map
        /// The strings of a `common.VersionSet`, which has a method `Has`
        case version
        /// Another type, as `*v2.Maintainer`
        case named(String)
    }

    package let elements: [HelmValue]
    package let type: Element
    /// A slice that was never made; JSON has `null` for it.
    package let isNil: Bool

    package init(_ elements: [HelmValue], type: Element = .any, isNil: Bool = false) {
        self.elements = elements
        self.type = type
        self.isNil = isNil
    }
}
