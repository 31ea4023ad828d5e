import KubeModel

/// A value that has one form as JSON, whoever writes or reads it.
package protocol JSONCodable {
    /// nil for what can't be read.
    init?(json: JSONValue)
    var json: JSONValue { get }
}

/// A value whose form as JSON is an object with fixed members.
///
/// ``code(_:)`` names each member once, and is run for reading as well as for writing. Whoever reads ignores members that it
/// doesn't know, and leaves what is missing as ``init()`` has it.
package protocol JSONRecord: JSONCodable {
    /// With nothing in it, as a reader begins.
    init()
    /// Goes over the members, in the order in which they are written.
    mutating func code(_ members: inout JSONMembers)
}

extension JSONRecord {
    package init?(json: JSONValue) {
        self.init()
        var members = JSONMembers(reading: json)
        code(&members)
        guard members.isReadable else { return nil }
    }

    package var json: JSONValue {
        var members = JSONMembers()
        var record = self
        record.code(&members)
        return .object(members.written)
    }
}

// MARK: - What records are made of

extension JSONCodable where Self: RawRepresentable, RawValue == String {
    /// nil for a word that this version doesn't know.
    package init?(json: JSONValue) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }

    package var json: JSONValue { .string(rawValue) }
}

extension String: JSONCodable {
    package init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self = text
    }

    package var json: JSONValue { .string(self) }
}

extension Int: JSONCodable {
    package init?(json: JSONValue) {
        guard let number = json.int else { return nil }
        self = number
    }

    package var json: JSONValue { JSONValue(self) }
}

extension Bool: JSONCodable {
    package init?(json: JSONValue) {
        guard let flag = json.bool else { return nil }
        self = flag
    }

    package var json: JSONValue { .bool(self) }
}

/// What is carried as it is.
extension JSONValue: JSONCodable {
    package init?(json: JSONValue) { self = json }

    package var json: JSONValue { self }
}

/// To the second; ``MicroTime`` keeps more.
extension KubeTime: JSONCodable {
    package init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }

    package var json: JSONValue { .string(description) }
}

/// A time to the microsecond.
package struct MicroTime: Sendable, Hashable, JSONCodable {
    package var time: KubeTime

    package init(_ time: KubeTime) { self.time = time }

    package init?(json: JSONValue) {
        guard let time = KubeTime(json: json) else { return nil }
        self.time = time
    }

    package var json: JSONValue { .string(time.microTime) }
}

extension Condition: JSONCodable {
    package init?(json: JSONValue) { self.init(json) }
}

/// Elements that can't be read are left out; where that matters it is a ``WholeList``.
extension Array: JSONCodable where Element: JSONCodable {
    package init?(json: JSONValue) {
        guard let elements = json.array else { return nil }
        self = elements.compactMap { Element(json: $0) }
    }

    package var json: JSONValue { .array(map(\.json)) }
}

/// A list that can't be read unless all of it can.
package struct WholeList<Element: JSONCodable>: JSONCodable {
    package var elements: [Element]

    package init(_ elements: [Element]) { self.elements = elements }

    package init?(json: JSONValue) {
        guard let all = json.array, let elements = [Element](json: json), elements.count == all.count else {
            return nil
        }
        self.elements = elements
    }

    package var json: JSONValue { elements.json }
}

/// Entries that can't be read are left out. Written in the order of the keys, so that the same map is always the same text.
extension Dictionary: JSONCodable where Key == String, Value: JSONCodable {
    package init?(json: JSONValue) {
        guard let members = json.object else { return nil }
        self = members.reduce(into: [:]) { $0[$1.key] = Value(json: $1.value) }
    }

    package var json: JSONValue { .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })) }
}
