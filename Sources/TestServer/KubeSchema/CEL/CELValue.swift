public import KubeModel

/// A value of the Common Expression Language.
public enum CELValue: Sendable {
    /// The value `null`.
    case null
    /// True or false.
    case bool(Bool)
    /// A signed integer of 64 bits.
    case int(Int64)
    /// An unsigned integer of 64 bits.
    case uint(UInt64)
    /// A floating-point number.
    case double(Double)
    /// A text, whose length counts code points.
    case string(String)
    /// A sequence of bytes.
    case bytes([UInt8])
    /// A list of values of any type.
    case list([CELValue])
    /// A map, or an object with its members.
    case map(CELMap)
    /// A moment.
    case timestamp(KubeTime)
    /// A length of time in nanoseconds.
    case duration(Int64)
    /// A type itself, by its name.
    case type(String)
    /// A part of a question about rights: ``CELAuthorizer``.
    case authorizer(CELAuthorizer)

    /// Makes a value of JSON without a schema: whole numbers are integers, objects are maps, times stay texts.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .array(let values): self = .list(values.map { CELValue($0) })
        case .object(let members): self = .map(CELMap(members))
        }
    }

    /// The value as its schema types it: `date-time` strings are timestamps, whole numbers of type `number` are doubles.
    init(_ json: JSONValue, node: SchemaNode) {
        switch (json, CELType(node)) {
        case (.array(let elements), .list):
            let items = node.children.items ?? .unknown
            self = .list(elements.map { CELValue($0, node: items) })
        case (.object(let members), .object), (.object(let members), .map):
            self = .map(
                CELMap(members.map { (.string($0.key), CELValue($0.value, node: node.member($0.key) ?? .unknown)) }))
        case (.int(let number), .double): self = .double(Double(number))
        case (.double(let number), .int): self = Int64(exactly: number).map(CELValue.int) ?? .double(number)
        case (.string(let text), let type): self = Self.text(text, type: type)
        default: self.init(json)
        }
    }

    private static func text(_ text: String, type: CELType) -> CELValue {
        switch type {
        case .timestamp: (KubeTime(text) ?? KubeTime("\(text)T00:00:00Z")).map(CELValue.timestamp) ?? .string(text)
        case .duration: CELDuration.parse(text).map(CELValue.duration) ?? .string(text)
        case .bytes: Base64.decode(text).map(CELValue.bytes) ?? .string(text)
        default: .string(text)
        }
    }
}
