/// The expressions of one admission policy (`admissionregistration.k8s.io/v1`): they see the same names, and variables that
/// build on each other.
public struct AdmissionExpressions: Sendable {
    /// The type that an expression has to have.
    public enum Result: String, Sendable {
        /// True or false, as validations and match conditions are.
        case bool
        /// A text, as message expressions are.
        case string
    }

    private static let kind: CELType = .record(["group": .string, "version": .string, "kind": .string])
    private static let resource: CELType = .record(["group": .string, "version": .string, "resource": .string])
    private static let user: CELType = .record([
        "username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.list(.string)),
    ])
    private static let request: CELType = .record([
        "kind": kind, "resource": resource, "subResource": .string, "requestKind": kind, "requestResource": resource,
        "requestSubResource": .string, "name": .string, "namespace": .string, "operation": .string, "userInfo": user,
        "dryRun": .bool, "options": .dyn,
    ])

    private var programs: [String: CELProgram] = [:]
    private var types: [String: CELType] = [:]

    /// Makes a set without variables.
    public init() {}

    /// Defines a variable by an expression, which sees the variables that were defined before. ``CELFailure`` is thrown
    /// for an expression that can't be compiled.
    public mutating func define(_ variable: String, source: String) throws(CELFailure) {
        let program = try CELProgram(source, types: scope)
        programs[variable] = program
        types[variable] = program.resultType
    }

    /// Compiles an expression that sees all variables. ``CELFailure`` is thrown for one that can't be compiled, and for
    /// one whose result has another type.
    public func compile(_ source: String, result: Result) throws(CELFailure) -> CELProgram {
        let program = try CELProgram(source, types: scope)
        let found = program.resultType
        guard found.isDyn || found.name == result.rawValue else {
            throw CELFailure(.result, message: "must evaluate to \(result.rawValue) but got \(found.name)")
        }
        return program
    }

    private var scope: [String: CELType] {
        [
            "object": .dyn, "oldObject": .dyn, "namespaceObject": .dyn, "request": Self.request,
            "authorizer": .authorizer(.authorizer), "variables": .record(types),
        ]
    }

    /// An evaluation of the expressions for one request, in which each variable is evaluated at most once.
    ///
    /// - Parameter values: The values of `object`, `oldObject`, `namespaceObject`, `request` and `authorizer`.
    /// - Returns: The evaluation; its ``Evaluation/value(of:)`` gives the value of each expression.
    public func evaluation(_ values: [String: CELValue]) -> Evaluation {
        Evaluation(values: values, programs: programs)
    }

    /// The evaluation of a policy's expressions for one request. It keeps the values of variables.
    public struct Evaluation: Sendable {
        let values: [String: CELValue]
        let programs: [String: CELProgram]
        private var known: [String: CELValue] = [:]

        init(values: [String: CELValue], programs: [String: CELProgram]) {
            self.values = values
            self.programs = programs
        }

        /// The value of an expression. ``CELFailure`` is thrown when values don't fit or the steps run out.
        public mutating func value(of program: CELProgram) throws(CELFailure) -> CELValue {
            var evaluator = CELEvaluator(
                variables: values, steps: CELProgram.maximumSteps, deferred: programs, known: known)
            let value = try evaluator.evaluate(program.root)
            known = evaluator.known
            return value
        }
    }
}
