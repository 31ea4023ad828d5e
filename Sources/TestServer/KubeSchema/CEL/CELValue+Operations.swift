import KubeModel

extension CELValue {
    /// The name of the type, as `type(x)` compares it.
    var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .authorizer(let authorizer): authorizer.kind.rawValue
        }
    }

    var celType: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list(.dyn)
        case .map: .map(.dyn)
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .authorizer(let authorizer): .authorizer(authorizer.kind)
        }
    }

    /// How much work it is to look at all of it; evaluation counts that as steps.
    var weight: Int {
        switch self {
        case .string(let text): text.utf8.count / 16 + 1
        case .bytes(let bytes): bytes.count / 16 + 1
        case .list(let elements): elements.count + 1
        case .map(let map): map.entries.count + 1
        default: 1
        }
    }

    private var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }

    /// Numbers of different types on one number line; nil when either is no number or not a number.
    private static func compareNumbers(_ a: CELValue, _ b: CELValue) -> Int? {
        func order<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x > y ? 1 : 0 }
        switch (a, b) {
        case (.int(let x), .int(let y)): return order(x, y)
        case (.uint(let x), .uint(let y)): return order(x, y)
        case (.int(let x), .uint(let y)): return x < 0 ? -1 : order(UInt64(x), y)
        case (.uint(let x), .int(let y)): return y < 0 ? 1 : order(x, UInt64(y))
        case (.double(let x), .double(let y)): return x.isNaN || y.isNaN ? nil : order(x, y)
        case (.double(let x), .int(let y)): return x.isNaN ? nil : order(x, Double(y))
        case (.int(let x), .double(let y)): return y.isNaN ? nil : order(Double(x), y)
        case (.double(let x), .uint(let y)): return x.isNaN ? nil : order(x, Double(y))
        case (.uint(let x), .double(let y)): return y.isNaN ? nil : order(Double(x), y)
        default: return nil
        }
    }

    /// -1, 0 or 1; nil when the values have no order.
    static func compare(_ a: CELValue, _ b: CELValue) -> Int? {
        func order<S: Sequence>(_ x: S, _ y: S) -> Int where S.Element: Comparable {
            x.lexicographicallyPrecedes(y) ? -1 : y.lexicographicallyPrecedes(x) ? 1 : 0
        }
        switch (a, b) {
        case (.bool(let x), .bool(let y)): return (x ? 1 : 0) - (y ? 1 : 0)
        case (.string(let x), .string(let y)): return order(x.unicodeScalars, y.unicodeScalars)
        case (.bytes(let x), .bytes(let y)): return order(x, y)
        case (.timestamp(let x), .timestamp(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.duration(let x), .duration(let y)): return x < y ? -1 : x > y ? 1 : 0
        default: return compareNumbers(a, b)
        }
    }

    /// Equality of the CEL specification: numbers by value across their types, anything else only within its type.
    static func equal(_ a: CELValue, _ b: CELValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.type(let x), .type(let y)): x == y
        case (.list(let x), .list(let y)): x.count == y.count && zip(x, y).allSatisfy { equal($0, $1) }
        case (.map(let x), .map(let y)):
            x.entries.count == y.entries.count
                && x.entries.allSatisfy { entry in y[entry.key].map { equal($0, entry.value) } ?? false }
        case (.string(let x), .string(let y)): x.unicodeScalars.elementsEqual(y.unicodeScalars)
        default: compare(a, b) == 0
        }
    }

    /// Go's `%v` of a value, for messages.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .double(let value): SchemaValidation.text(value)
        case .string(let value): value
        case .bytes(let value): String(decoding: value, as: UTF8.self)
        case .list(let values): "[\(values.map(\.text).joined(separator: ", "))]"
        case .map(let map): "{\(map.entries.map { "\($0.key.text): \($0.value.text)" }.joined(separator: ", "))}"
        case .timestamp(let value): value.microseconds % 1_000_000 == 0 ? value.description : value.microTime
        case .duration(let value): CELDuration.text(value)
        case .type(let name): name
        case .authorizer(let authorizer): authorizer.kind.rawValue
        }
    }
}
