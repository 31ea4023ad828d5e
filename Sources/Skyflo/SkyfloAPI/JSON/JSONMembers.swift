import KubeModel

/// The members of a JSON object, as a ``JSONRecord`` goes over them: they are read into its fields, or written from them.
package struct JSONMembers {
    /// How a field that has nothing in it is written.
    package enum EmptyForm: Sendable {
        case omitted
        /// As null, which takes the member away where the object is merged into another one.
        case null
    }

    /// nil while members are written.
    private let source: JSONValue?
    package private(set) var written = JSONObject()
    /// False when something is missing without which the rest means nothing.
    package private(set) var isReadable = true

    /// For writing.
    package init() { source = nil }

    /// For reading. What isn't an object has no members.
    package init(reading json: JSONValue) { source = json }

    private func read<Value: JSONCodable>(_ key: String) -> Value? { source?[key].flatMap { Value(json: $0) } }

    /// A member that is always written. One that is missing, or can't be read, leaves the field as it is.
    package mutating func code<Value: JSONCodable>(_ value: inout Value, as key: String) {
        if source == nil {
            written[key] = value.json
        } else if let found: Value = read(key) {
            value = found
        }
    }

    /// A member that has to be there, and be valid, for the record to be readable.
    package mutating func require<Value: JSONCodable>(
        _ value: inout Value, as key: String, where isValid: (Value) -> Bool = { _ in true }
    ) {
        if source == nil {
            written[key] = value.json
        } else if let found: Value = read(key), isValid(found) {
            value = found
        } else {
            isReadable = false
        }
    }

    /// A member that may be missing, but if it's there has to be read for the record to be readable.
    package mutating func understand<Value: JSONCodable>(_ value: inout Value?, as key: String) {
        code(&value, as: key)
        if source?[key] != nil, value == nil { isReadable = false }
    }

    /// The same for a list, all of whose elements have to be read. It isn't written where it's empty.
    package mutating func understand<Element: JSONCodable>(_ list: inout [Element], as key: String) {
        var whole = list.isEmpty ? nil : WholeList(list)
        understand(&whole, as: key)
        if let whole { list = whole.elements }
    }

    package mutating func code<Value: JSONCodable>(
        _ value: inout Value?, as key: String, ifNil form: EmptyForm = .omitted
    ) {
        if source == nil {
            write(value?.json, as: key, form: form)
        } else if let found: Value = read(key) {
            value = found
        }
    }

    package mutating func code<Element: JSONCodable>(
        _ list: inout [Element], as key: String, ifEmpty form: EmptyForm
    ) {
        if source == nil {
            write(list.isEmpty ? nil : list.json, as: key, form: form)
        } else if let found: [Element] = read(key) {
            list = found
        }
    }

    /// A member that isn't written where it says nothing.
    package mutating func code<Value: JSONCodable & Equatable>(
        _ value: inout Value, as key: String, omitting nothing: Value
    ) {
        if source != nil || value != nothing { code(&value, as: key) }
    }

    /// A member that is there for people, and that nobody reads.
    package mutating func write(_ value: some JSONCodable, as key: String) {
        if source == nil { written[key] = value.json }
    }

    private mutating func write(_ value: JSONValue?, as key: String, form: EmptyForm) {
        if let value {
            written[key] = value
        } else if form == .null {
            written[key] = .null
        }
    }
}
