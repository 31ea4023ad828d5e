import KubeModel

extension SchemaValidation {
    /// allOf, anyOf, oneOf and not. Such faults stand at no field; those of the best alternative follow.
    mutating func checkJunctors(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) {
        let junctors = node.junctors
        for part in junctors.allOf { faults(part, value: value, at: path).forEach { add($0) } }
        checkAnyOf(junctors.anyOf, value: value, at: path)
        checkOneOf(junctors.oneOf, value: value, at: path)
        if let not = junctors.not, faults(not, value: value, at: path).isEmpty {
            composite("\"\(path)\" must not validate the schema (not)")
        }
    }

    private mutating func checkAnyOf(_ parts: [SchemaNode], value: JSONValue, at path: SchemaPath) {
        guard !parts.isEmpty else { return }
        let results = parts.map { faults($0, value: value, at: path) }
        if results.contains(where: \.isEmpty) { return }
        composite("\"\(path)\" must validate at least one schema (anyOf)")
        addBest(of: results)
    }

    private mutating func checkOneOf(_ parts: [SchemaNode], value: JSONValue, at path: SchemaPath) {
        guard !parts.isEmpty else { return }
        let results = parts.map { faults($0, value: value, at: path) }
        let fitting = results.count(where: \.isEmpty)
        let text = "\"\(path)\" must validate one and only one schema (oneOf)."
        switch fitting {
        case 1: break
        case 0:
            composite("\(text) Found none valid")
            addBest(of: results)
        default: composite("\(text) Found \(fitting) valid alternatives")
        }
    }

    private mutating func addBest(of results: [[FieldError]]) {
        results.min { $0.count < $1.count }?.forEach { add($0) }
    }

    private mutating func composite(_ text: String) { add(.invalid(FieldError.noField, value: "", detail: text)) }

    private func faults(_ node: SchemaNode, value: JSONValue, at path: SchemaPath) -> [FieldError] {
        var validation = SchemaValidation()
        validation.validateOpenAPI(node, value: value, old: nil, at: path)
        return validation.errors
    }
}
