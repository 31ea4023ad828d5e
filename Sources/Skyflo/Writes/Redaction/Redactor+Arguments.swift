import KubeModel

extension Redactor {
    /// The arguments of a call without the credentials that the model wrote into them, also into a manifest or a patch that
    /// is one of them. What holds none stays as it was written, byte for byte.
    package func redact(arguments text: String) -> String {
        guard let json = try? JSONParser.parse(text), let members = json.object else { return redact(text: text) }
        let isSecret = ["kind", "resource_type"].contains { Self.isSecret(kind: members[$0]?.string ?? "") }
        let shown = JSONValue.object(
            JSONObject(
                members.map { key, value in
                    if isSecret, value.object != nil || value.array != nil {
                        return (key, redact(json: value, isSecret: true))
                    }
                    guard let text = value.string, !CredentialNames.matches(key) else {
                        return (key, redact(json: .object([key: value]))[key] ?? .null)
                    }
                    return (key, .string(redact(document: text, isSecret: isSecret)))
                }))
        return shown == json ? text : JSONWriter.string(shown)
    }

    /// Whether a kind in any of the forms that kubectl takes is that of Secrets: `secrets`, `Secret`, `secret.v1.`, `secrets/db`.
    private static func isSecret(kind: String) -> Bool {
        let word = kind.drop(while: \.isWhitespace).prefix { !". /\t\n".contains($0) }.lowercased()
        return ["secret", "secrets"].contains(word)
    }

    /// A text that may be JSON or YAML with objects in it.
    private func redact(document text: String, isSecret: Bool) -> String {
        let isStructured = text.contains("\n") || text.contains(": ") || text.contains("{") || text.contains("[")
        guard isStructured, let documents = try? YAML.parseAll(text),
            documents.contains(where: { $0.object != nil || $0.array != nil })
        else { return redact(text: text) }
        let shown = documents.map { redact(json: $0, isSecret: isSecret) }
        guard shown != documents else { return redact(text: text) }
        if documents.count == 1, (try? JSONParser.parse(text)) != nil { return JSONWriter.string(shown[0]) }
        return shown.map { YAML.format($0) }.joined(separator: "---\n")
    }

    /// The values in arguments that look like credentials by their place.
    func credentials(inArguments text: String) -> Set<String> {
        guard let members = (try? JSONParser.parse(text))?.object else { return [] }
        var found = credentials(in: .object(members))
        for (_, value) in members {
            guard let documents = value.string.flatMap({ try? YAML.parseAll($0) }) else { continue }
            for document in documents { found.formUnion(credentials(in: document)) }
        }
        return found
    }

    /// The values that were replaced as a whole between a value and what is shown of it.
    static func hidden(in value: JSONValue, shown: JSONValue) -> Set<String> {
        switch (value, shown) {
        case (.object(let members), .object(let shown)):
            members.reduce(into: []) { found, member in
                if let other = shown[member.key] { found.formUnion(hidden(in: member.value, shown: other)) }
            }
        case (.array(let elements), .array(let shown)):
            zip(elements, shown).reduce(into: []) { $0.formUnion(hidden(in: $1.0, shown: $1.1)) }
        case (.string(let text), .string(let token)): text != token && isToken(token) ? [text] : []
        default: []
        }
    }

    /// What was replaced in the words of a command: a word, or the end of one as in `--password=…`.
    static func hidden(inWords words: JSONValue?, shown: JSONValue?) -> Set<String> {
        zip(words?.array ?? [], shown?.array ?? []).reduce(into: []) { found, pair in
            guard let word = pair.0.string, let shown = pair.1.string, word != shown else { return }
            let prefix = zip(word, shown).prefix { $0 == $1 }.count
            let rest = word.dropFirst(prefix)
            let suffix = zip(rest.reversed(), shown.dropFirst(prefix).reversed()).prefix { $0 == $1 }.count
            found.insert(String(rest.dropLast(suffix)))
        }
    }

    /// The values in an object that look like credentials by their place.
    package func credentials(in json: JSONValue) -> Set<String> { Self.hidden(in: json, shown: redact(json: json)) }
}

extension Redactor {
    /// Arguments in which these values are replaced wherever one is a whole text.
    func hide(_ secrets: Set<String>, inArguments text: String) -> String {
        guard !secrets.isEmpty, let json = try? JSONParser.parse(text) else { return text }
        return JSONWriter.string(hide(secrets, in: json))
    }

    private func hide(_ secrets: Set<String>, in json: JSONValue) -> JSONValue {
        switch json {
        case .string(let text): .string(secrets.contains(text) ? token(text) : text)
        case .array(let elements): .array(elements.map { hide(secrets, in: $0) })
        case .object(let members): .object(JSONObject(members.map { ($0.key, hide(secrets, in: $0.value)) }))
        default: json
        }
    }
}

extension Redactor {
    /// A value of a parameter or a variable, judged by its name as well.
    package func redact(value: String, named name: String) -> String {
        redact(json: [name: .string(value)])[name]?.string ?? redact(text: value)
    }
}

extension PlannedWrite {
    /// Values that only the target of the write says are secret, and that the model wrote as they are.
    var argumentSecrets: Set<String> {
        guard case .jenkins(let request) = action else { return [] }
        return Set(request.form.filter { $0.isSecret && !$0.value.isEmpty }.map(\.value))
    }
}
