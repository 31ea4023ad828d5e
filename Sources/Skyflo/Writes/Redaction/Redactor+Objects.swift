import KubeModel

extension Redactor {
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// The object without its secrets. Everything else, its order included, stays as it is.
    package func redact(_ object: KubeObject) -> KubeObject { KubeObject(redact(json: object.json)) }

    /// Any JSON that may hold objects: a list, a patch, a template.
    ///
    /// - Parameter isSecret: the value belongs into a Secret, although it doesn't say so: a patch of one.
    package func redact(json: JSONValue, isSecret: Bool = false) -> JSONValue {
        guard isSecret || Self.isSecret(json) else { return walk(json) }
        guard case .object(let members) = json else { return json.isNull ? json : hide(json) }
        var result = JSONObject()
        for (key, value) in members {
            switch key {
            case "data", "stringData": result[key] = hideMembers(value, isBase64: key == "data")
            case "metadata": result[key] = secretMetadata(value, known: Self.values(of: members))
            default: result[key] = walk(value)
            }
        }
        return .object(result)
    }

    private func secretMetadata(_ metadata: JSONValue, known: Set<String>) -> JSONValue {
        var result = walk(metadata)
        for (key, value) in metadata["annotations"]?.object ?? [:] {
            guard let text = value.string, text != "", holds(text, secrets: known) || key == Self.lastApplied else {
                continue
            }
            result[path: ["annotations", key]] = .string(token(text))
        }
        return result
    }

    /// kubectl, and others, keep the whole manifest in an annotation, data included.
    private func holds(_ text: String, secrets: Set<String>) -> Bool {
        if Self.structure(text) != nil { return true }
        let bytes = Array(text.utf8)
        return secrets.contains { secret in
            guard secret.utf8.count >= 4 else { return false }
            return Self.forms(of: secret).contains { bytes.firstRange(of: Array($0.utf8)) != nil }
        }
    }

    /// The object or array that a text is as JSON.
    static func structure(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first(where: { !TextRedaction.isSpace($0) }), first == 0x7B || first == 0x5B,
            let json = try? JSONParser.parse(text), json.object != nil || json.array != nil
        else { return nil }
        return json
    }

    /// A text in an object: by its structure where it is JSON itself, as the annotations are in which tools keep what
    /// they applied, and as a text all the same.
    func redact(value text: String) -> String {
        // Packed as Helm and others pack a manifest: nobody can read it, and what it holds isn't known.
        if text.hasPrefix("H4sI"), text.utf8.count >= 40, Base64.decode(text) != nil { return token(text) }
        guard let json = Self.structure(text) else { return redact(document: text) }
        // Each level doubles the backslashes, so that honest texts are never deep; each is a recursion.
        guard nesting < 4 else { return token(text) }
        var inner = self
        inner.nesting += 1
        let shown = inner.redact(json: json)
        guard shown != json else { return redact(text: text) }
        // In their place where that is enough, so that a file keeps its lines.
        let replaced = replace(Self.hidden(in: json, shown: shown), in: text)
        return redact(text: Self.structure(replaced) == shown ? replaced : JSONWriter.string(shown))
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
        default: .string(token(JSONWriter.string(value, options: .canonical)))
        }
    }
}
