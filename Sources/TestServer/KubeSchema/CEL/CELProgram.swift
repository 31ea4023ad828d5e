/// A compiled expression of the Common Expression Language (CEL), with the string, list and regex functions that
/// Kubernetes adds.
///
/// Evaluation has no side effects and always ends: it takes at most ``maximumSteps`` steps.
public struct CELProgram: Sendable {
    /// The number of steps that an evaluation may take. A step is about the look at one value or at sixteen bytes of a
    /// string.
    public static let maximumSteps = 1_000_000

    let root: CELNode
    private let mentioned: Set<String>
    let resultType: CELType

    /// Compiles an expression that may name `variables`, whose values can be anything. ``CELFailure`` is thrown for a
    /// source that is no expression, and for names, functions and macros that don't exist.
    public init(_ source: String, variables: Set<String>) throws(CELFailure) {
        try self.init(source, types: Dictionary(uniqueKeysWithValues: variables.map { ($0, CELType.dyn) }))
    }

    init(_ source: String, types: [String: CELType]) throws(CELFailure) {
        root = try CELParser.parse(source)
        var checker = CELChecker(source, variables: types)
        resultType = try checker.check(root)
        mentioned = checker.mentioned
    }

    func mentions(_ variable: String) -> Bool { mentioned.contains(variable) }

    /// The value of the expression. ``CELFailure`` is thrown when values don't fit (a missing key, a division by zero,
    /// …) or the steps run out.
    public func evaluate(_ variables: [String: CELValue]) throws(CELFailure) -> CELValue {
        var evaluator = CELEvaluator(variables: variables, steps: Self.maximumSteps)
        return try evaluator.evaluate(root)
    }
}
