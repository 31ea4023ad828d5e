import KubeModel
import Writes

/// Arguments that passed ``ToolParameters/check(_:)``: of the declared types, within their limits, defaults filled in.
package struct ToolArguments: Sendable, Hashable {
    private let values: [String: JSONValue]
    /// The parameters' own names by their other names: a tool may ask by either.
    private let aliases: [String: String]

    init(_ values: [String: JSONValue], aliases: [String: String] = [:]) {
        self.values = values
        self.aliases = aliases
    }

    /// Of a tool that somebody else has described.
    init(_ members: JSONObject) {
        self.init(Dictionary(members.map { ($0.key, $0.value) }) { _, last in last })
    }

    private func value(_ name: String) -> JSONValue? { values[aliases[name] ?? name] }

    /// As they were understood, for records: keys in ascending order.
    package var json: JSONValue {
        .object(JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }

    /// Empty texts count as not given: ``ToolParameters/check(_:)`` leaves them out.
    package func string(_ name: String) -> String? { value(name)?.string }
    package func integer(_ name: String) -> Int? { value(name)?.int }
    package func bool(_ name: String) -> Bool { value(name)?.bool ?? false }

    /// Whether there is a value, be it a default: false and "not said" can be different things.
    package func isGiven(_ name: String) -> Bool { value(name) != nil }

    /// Of an object whose members are strings: by ascending keys, and empty where it isn't given.
    package func map(_ name: String) -> [(key: String, value: String)] {
        (value(name)?.object ?? [:]).compactMap { key, value in value.string.map { (key, $0) } }
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
