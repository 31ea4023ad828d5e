import KubeModel
import Writes

/// What a tool takes: names, types, limits and defaults, declared once. The JSON Schema that the model is shown and the
/// check of what the model sends are both made from it, so they can't say different things.
package struct ToolParameters: Sendable, Hashable {
    package var list: [ToolParameter]

    package init(_ list: [ToolParameter]) { self.list = list }

    /// JSON Schema (2020-12): an object that allows no other members, with all limits.
    package var jsonSchema: JSONValue {
        let required = list.filter(\.isRequired).map(\.name)
        return .compact([
            "type": "object",
            "properties": .object(JSONObject(list.map { ($0.name, $0.schema) })),
            "required": required.isEmpty ? nil : JSONValue(required),
            "additionalProperties": false,
        ])
    }

    /// The same for a model, which pays for every word of it in every request: without the limits, which nearly no call
    /// reaches and whose message says what is allowed, and without what a name says by itself.
    package var briefSchema: JSONValue {
        let required = list.filter(\.isRequired).map(\.name)
        return .compact([
            "type": "object",
            "properties": .object(JSONObject(list.map { ($0.name, $0.briefSchema) })),
            "required": required.isEmpty ? nil : JSONValue(required),
        ])
    }

    /// Reads the text that a model sent as arguments. Nothing is guessed. What is lenient is what can mean one thing only:
    /// a number or a truth value in quotes, blanks around a word of a list, a manifest as an object in place of its text.
    ///
    /// - Throws: one ``ToolFailure`` that lists every problem, so that the model can mend all of them at once.
    package func check(_ text: String) throws(ToolFailure) -> ToolArguments {
        let json: JSONValue
        do {
            json = try JSONParser.parse(text)
        } catch {
            throw ToolFailure("the arguments are not valid JSON: \(error.message) at byte \(error.offset)")
        }
        guard case .object(let members) = json else {
            throw ToolFailure("the arguments must be a JSON object, not a value of type \(json.typeName)")
        }
        return try check(members)
    }

    private func check(_ members: JSONObject) throws(ToolFailure) -> ToolArguments {
        var problems: [String] = []
        var values: [String: JSONValue] = [:]
        let strangers = members.keys.filter { key in !list.contains { $0.names.contains(key) } }
        let missing = list.filter { $0.isRequired && $0.names.allSatisfy { members[$0].map(Self.isNotGiven) ?? true } }
        // A single name that isn't known, where a single parameter is missing, was meant for it.
        let meant = strangers.count == 1 && missing.count == 1 ? missing.first?.name : nil
        problems += strangers.map { unknown($0, meant: meant) }
        for parameter in list {
            let given = parameter.names.compactMap { name in
                members[name].flatMap { Self.isNotGiven($0) ? nil : (name: name, value: $0) }
            }
            guard let first = given.first else {
                if parameter.isRequired { problems.append("\(parameter.name): required") }
                values[parameter.name] = parameter.defaultValue
                continue
            }
            if let other = given.dropFirst().first(where: { $0.value != first.value }) {
                problems.append("\(first.name), \(other.name): two names of the same parameter, with different values")
                continue
            }
            let value = parameter.kind.understood(first.value)
            if let problem = parameter.kind.problem(with: value) {
                problems.append("\(first.name): \(problem)")
            } else {
                values[parameter.name] = value
            }
        }
        guard problems.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + problems.map { "- \($0)" }.joined(separator: "\n"))
        }
        return ToolArguments(
            values,
            aliases: list.reduce(into: [:]) { aliases, parameter in
                for alias in parameter.aliases { aliases[alias] = parameter.name }
            })
    }

    private func unknown(_ key: String, meant: String?) -> String {
        let known = list.map(\.name)
        guard !known.isEmpty else { return "\(Self.excerpt(key)): unknown; there are no parameters" }
        let near = NearNames.of(key, among: list.flatMap(\.names)).first ?? meant
        return "\(Self.excerpt(key)): unknown\(near.map { "; did you mean \($0)?" } ?? "");"
            + " the parameters are \(known.joined(separator: ", "))"
    }

    /// A null and a text of nothing but blanks stand for "not given", as many models write it for optional parameters.
    private static func isNotGiven(_ value: JSONValue) -> Bool {
        value.isNull || value.string.map { $0.allSatisfy(\.isWhitespace) } ?? false
    }

    /// A name that the model made up may be of any length.
    package static func excerpt(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))…" : text }
}
