public import KubeModel

extension Redactor {
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// The object without its secrets. Everything else, its order included, stays as it is.
    public func redact(_ object: KubeObject) -> KubeObject { KubeObject(redact(json: object.json)) }

    /// Any JSON that may hold objects: a list, a patch, a template.
    ///
    /// - Parameter isSecret: the value belongs into a Secret, although it doesn't say so: a patch of one.
    public func redact(json: JSONValue, isSecret: Bool = false) -> JSONValue {
        guard isSecret || Self.isSecret(json) else { return walk(json) }
        guard case .object(let members) = json else { return json.isNull ? json : hide(json) }
        var result = JSONObject()
        for (key, value) in members {
            switch key {
            case "data", "stringData": result[key] = hideMembers(value, isBase64: key == "data")
            case "metadata": result[key] = secretMetadata(value)
            default: result[key] = walk(value)
            }
        }
        return .object(result)
    }

    private func secretMetadata(_ metadata: JSONValue) -> JSONValue {
        var result = walk(metadata)
        // kubectl keeps the whole manifest there, data included.
        if let text = metadata["annotations", Self.lastApplied]?.string {
            result[path: ["annotations", Self.lastApplied]] = .string(token(text))
        }
        return result
    }

    private func hideMembers(_ value: JSONValue, isBase64: Bool) -> JSONValue {
        guard case .object(let members) = value else { return hide(value) }
        return .object(
            JSONObject(
                members.map { key, value in
                    // Decoded first, so that a value has one token in `data` and in `stringData`.
                    if isBase64, let bytes = value.string.flatMap(Base64.decode) { return (key, .string(token(bytes))) }
                    return (key, hide(value))
                }))
    }

    /// A member of a patch that is null removes; that is no secret.
    private func hide(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null: .null
        case .string(let text): .string(token(text))
        default: .string(token(JSONWriter.string(value, .canonical)))
        }
    }

    private func walk(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            if Self.isSecret(value) { return redact(json: value) }
            return walk(members)
        case .array(let elements): return .array(list(elements))
        case .string(let text): return .string(redact(text: text))
        default: return value
        }
    }

    private func walk(_ members: JSONObject) -> JSONValue {
        // `{name: DB_PASSWORD, value: …}`, and a patch's `{op: add, path: /data/db-password, value: …}`.
        let place = members["op"] == nil ? members["name"]?.string : members["path"]?.string.map(Self.lastToken)
        let isCredentialVariable = place.map { CredentialNames.matches($0) } ?? false
        return .object(
            JSONObject(
                members.map { key, value in
                    if isCredentialVariable, key == "value", value.string?.isEmpty == false {
                        return (key, hideText(value))
                    }
                    if CredentialNames.matches(key) { return (key, hideCredential(value)) }
                    return (key, walk(value))
                }))
    }

    private static func lastToken(_ pointer: String) -> String {
        String(pointer.split(separator: "/").last ?? "").replacing("~1", with: "/").replacing("~0", with: "~")
    }

    /// The value of a field with a telling name. An object under such a name is a structure (`auth: {user: …}`), whose own
    /// names decide.
    private func hideCredential(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): text.isEmpty ? value : hideText(value)
        case .int, .double: .string(token(JSONWriter.string(value)))
        default: walk(value)
        }
    }

    private func hideText(_ value: JSONValue) -> JSONValue {
        guard let text = value.string, !Self.isRedacted(text), !Self.isReference(text) else { return value }
        return .string(token(text))
    }

    /// `$(DB_PASSWORD)` and `${…}` name a variable and hold nothing themselves.
    static func isReference(_ text: String) -> Bool {
        (text.hasPrefix("$(") && text.hasSuffix(")")) || (text.hasPrefix("${") && text.hasSuffix("}"))
    }

    /// In a list of words, the one after `--password` is its value.
    private func list(_ elements: [JSONValue]) -> [JSONValue] {
        var result: [JSONValue] = []
        var follows = false
        for element in elements {
            result.append(follows ? hideText(element) : walk(element))
            follows =
                element.string.map { $0.hasPrefix("-") && !$0.contains("=") && CredentialNames.matches($0) } ?? false
        }
        return result
    }
}
