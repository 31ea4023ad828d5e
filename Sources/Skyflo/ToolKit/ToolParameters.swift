import KubeModel
import Writes

/// What a tool takes: names, types, limits and defaults, declared once. The JSON Schema that the model is shown and the
/// check of what the model sends are both made from it, so they can't say different things.
package struct ToolParameters: Sendable, Hashable {
    package var list: [ToolParameter]

    package init(_ list: [ToolParameter]) { self.list = list }

    /// JSON Schema (2020-12): an object that allows no other members.
    package var jsonSchema: JSONValue {
        let required = list.filter(\.isRequired).map(\.name)
        return .compact([
            "type": "object",
            "properties": .object(JSONObject(list.map { ($0.name, $0.schema) })),
            "required": required.isEmpty ? nil : JSONValue(required),
            "additionalProperties": false,
        ])
    }

    /// Reads the text that a model sent as arguments. Nothing is repaired. Only what models commonly write and what can't mean
    /// anything else is taken for what it says: an integer as a number without a fraction or as text (`3.0`, `"3"`), a boolean
    /// as text (`"true"`), and a document as the object that its text would be read as.
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
        for key in members.keys where !list.contains(where: { $0.name == key }) {
            let known = list.map(\.name).joined(separator: ", ")
            problems.append("\(Self.excerpt(key)): unknown; the parameters are \(known.isEmpty ? "none" : known)")
        }
        for parameter in list {
            guard let value = members[parameter.name].map(parameter.kind.plain), !Self.isNotGiven(value) else {
                if parameter.isRequired { problems.append("\(parameter.name): required") }
                values[parameter.name] = parameter.defaultValue
                continue
            }
            if let problem = parameter.kind.problem(with: value) {
                problems.append("\(parameter.name): \(problem)")
            } else if case .integer = parameter.kind {
                values[parameter.name] = value.int.map { JSONValue($0) }
            } else {
                values[parameter.name] = value
            }
        }
        guard problems.isEmpty else {
            throw ToolFailure("invalid arguments:\n" + problems.map { "- \($0)" }.joined(separator: "\n"))
        }
        return ToolArguments(values)
    }

    /// A null and a text of nothing but blanks stand for "not given", as many models write it for optional parameters.
    private static func isNotGiven(_ value: JSONValue) -> Bool {
        value.isNull || value.string.map { $0.allSatisfy(\.isWhitespace) } ?? false
    }

    /// A name that the model made up may be of any length.
    package static func excerpt(_ text: String) -> String { text.count > 60 ? "\(text.prefix(60))…" : text }
}

package struct ToolParameter: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case string(TextFormat)
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
        /// An object whose members are all strings.
        case stringMap
    }

    package var name: String
    package var kind: Kind
    package var description: String
    package var isRequired: Bool
    package var defaultValue: JSONValue?

    private init(_ name: String, kind: Kind, description: String, required: Bool, default value: JSONValue? = nil) {
        self.name = name
        self.kind = kind
        self.description = description
        isRequired = required
        defaultValue = value
    }

    package static func required(_ name: String, kind: Kind, description: String) -> ToolParameter {
        ToolParameter(name, kind: kind, description: description, required: true)
    }

    /// - Parameter value: what the tool sees when the model gives none; nil leaves the argument out.
    package static func optional(
        _ name: String, kind: Kind, default value: JSONValue? = nil, description: String
    ) -> ToolParameter {
        ToolParameter(name, kind: kind, description: description, required: false, default: value)
    }

    var schema: JSONValue {
        var schema = kind.schema
        // What is empty counts as not given, which only optional parameters may be.
        if isRequired, case .string = kind { schema["minLength"] = 1 }
        schema["description"] = .string(description)
        schema["default"] = defaultValue
        return schema
    }
}

extension ToolParameter.Kind {
    var schema: JSONValue {
        switch self {
        case .string(let format): ["type": "string", "maxLength": JSONValue(format.maximumLength)]
        case .integer(let range):
            ["type": "integer", "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
        case .boolean: ["type": "boolean"]
        case .choice(let values): ["type": "string", "enum": JSONValue(values)]
        case .stringMap: ["type": "object", "additionalProperties": ["type": "string"]]
        }
    }

    /// A value in the form that the kind has, where it says the same in another one; else the value as it is.
    func plain(_ value: JSONValue) -> JSONValue {
        switch (self, value) {
        case (.integer, .string(let text)):
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
            return isNumber ? Int(text).map { JSONValue($0) } ?? value : value
        case (.boolean, .string("true")), (.boolean, .string("True")): return true
        case (.boolean, .string("false")), (.boolean, .string("False")): return false
        case (.string(.document), .object), (.string(.document), .array): return .string(JSONWriter.string(value))
        default: return value
        }
    }

    func problem(with value: JSONValue) -> String? {
        switch self {
        case .string(let format):
            guard let text = value.string else { return mismatch("a string", value: value) }
            return format.problem(with: text)
        case .integer(let range):
            guard let number = value.int else { return mismatch("an integer", value: value) }
            return range.contains(number) ? nil : "\(number) is not between \(range.lowerBound) and \(range.upperBound)"
        case .boolean: return value.bool == nil ? mismatch("a boolean", value: value) : nil
        case .choice(let values):
            guard let text = value.string else { return mismatch("a string", value: value) }
            guard !values.contains(text) else { return nil }
            return "\"\(ToolParameters.excerpt(text))\" is not one of \(values.joined(separator: ", "))"
        case .stringMap:
            guard let members = value.object else { return mismatch("an object of strings", value: value) }
            guard let other = members.first(where: { $0.value.string == nil }) else { return nil }
            return "\(ToolParameters.excerpt(other.key)): " + mismatch("a string", value: other.value)
        }
    }

    private func mismatch(_ expected: String, value: JSONValue) -> String {
        "must be \(expected), not of type \(value.typeName)"
    }
}
