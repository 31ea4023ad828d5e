/// Any JSON value. Whole numbers that fit 64 bits stay integers, as in `k8s.io/apimachinery`'s unstructured objects.
public enum JSONValue: Sendable, Hashable {
    /// JSON `null`, which differs from a member that is absent.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number without fraction and exponent that fits 64 bits.
    case int(Int64)
    /// Any other number. The parser gives finite ones only.
    case double(Double)
    /// A text, with its escapes resolved.
    case string(String)
    /// A list of values in their order.
    case array([JSONValue])
    /// An object, which keeps the order of its members.
    case object(JSONObject)
}

// MARK: - Reading

extension JSONValue {
    /// Whether the value is JSON `null`.
    public var isNull: Bool { self == .null }
    /// The text of a string; nil for every other type.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The value of `true` or `false`; nil for every other type.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements of an array; nil for every other type.
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    /// The members of an object; nil for every other type.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// The integer, also of a floating-point number without a fraction (`3.0`), as Kubernetes reads it; nil for every
    /// other type and for a number that is no whole one or doesn't fit.
    public var int: Int? {
        switch self {
        case .int(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The number as floating point, integers included (rounded above 2⁵³); nil for every other type.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The word for the value's type in error messages of the API server (`string`, `integer`, `number`, …).
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The member of that name; nil when this is no object or has none. Assigning to a value that is no object makes it
    /// one; assigning nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { object?[key] }
        _modify {
            var members = JSONObject()
            if case .object(let existing) = self { members = existing }
            self = .null  // So that `members` is the only owner and is changed in place.
            defer { self = .object(members) }
            yield &members[key]
        }
    }

    /// The element at that index; nil when this is no array or is shorter.
    public subscript(at: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(at) else { return nil }
        return elements[at]
    }

    /// The value at a chain of member names; nil where one is missing. `value[path: ["spec", "replicas"]] = 3` makes
    /// the objects on the way; setting nil removes the last member and makes nothing.
    public subscript(path path: some Collection<String>) -> JSONValue? {
        get {
            var value = self
            for key in path {
                guard let next = value[key] else { return nil }
                value = next
            }
            return value
        }
        set { set(newValue, at: path[...]) }
    }

    private mutating func set(_ newValue: JSONValue?, at path: some Collection<String>) {
        guard let first = path.first else {
            self = newValue ?? .null
            return
        }
        let rest = path.dropFirst()
        if rest.isEmpty {
            self[first] = newValue
        } else if newValue != nil || self[first] != nil {
            var child = self[first] ?? .object([:])
            child.set(newValue, at: rest)
            self[first] = child
        }
    }

    /// The value at a chain of member names, written as arguments: `value["spec", "replicas"]`. It reads and sets as
    /// ``subscript(path:)`` does.
    public subscript(path: String...) -> JSONValue? {
        get { self[path: path] }
        set { self[path: path] = newValue }
    }
}

// MARK: - Writing

// No nil literal: in `object[key] = condition ? nil : value` it would set a JSON null where a removal is meant.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Makes a string of a literal or an interpolation.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes `true` or `false` of a literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes an integer of a literal.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Makes a floating-point number of a literal.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes an array of a literal.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Makes an object of a literal, whose order it keeps.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }

    /// Makes a string.
    public init(_ value: String) { self = .string(value) }
    /// Makes `true` or `false`.
    public init(_ value: Bool) { self = .bool(value) }
    /// Makes an integer.
    public init(_ value: Int) { self = .int(Int64(value)) }
    /// Makes an array of strings.
    public init(_ values: some Sequence<String>) { self = .array(values.map(JSONValue.string)) }

    /// Makes an object of strings, keys in ascending order so that the result doesn't depend on the dictionary's own
    /// order.
    public init(_ values: [String: String]) {
        self = .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// Makes an object without the members whose value is nil: `["a": x, "b": nil]` where optional fields are left out.
    public static func compact(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(JSONObject(members.compactMap { pair in pair.value.map { (pair.key, $0) } }))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON, on one line and in the order of its members.
    public var description: String { JSONWriter.string(self) }
}
