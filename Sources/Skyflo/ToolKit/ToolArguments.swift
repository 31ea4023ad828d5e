import KubeModel
import Writes

/// Arguments that passed ``ToolParameters/check(_:)``: of the declared types, within their limits, defaults filled in.
package struct ToolArguments: Sendable, Hashable {
    private let values: [String: JSONValue]

    init(_ values: [String: JSONValue]) { self.values = values }

    /// As they were understood, for records: keys in ascending order.
    package var json: JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// Empty texts count as not given: ``ToolParameters/check(_:)`` leaves them out.
    package func string(_ name: String) -> String? { values[name]?.string }
    package func integer(_ name: String) -> Int? { values[name]?.int }
    package func bool(_ name: String) -> Bool { values[name]?.bool ?? false }

    /// Of an object whose members are strings: by ascending keys, and empty where it isn't given.
    package func map(_ name: String) -> [(key: String, value: String)] {
        (values[name]?.object ?? [:]).compactMap { key, value in value.string.map { (key, $0) } }
            .sorted { $0.key < $1.key }
    }

    /// The items of a list that is written as one text, with commas between them.
    package func list(_ name: String) -> [String] {
        (string(name) ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// - Throws: ``ToolFailure`` where the argument is missing or empty.
    package func requiredString(_ name: String) throws(ToolFailure) -> String {
        guard let text = string(name) else { throw ToolFailure("invalid arguments:\n- \(name): required") }
        return text
    }

    /// - Throws: ``ToolFailure`` where the argument is missing.
    package func requiredInteger(_ name: String) throws(ToolFailure) -> Int {
        guard let number = integer(name) else { throw ToolFailure("invalid arguments:\n- \(name): required") }
        return number
    }
}
