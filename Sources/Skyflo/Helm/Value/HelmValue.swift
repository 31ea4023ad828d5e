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

    /// The same value with maps and lists of its own. Objects are immutable, so they are shared.
    package func deepCopy() -> HelmValue {
        switch self {
        case .map(let map): .map(map.deepCopy())
        case .list(let list): .list(HelmList(list.elements.map { $0.deepCopy() }, type: list.type, isNil: list.isNil))
        default: self
        }
    }
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
