import KubeModel

/// Which objects of a collection a request is about.
struct Selection: Sendable {
    var namespace: String?
    var labels = LabelSelector()
    var fields = ServedFieldSelector()
    var fieldPaths: FieldPaths

    func matches(_ stored: StoredObject) -> Bool {
        if let namespace, stored.key.namespace != namespace { return false }
        if !labels.requirements.isEmpty, !labels.matches(stored.labels) { return false }
        return fields.terms.isEmpty || fields.matches { fieldPaths.value($0, of: stored) }
    }
}

/// The fields of a kind that selectors may name.
struct FieldPaths: Sendable {
    /// Beyond `metadata.name` and `metadata.namespace`: the name in selectors and the path of members.
    var extra: [String: [String]] = [:]
    var isCustom = false
    var isNamespaced = true

    func value(_ field: String, of stored: StoredObject) -> String? {
        switch field {
        case "metadata.name": stored.key.name
        case "metadata.namespace": stored.key.namespace
        default: extra[field].flatMap { Self.text(stored.object.json[path: $0]) }
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): String(flag)
        case .int(let number): String(number)
        default: nil
        }
    }

    /// 400 for a field that this kind doesn't offer.
    func check(_ selector: ServedFieldSelector) throws(APIStatus) {
        for term in selector.terms {
            let field = term.field
            if field == "metadata.name" || field == "metadata.namespace" || extra[field] != nil { continue }
            throw APIStatus.badRequest(
                isCustom || !extra.isEmpty
                    ? "field label not supported: \(field)"
                    : "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
        }
    }
}
