import KubeModel

@testable import Helm

/// JSON of test data as values of templates and back.
enum HelmJSON {
    /// The value, with floats for numbers, as Helm's values have them.
    static func value(_ json: JSONValue) -> HelmValue {
        switch json {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .int(let number): .float64(Double(number))
        case .double(let number): .float64(number)
        case .string(let text): .string(ByteString(text))
        case .array(let elements): .list(elements.map(value))
        case .object(let members):
            .map(HelmMap(Dictionary(uniqueKeysWithValues: members.map { (ByteString($0.key), value($0.value)) })))
        }
    }

    /// The value as compact JSON, its keys sorted and its numbers without the difference between integers and floats.
    static func text(of value: HelmValue) -> String {
        JSONWriter.string(json(value))
    }

    static func json(_ value: HelmValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .int(let number): .int(Int64(number))
        case .int64(let number): .int(number)
        case .float64(let number): Int64(exactly: number).map { .int($0) } ?? .double(number)
        case .string(let text): .string(text.text)
        case .bytes(let bytes): .string(Base64.encode(bytes))
        case .list(let list): .array(list.elements.map(json))
        case .map(let map):
            .object(JSONObject(map.keys.map { ($0.text, json(map[$0] ?? .null)) }))
        case .object(let object): json(object.plain)
        }
    }
}
