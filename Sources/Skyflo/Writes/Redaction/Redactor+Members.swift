import KubeModel

/// Values in an object, judged by the names that they stand under.
extension Redactor {
    /// - Parameter parent: the name that the value stands under.
    func walk(_ value: JSONValue, under parent: String = "") -> JSONValue {
        switch value {
        case .object(let members):
            if Self.isSecret(value) { return redact(json: value) }
            return walk(members, under: parent)
        case .array(let elements): return .array(list(elements))
        case .string(let text): return .string(redact(value: text))
        default: return value
        }
    }

    private func walk(_ members: JSONObject, under parent: String) -> JSONValue {
        let variable = Self.variable(members)
        let program = members["command"]?.array.flatMap { Self.program(in: $0) }
        return .object(
            JSONObject(
                members.map { key, value in
                    if let variable, Self.valueKeys.contains(key) { return (key, judge(value, under: variable)) }
                    if key == "args", case .array(let elements) = value {
                        return (key, .array(list(elements, of: program)))
                    }
                    if Self.isReference(key, in: members, under: parent) {
                        return (key, judge(value, as: .reference))
                    }
                    return (key, judge(value, under: key))
                }))
    }

    private static let valueKeys: Set<String> = ["value", "Value", "ParameterValue", "default", "defaultValue"]

    /// The name in `{name: DB_PASSWORD, value: …}`, and in a patch's `{op: add, path: /data/db-password, value: …}`.
    private static func variable(_ members: JSONObject) -> String? {
        if members["op"] != nil { return members["path"]?.string.map(lastToken) }
        let names = ["name", "Name", "key", "Key", "ParameterKey"].compactMap { members[$0]?.string }
        return names.first { CredentialNames.matches($0) }
    }

    private static func lastToken(_ pointer: String) -> String {
        String(pointer.split(separator: "/").last ?? "").replacing("~1", with: "/").replacing("~0", with: "~")
    }

    /// The name of a Secret, where the fields around it say so: Traefik's `basicAuth: {secret: web-users}`, and the key of
    /// an ExternalSecret's `{secretKey: password, remoteRef: …}`.
    private static func isReference(_ key: String, in members: JSONObject, under parent: String) -> Bool {
        switch key {
        case "secret": ["basicAuth", "digestAuth", "tls", "clientAuth"].contains(parent)
        case "secretKey": members["remoteRef"] != nil || members["sourceRef"] != nil
        default: false
        }
    }

    /// The value of a name. An object under a telling name is a structure (`auth: {user: …}`), whose own names decide.
    private func judge(_ value: JSONValue, under name: String) -> JSONValue {
        switch value {
        // Most members are such, above all of `managedFields`, and their names decide nothing.
        case .object, .bool, .null: walk(value, under: name)
        case .string, .int, .double, .array: judge(value, as: CredentialNames.meaning(ofMember: name), under: name)
        }
    }

    private func judge(_ value: JSONValue, as meaning: CredentialNames.Meaning, under name: String = "") -> JSONValue {
        switch value {
        case .string(let text):
            return isHidden(text, as: meaning) ? .string(token(text)) : .string(redact(value: text))
        case .int, .double:
            let text = JSONWriter.string(value)
            return CredentialValues.isCredential(text, as: meaning) ? .string(token(text)) : value
        case .array(let elements) where meaning == .secret || meaning == .token:
            return .array(elements.map { $0.string == nil ? walk($0) : judge($0, as: meaning) })
        default: return walk(value, under: name)
        }
    }

    /// A text with a structure of its own is looked at by its parts, unless all of it is a secret.
    private func isHidden(_ text: String, as meaning: CredentialNames.Meaning) -> Bool {
        guard CredentialValues.isCredential(text, as: meaning) else { return false }
        if meaning == .secret || meaning == .secretSwitch { return true }
        return Self.structure(text) == nil && !CredentialValues.isConfiguration(text)
    }

    /// `$(DB_PASSWORD)` and `${…}` name a variable and hold nothing themselves.
    static func isReference(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return TextRedaction.reference(bytes, start: 0) == bytes.count
    }

    // MARK: - Command lines

    /// In a list of words, the one after `--password` is its value.
    private func list(_ elements: [JSONValue], of program: Program? = nil) -> [JSONValue] {
        let passwords = Program.passwords(in: elements.map(\.string), of: program)
        var flag: String?
        return elements.enumerated().map { at, element in
            defer { flag = element.string.flatMap(Self.flag) }
            if let start = passwords[at], let text = element.string { return .string(hide(text, from: start)) }
            if let flag, element.string?.hasPrefix("--") == false { return judge(element, under: flag) }
            return walk(element)
        }
    }

    private func hide(_ text: String, from start: Int) -> String {
        let bytes = Array(text.utf8)
        let password = String(decoding: bytes[start...], as: UTF8.self)
        guard CredentialValues.isCredential(password, as: .secret) else { return text }
        return String(decoding: bytes[..<start], as: UTF8.self) + token(password)
    }

    /// A flag whose value is the next word.
    private static func flag(_ text: String) -> String? {
        text.hasPrefix("-") && !text.contains("=") && !text.contains(" ") && CredentialNames.matches(text) ? text : nil
    }

    private static func program(in words: [JSONValue]) -> Program? {
        words.reduce(nil) { program, word in word.string.flatMap { Program($0, after: program) } ?? program }
    }

    // MARK: - Documents

    /// A text that may be YAML, as ConfigMaps have it: by its lines, and then what its structure shows beyond them.
    func redact(document text: String) -> String {
        let shown = redact(text: text)
        guard text.contains("\n"), text.contains(":"), text.utf8.count <= 1 << 18, nesting < 4,
            let documents = try? YAML.parseAll(shown),
            documents.contains(where: { $0.object != nil || $0.array != nil })
        else { return shown }
        var inner = self
        inner.nesting += 1
        let redacted = documents.map { inner.redact(json: $0) }
        guard redacted != documents else { return shown }
        let hidden = zip(documents, redacted).reduce(into: Set<String>()) {
            $0.formUnion(Self.hidden(in: $1.0, shown: $1.1))
        }
        // In their place, so that the rest stays as it was written; where that isn't enough, written anew.
        let replaced = replace(hidden, in: shown)
        if let again = try? YAML.parseAll(replaced), again.map({ inner.redact(json: $0) }) == again { return replaced }
        return redacted.map { YAML.format($0) }.joined(separator: "---\n")
    }
}
