import KubeModel

extension SchemaValidation {
    /// Runs the rules. Transition rules need a stored value to compare with; the others are let off where nothing changed.
    mutating func validateRules(_ node: SchemaNode, value: JSONValue, old: JSONValue?, at path: SchemaPath) {
        guard node.hasRules, !value.isNull else { return }
        if !node.rules.isEmpty { run(node, value: value, old: old, at: path) }
        switch value {
        case .array(let elements):
            guard let items = node.children.items, items.hasRules else { return }
            let correlation = ListCorrelation(node, old: old?.array)
            for (position, element) in elements.enumerated() {
                validateRules(items, value: element, old: correlation.old(element), at: path.index(position))
            }
        case .object(let members):
            for (name, member) in members {
                guard let child = node.declared(name) ?? node.additionalSchema else { continue }
                validateRules(child, value: member, old: old?[name], at: path.field(name))
            }
        default: break
        }
    }

    private mutating func run(_ node: SchemaNode, value: JSONValue, old: JSONValue?, at path: SchemaPath) {
        var variables = ["self": CELValue(value, node: node)]
        if let old { variables["oldSelf"] = CELValue(old, node: node) }
        for rule in node.rules {
            if rule.isTransition ? old == nil : old == value { continue }
            if let error = Self.evaluate(rule, variables: variables, node: node, at: path) { add(error) }
        }
    }

    private static func evaluate(
        _ rule: ValidationRule, variables: [String: CELValue], node: SchemaNode, at path: SchemaPath
    ) -> FieldError? {
        do throws(CELFailure) {
            if case .bool(true) = try rule.program.evaluate(variables) { return nil }
        } catch {
            // A rule that can't be evaluated is told with the type that it was for.
            let type = node.shape.type.map { JSONValue.string($0.rawValue) }
            return FieldError(.invalid, field: path.description, value: type, detail: text(of: error, rule))
        }
        let field = path.appending(rule.fieldPath).description
        return FieldError(rule.reason, field: field, detail: message(rule, variables: variables))
    }

    private static func text(of failure: CELFailure, _ rule: ValidationRule) -> String {
        if failure.code == .budget {
            return
                "'\(failure.message)': no further validation rules will be run due to call cost exceeds limit for rule: \(rule.label)"
        }
        if failure.message.hasPrefix("no such overload") {
            return
                "'\(failure.message)': call arguments did not match a supported operator, function or macro signature for rule: \(rule.label)"
        }
        return "\(failure.message) evaluating rule: \(rule.label)"
    }

    /// The expression's text when it has one on a single line, else the fixed message.
    private static func message(_ rule: ValidationRule, variables: [String: CELValue]) -> String {
        if let program = rule.messageExpression, case .string(let text)? = try? program.evaluate(variables),
            text.contains(where: { !$0.isWhitespace }), !text.contains("\n")
        {
            return text
        }
        return rule.message.isEmpty ? "failed rule: \(rule.source)" : rule.message
    }
}
