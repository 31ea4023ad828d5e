public import KubeModel

/// A value that has one form as JSON, whoever writes or reads it.
public protocol JSONCodable {
    /// nil for what can't be read.
    init?(json: JSONValue)
    var json: JSONValue { get }
}

/// A value whose form as JSON is an object with fixed members.
///
/// ``code(_:)`` names each member once, and is run for reading as well as for writing. Whoever reads ignores members that it
/// doesn't know, and leaves what is missing as ``init()`` has it.
public protocol JSONRecord: JSONCodable {
    /// With nothing in it, as a reader begins.
    init()
    /// Goes over the members, in the order in which they are written.
    mutating func code(_ members: inout JSONMembers)
}

extension JSONRecord {
    public init?(json: JSONValue) {
        self.init()
        var members = JSONMembers(reading: json)
        code(&members)
        guard members.isReadable else { return nil }
    }

    public var json: JSONValue {
        var members = JSONMembers()
        var record = self
        record.code(&members)
        return .object(members.written)
    }
}

// MARK: - What records are made of

extension JSONCodable where Self: RawRepresentable, RawValue == String {
    /// nil for a word that this version doesn't know.
    public init?(json: JSONValue) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }

    public var json: JSONValue { .string(rawValue) }
}

extension String: JSONCodable {
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self = text
    }

    public var json: JSONValue { .string(self) }
}

extension Int: JSONCodable {
    public init?(json: JSONValue) {
        guard let number = json.int else { return nil }
        self = number
    }

    public var json: JSONValue { JSONValue(self) }
}

extension Bool: JSONCodable {
    public init?(json: JSONValue) {
        guard let flag = json.bool else { return nil }
        self = flag
    }

    public var json: JSONValue { .bool(self) }
}

/// What is carried as it is.
extension JSONValue: JSONCodable {
    public init?(json: JSONValue) { self = json }

    public var json: JSONValue { self }
}

/// To the second; ``MicroTime`` keeps more.
extension KubeTime: JSONCodable {
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }

    public var json: JSONValue { .string(description) }
}

/// A time to the microsecond.
public struct MicroTime: Sendable, Hashable, JSONCodable {
    public var time: KubeTime

    public init(_ time: KubeTime) { self.time = time }

    public init?(json: JSONValue) {
        guard let time = KubeTime(json: json) else { return nil }
        self.time = time
    }

    public var json: JSONValue { .string(time.microTime) }
}

extension Condition: JSONCodable {
    public init?(json: JSONValue) { self.init(json) }
}

/// Elements that can't be read are left out; where that matters it is a ``WholeList``.
extension Array: JSONCodable where Element: JSONCodable {
    public init?(json: JSONValue) {
        guard let elements = json.array else { return nil }
        self = elements.compactMap { Element(json: $0) }
    }

    public var json: JSONValue { .array(map(\.json)) }
}

/// A list that can't be read unless all of it can.
public struct WholeList<Element: JSONCodable>: JSONCodable {
    public var elements: [Element]

    public init(_ elements: [Element]) { self.elements = elements }

    public init?(json: JSONValue) {
        guard let all = json.array, let elements = [Element](json: json), elements.count == all.count else {
            return nil
        }
        self.elements = elements
    }

    public var json: JSONValue { elements.json }
}

/// Entries that can't be read are left out. Written in the order of the keys, so that the same map is always the same text.
extension Dictionary: JSONCodable where Key == String, Value: JSONCodable {
    public init?(json: JSONValue) {
        guard let members = json.object else { return nil }
        self = members.reduce(into: [:]) { $0[$1.key] = Value(json: $1.value) }
    }

    public var json: JSONValue { .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })) }
}
