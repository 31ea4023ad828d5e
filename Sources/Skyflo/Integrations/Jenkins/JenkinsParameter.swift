import KubeModel

/// What a job says of one of its parameters.
package struct JenkinsParameter: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case string, text, boolean, choice, password, file
        /// Of a plug-in, by its own name.
        case other(String)
    }

    package var name: String
    package var kind: Kind
    package var description: String
    package var choices: [String]
    /// nil where there is none, and where it is secret.
    package var defaultValue: String?

    package init(
        _ name: String, kind: Kind = .string, description: String = "", choices: [String] = [],
        defaultValue: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.choices = choices
        self.defaultValue = defaultValue
    }

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, !name.isEmpty else { return nil }
        let type =
            json["type"]?.string ?? json["_class"]?.string.map { String($0.split(separator: ".").last ?? "") } ?? ""
        self.init(
            name, kind: Kind(type), description: json["description"]?.string ?? "",
            choices: json["choices"]?.array?.compactMap(\.jenkinsText) ?? [])
        if !isSecret {
            defaultValue = json["defaultParameterValue", "value"]?.jenkinsText ?? json["defaultValue"]?.jenkinsText
        }
    }

    /// Whether its values are never shown.
    package var isSecret: Bool { kind == .password }

    /// Why the value isn't one of this parameter; nil where it is.
    package func problem(with value: String) -> String? {
        switch kind {
        case .choice where !choices.isEmpty && !choices.contains(value):
            "is not one of \(choices.prefix(40).map { "\"\($0)\"" }.joined(separator: ", "))"
                + (choices.count > 40 ? ", …" : "")
        case .boolean where value != "true" && value != "false": "must be \"true\" or \"false\""
        case .string where value.contains(where: \.isNewline): "must be one line"
        case .file: "is a file, which can't be sent from here"
        default: nil
        }
    }

    /// `choice of "dev", "prod", default "dev"`
    package var summary: String {
        var text = kind.description
        if kind == .choice, !choices.isEmpty {
            text += " of " + choices.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
            if choices.count > 20 { text += ", …" }
        }
        if let defaultValue { text += ", default \"\(defaultValue)\"" }
        return text
    }
}

extension JenkinsParameter.Kind: CustomStringConvertible {
    /// - Parameter type: `StringParameterDefinition`, or the end of a class name.
    init(_ type: String) {
        self =
            switch type {
            case "StringParameterDefinition": .string
            case "TextParameterDefinition": .text
            case "BooleanParameterDefinition": .boolean
            case "ChoiceParameterDefinition": .choice
            case "PasswordParameterDefinition": .password
            case "FileParameterDefinition": .file
            default: .other(type.hasSuffix("ParameterDefinition") ? String(type.dropLast(19)) : type)
            }
    }

    package var description: String {
        switch self {
        case .string: "string"
        case .text: "text"
        case .boolean: "boolean"
        case .choice: "choice"
        case .password: "password"
        case .file: "file"
        case .other(let name): name.isEmpty ? "unknown type" : name
        }
    }
}

extension JSONValue {
    /// A value as Jenkins takes it in a form; nil for null, objects and lists.
    var jenkinsText: String? {
        switch self {
        case .string(let text): text
        case .null, .object, .array: nil
        default: JSONWriter.string(self)
        }
    }
}
