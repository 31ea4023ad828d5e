import KubeModel
import Writes

/// One parameter of a tool.
package struct ToolParameter: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case string(TextFormat)
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
        /// One of these kinds of built-in objects, in any form that kubectl takes.
        case kind([String])
        /// A manifest or a patch of at most so many characters: JSON or YAML as text, or the JSON itself.
        case document(maximum: Int)
        /// An object whose members are all strings.
        case stringMap
    }

    package var name: String
    /// Other names under which it is taken as well. A model is shown none of them.
    package var aliases: [String]
    package var kind: Kind
    package var description: String
    /// Whether a model knows from the name alone what it is. Then only people are shown the description.
    package var isObvious: Bool
    package var isRequired: Bool
    package var defaultValue: JSONValue?

    private init(
        _ name: String, aliases: [String], kind: Kind, description: String, obvious: Bool, required: Bool,
        default value: JSONValue? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.description = description
        isObvious = obvious
        isRequired = required
        defaultValue = value
    }

    package static func required(
        _ name: String, aliases: [String] = [], kind: Kind, description: String, obvious: Bool = false
    ) -> ToolParameter {
        ToolParameter(name, aliases: aliases, kind: kind, description: description, obvious: obvious, required: true)
    }

    /// - Parameter value: what the tool sees when the model gives none; nil leaves the argument out.
    package static func optional(
        _ name: String, aliases: [String] = [], kind: Kind, default value: JSONValue? = nil, description: String,
        obvious: Bool = false
    ) -> ToolParameter {
        ToolParameter(
            name, aliases: aliases, kind: kind, description: description, obvious: obvious, required: false,
            default: value)
    }

    /// All names under which it is taken, its own first.
    var names: [String] { [name] + aliases }

    var schema: JSONValue {
        var schema = kind.schema
        // What is empty counts as not given, which only optional parameters may be.
        if isRequired, schema["type"] == "string" { schema["minLength"] = 1 }
        schema["description"] = .string(description)
        schema["default"] = defaultValue
        return schema
    }

    var briefSchema: JSONValue {
        var schema = kind.schema
        for key in ["minLength", "maxLength", "minimum", "maximum"] { schema[key] = nil }
        if !isObvious { schema["description"] = .string(description) }
        // False goes without saying.
        if defaultValue != false { schema["default"] = defaultValue }
        return schema
    }
}

extension ToolParameter.Kind {
    var schema: JSONValue {
        switch self {
        case .string(let format): ["type": "string", "maxLength": JSONValue(format.maximumLength)]
        case .document(let maximum): ["type": "string", "maxLength": JSONValue(maximum)]
        case .integer(let range):
            ["type": "integer", "minimum": JSONValue(range.lowerBound), "maximum": JSONValue(range.upperBound)]
        case .boolean: ["type": "boolean"]
        case .choice(let values), .kind(let values): ["type": "string", "enum": JSONValue(values)]
        case .stringMap: ["type": "object", "additionalProperties": ["type": "string"]]
        }
    }

    /// The value in the form that is checked and used, where it can mean one thing only; else as it is.
    func understood(_ value: JSONValue) -> JSONValue {
        switch self {
        case .integer:
            // JSON doesn't tell 3.0 from 3.
            let number = value.int ?? value.string.flatMap { Int($0.trimmingBlanks) }
            return number.map { JSONValue($0) } ?? value
        case .boolean:
            switch value.string?.trimmingBlanks.lowercased() {
            case "true": return true
            case "false": return false
            default: return value
            }
        case .choice(let values):
            guard let word = value.string?.trimmingBlanks.lowercased() else { return value }
            return values.first { $0.lowercased() == word }.map(JSONValue.string) ?? value
        case .kind(let values):
            return value.string.flatMap { KindWords.named($0, among: values) }.map(JSONValue.string) ?? value
        case .document:
            switch value {
            case .object, .array: return .string(JSONWriter.string(value))
            default: return value
            }
        case .string, .stringMap: return value
        }
    }

    func problem(with value: JSONValue) -> String? {
        switch self {
        case .string(let format):
            guard let text = value.string else { return mismatch("a string", value: value) }
            return format.problem(with: text)
        case .document(let maximum):
            guard let text = value.string else { return mismatch("a text of JSON or YAML, or an object", value: value) }
            return TextFormat.text(maximum: maximum).problem(with: text)
        case .integer(let range):
            guard let number = value.int else { return mismatch("an integer", value: value) }
            return range.contains(number)
                ? nil
                : "\(number) is not between \(range.lowerBound) and \(range.upperBound); the nearest is "
                    + "\(min(max(number, range.lowerBound), range.upperBound))"
        case .boolean: return value.bool == nil ? mismatch("a boolean", value: value) : nil
        case .choice(let values), .kind(let values):
            guard let text = value.string else { return mismatch("a string", value: value) }
            guard !values.contains(text) else { return nil }
            let near = NearNames.of(text, among: values).first.map { "; the nearest is \($0)" } ?? ""
            return "\"\(ToolParameters.excerpt(text))\" is not one of \(values.joined(separator: ", "))\(near)"
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

/// Names of built-in kinds as kubectl takes them: `deployments`, `deploy`, `Deployment`, `deployment.apps`, `DEPLOY.v1.apps`.
enum KindWords {
    private static let shortNames = [
        "deploy": "deployment", "sts": "statefulset", "ds": "daemonset", "rs": "replicaset", "po": "pod",
        "svc": "service",
        "cj": "cronjob", "no": "node", "rc": "replicationcontroller",
    ]
    private static let groups = [
        "deployment": "apps", "statefulset": "apps", "daemonset": "apps", "replicaset": "apps", "cronjob": "batch",
        "job": "batch",
    ]

    /// - Returns: which of these singulars it is; nil for none of them.
    static func named(_ text: String, among singulars: [String]) -> String? {
        let word = text.trimmingBlanks.lowercased()
        let parts = word.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let first = shortNames[parts[0]] ?? parts[0]
        guard let found = singulars.first(where: { first == $0 || first == $0 + "s" }) else { return nil }
        let group = groups[found] ?? ""
        switch parts.count {
        case 1: return found
        case 2: return parts[1] == group || (group.isEmpty && parts[1] == "v1") ? found : nil
        default: return parts[1].first == "v" && parts[2] == group ? found : nil
        }
    }
}
