/// The expressions of one admission policy (`admissionregistration.k8s.io/v1`): they see the same names, and variables that
/// build on each other.
public struct AdmissionExpressions: Sendable {
    public enum Result: String, Sendable { case bool, string }

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

    public init() {}

    /// - Throws: ``CELFailure`` for what can't be evaluated; it sees the variables that were defined before.
    public mutating func define(_ variable: String, source: String) throws(CELFailure) {
        let program = try CELProgram(source, types: scope)
        programs[variable] = program
        types[variable] = program.resultType
    }

    /// - Throws: ``CELFailure``, also for an expression whose result has another type.
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

    /// An evaluation of the expressions for one request. Each variable is evaluated at most once.
    /// - Parameter values: of `object`, `oldObject`, `namespaceObject`, `request` and `authorizer`.
    public func evaluation(_ values: [String: CELValue]) -> Evaluation {
        Evaluation(values: values, programs: programs)
    }

    public struct Evaluation: Sendable {
        let values: [String: CELValue]
        let programs: [String: CELProgram]
        private var known: [String: CELValue] = [:]

        init(values: [String: CELValue], programs: [String: CELProgram]) {
            self.values = values
            self.programs = programs
        }

        /// - Throws: ``CELFailure`` when values don't fit or the steps run out.
        public mutating func value(of program: CELProgram) throws(CELFailure) -> CELValue {
            var evaluator = CELEvaluator(
                variables: values, steps: CELProgram.maximumSteps, deferred: programs, known: known)
            let value = try evaluator.evaluate(program.root)
            known = evaluator.known
            return value
        }
    }
}
