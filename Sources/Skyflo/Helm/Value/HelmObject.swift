/// A Go value that is no plain data: a struct, a pointer to one, or a number of a named or rare type. Immutable.
package class HelmObject {
    /// The name that `%T` prints, as `time.Time`.
    package var typeName: String { "struct {}" }

    /// The kind that `kindOf` prints.
    package var kind: HelmKind { .structure }

    /// What `%v` prints; types with a method `String` or `Error` print that.
    package var printed: ByteString { "{}" }

    /// Whether it has a method `String` or `Error`, which `%v` and `%s` then print.
    package var hasText: Bool { false }

    /// Whether `if` takes it for true.
    package var isTrue: Bool { true }

    /// What an action prints where that isn't what `%v` does: a method `String` of a pointer is seen there alone.
    package var shown: ByteString? { nil }

    /// The members as JSON has them in the order of the struct, where it is one.
    package var members: [(name: ByteString, value: HelmValue)]? { nil }

    /// The fields that `%v` prints where there is no text.
    package var printedFields: [(name: ByteString, value: HelmValue)] { [] }

    package init() {}

    /// The field of that name, or nil where the type has none.
    package func field(_ name: ByteString) -> HelmValue? { nil }

    /// The method of that name, or nil where the type has none.
    func method(_ name: ByteString) -> TemplateFunction? { nil }

    /// Whether both have the same value, as `==` and `reflect.DeepEqual` see it.
    package func isEqual(to other: HelmObject) -> Bool { self === other }

    /// The value as plain data, as JSON and YAML have it.
    package var plain: HelmValue { .map(HelmMap()) }
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
