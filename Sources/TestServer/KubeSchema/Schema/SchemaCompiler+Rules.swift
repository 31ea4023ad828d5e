import KubeModel

extension SchemaCompiler {
    /// Compiles the rules of a node. Whatever can't be evaluated later is a fault of the schema.
    mutating func rules(
        _ schema: JSONValue, of node: SchemaNode, at path: SchemaPath, place: Place
    ) -> [ValidationRule] {
        guard let list = schema["x-kubernetes-validations"] else { return [] }
        let path = path.field("x-kubernetes-validations")
        if place == .junctor {
            fail(.forbidden(path.description, detail: "must be empty to be structural"))
            return []
        }
        return (list.array ?? []).enumerated().compactMap { position, rule in
            self.rule(rule, of: node, at: path.index(position))
        }
    }

    private mutating func rule(_ json: JSONValue, of node: SchemaNode, at path: SchemaPath) -> ValidationRule? {
        let source = json["rule"]?.string ?? ""
        guard source.contains(where: { !$0.isWhitespace }) else {
            fail(.required(path.field("rule").description, detail: "rule is not specified"))
            return nil
        }
        if json["optionalOldSelf"] != nil {
            fail(.forbidden(path.field("optionalOldSelf").description, detail: "optionalOldSelf is not supported"))
            return nil
        }
        guard let program = program(source, expecting: .bool, json: json, node: node, at: path.field("rule")) else {
            return nil
        }
        var messageExpression: CELProgram?
        if let text = json["messageExpression"]?.string, !text.isEmpty {
            messageExpression = self.program(
                text, expecting: .string, json: json, node: node, at: path.field("messageExpression"))
        }
        return ValidationRule(
            source: source, message: trimmed(json["message"]?.string ?? ""), messageExpression: messageExpression,
            reason: reason(json, at: path), fieldPath: json["fieldPath"]?.string ?? "", program: program,
            isTransition: program.mentions("oldSelf"))
    }

    private func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    private mutating func reason(_ json: JSONValue, at path: SchemaPath) -> FieldError.Kind {
        guard let text = json["reason"]?.string, !text.isEmpty else { return .invalid }
        let allowed: [FieldError.Kind] = [.required, .invalid, .forbidden, .duplicate]
        if let reason = allowed.first(where: { $0.rawValue == text }) { return reason }
        let supported = allowed.map(\.rawValue).sorted()
        fail(.notSupported(path.field("reason").description, value: .string(text), supported: supported))
        return .invalid
    }

    private mutating func program(
        _ source: String, expecting result: CELType, json: JSONValue, node: SchemaNode, at path: SchemaPath
    ) -> CELProgram? {
        let type = CELType(node)
        do throws(CELFailure) {
            let program = try CELProgram(source, types: ["self": type, "oldSelf": type])
            guard program.resultType.fits(result) else {
                fault(json, at: path, detail: "cel expression must evaluate to a \(result.name)")
                return nil
            }
            return program
        } catch {
            fault(json, at: path, detail: "compilation failed: \(error.message)")
            return nil
        }
    }

    /// The value is the rule as the API server prints it: a Go struct, with `<`, `>` and `&` escaped.
    private mutating func fault(_ rule: JSONValue, at path: SchemaPath, detail: String) {
        let value: JSONValue = [
            "Rule": rule["rule"] ?? "", "Message": rule["message"] ?? "",
            "MessageExpression": rule["messageExpression"] ?? "", "Reason": rule["reason"] ?? .null,
            "FieldPath": rule["fieldPath"] ?? "", "OptionalOldSelf": rule["optionalOldSelf"] ?? .null,
        ]
        let escapes: [Character: String] = ["<": "\\u003c", ">": "\\u003e", "&": "\\u0026"]
        let text = JSONWriter.string(value).reduce(into: "") { $0 += escapes[$1] ?? String($1) }
        fail(FieldError(.invalid, field: path.description, badValue: text, detail: detail))
    }
}
