import KubeModel

/// An entry of `x-kubernetes-validations` (KEP-2876), compiled.
struct ValidationRule: Sendable {
    var source: String
    var message: String
    var messageExpression: CELProgram?
    var reason: FieldError.Kind
    /// The place of the fault, relative to that of the rule; begins with a dot or a bracket.
    var fieldPath: String
    var program: CELProgram
    var isTransition: Bool

    /// What names the rule in messages about its evaluation.
    var label: String { message.isEmpty ? source : message }
}
