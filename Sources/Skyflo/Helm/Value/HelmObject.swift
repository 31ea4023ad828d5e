/// A Go value that is no plain data: a struct, a pointer to one, or a number of a named or rare type. Immutable.
package class HelmObject {
    /// The name that `%T` prints, as `time.Time`.
    package var typeName: String { "struct {}" }

    /// The kind that `kindOf` prints.
    package var kind: HelmKind { .structure }

    /// What `%v` prints; types with a method `String` or `Error` print that.
    package var printed: ByteString { "{}" }

    package init() {}

    /// The field of that name, or nil where the type has none.
    package func field(_ name: ByteString) -> HelmValue? { nil }

    /// The method of that name, or nil where the type has none.
    package func method(_ name: ByteString) -> HelmMethod? { nil }

    /// Whether both have the same value, as `==` and `reflect.DeepEqual` see it.
    package func isEqual(to other: HelmObject) -> Bool { self === other }

    /// The value as plain data, as JSON and YAML have it.
    package var plain: HelmValue { .map(HelmMap()) }
}

/// A method of an object: the number of arguments that it takes, and what it does.
package struct HelmMethod {
    package let arity: Int
    package let call: ([HelmValue]) throws -> HelmValue

    package init(arity: Int = 0, call: @escaping ([HelmValue]) throws -> HelmValue) {
        self.arity = arity
        self.call = call
    }
}

/// The kinds of Go's `reflect`, by the names that `kindOf` prints.
package enum HelmKind: String, Sendable {
    case invalid
    case bool
    case int
    case int8
    case int16
    case int32
    case int64
    case uint
    case uint8
    case uint16
    case uint32
    case uint64
    case float32
    case float64
    case complex128
    case string
    case slice
    case map
    case structure = "struct"
    case pointer = "ptr"
    case function = "func"
}
