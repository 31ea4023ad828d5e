import KubeModel
import KubeSchema

/// A ValidatingAdmissionPolicy (KEP-3488), compiled.
struct AdmissionPolicy: Sendable {
    private struct Validation: Sendable {
        var source: String
        var program: CELProgram
        var message: String
        var messageProgram: CELProgram?
        var reason: String
    }

    /// What a validation found wrong.
    struct Denial: Sendable {
        var message: String
        var reason: String
    }

    let name: String
    let constraints: MatchResources
    private let isLenient: Bool
    private let expressions: AdmissionExpressions
    private let conditions: [CELProgram]
    private let conditionSources: [String]
    private let validations: [Validation]

    /// - Throws: every fault of the expressions.
    init(_ object: KubeObject) throws(PolicyFailure) {
        var compiler = PolicyCompiler()
        let spec = object.json["spec"] ?? .object([:])
        compiler.variables(spec["variables"]?.array ?? [])
        let conditions = spec["matchConditions"]?.array ?? []
        self.conditions = compiler.programs(conditions, path: "spec.matchConditions")
        conditionSources = conditions.map { $0["expression"]?.string ?? "" }
        var validations: [Validation] = []
        for (position, json) in (spec["validations"]?.array ?? []).enumerated() {
            let path = "spec.validations[\(position)]"
            let program = compiler.program(json, member: "expression", path: path, result: .bool)
            let message =
                json["messageExpression"] == nil
                ? nil : compiler.program(json, member: "messageExpression", path: path, result: .string)
            guard let program else { continue }
            validations.append(
                Validation(
                    source: json["expression"]?.string ?? "", program: program,
                    message: (json["message"]?.string ?? "").trimmedOfWhitespace, messageProgram: message,
                    reason: json["reason"]?.string ?? "Invalid"))
        }
        if !compiler.errors.isEmpty { throw PolicyFailure(errors: compiler.errors) }
        self.validations = validations
        expressions = compiler.expressions
        name = object.name
        constraints = MatchResources(spec["matchConstraints"], matchesWithoutRules: false)
        isLenient = spec["failurePolicy"]?.string == "Ignore"
    }

    /// What is wrong with a write that matches; evaluation that fails is wrong as well, unless the policy ignores it.
    func judge(_ values: [String: CELValue]) -> [Denial] {
        var evaluation = expressions.evaluation(values)
        switch holds(&evaluation) {
        case .success(false): return []
        case .success(true): return validations.compactMap { judge($0, evaluation: &evaluation) }
        case .failure(let error): return failed(error.message)
        }
    }

    private func failed(_ message: String) -> [Denial] {
        isLenient ? [] : [Denial(message: message, reason: "Invalid")]
    }

    private static func text(_ source: String, error: CELFailure) -> String {
        "expression '\(source)' resulted in error: \(error.message)"
    }

    /// Whether all conditions hold. One that doesn't wins over those that fail.
    private func holds(_ evaluation: inout AdmissionExpressions.Evaluation) -> Result<Bool, PolicyFailure> {
        var failures: [String] = []
        for (program, source) in zip(conditions, conditionSources) {
            do throws(CELFailure) {
                guard case .bool(true) = try evaluation.value(of: program) else { return .success(false) }
            } catch {
                failures.append(Self.text(source, error: error))
            }
        }
        guard let first = failures.first else { return .success(true) }
        return .failure(
            PolicyFailure(failures.count == 1 ? first : "[\(failures.joined(separator: ", "))]"))
    }

    private func judge(_ validation: Validation, evaluation: inout AdmissionExpressions.Evaluation) -> Denial? {
        do throws(CELFailure) {
            if case .bool(true) = try evaluation.value(of: validation.program) { return nil }
        } catch {
            return failed(Self.text(validation.source, error: error)).first
        }
        return Denial(message: message(validation, evaluation: &evaluation), reason: validation.reason)
    }

    /// The expression's text when it has one on a single line, else the fixed message, else the rule itself.
    private func message(
        _ validation: Validation, evaluation: inout AdmissionExpressions.Evaluation
    ) -> String {
        if let program = validation.messageProgram, case .string(let text)? = try? evaluation.value(of: program) {
            let text = text.trimmedOfWhitespace
            if !text.isEmpty, !text.contains("\n"), text.utf8.count <= 5 * 1024 { return text }
        }
        if !validation.message.isEmpty { return validation.message }
        return "failed expression: \(validation.source.trimmedOfWhitespace)"
    }
}

/// Why a policy can't be used, or why its conditions can't be evaluated.
struct PolicyFailure: Error {
    var errors: [FieldError] = []
    var message = ""

    init(errors: [FieldError]) { self.errors = errors }
    init(_ message: String) { self.message = message }
}

/// Compiles the expressions of a policy and collects what is wrong with them.
private struct PolicyCompiler {
    var expressions = AdmissionExpressions()
    var errors: [FieldError] = []

    mutating func variables(_ list: [JSONValue]) {
        var seen: Set<String> = []
        for (position, json) in list.enumerated() {
            let path = "spec.variables[\(position)]"
            let name = json["name"]?.string ?? ""
            if !seen.insert(name).inserted { errors.append(.duplicate("\(path).name", value: .string(name))) }
            collect(json, member: "expression", path: path) { expressions, source throws(CELFailure) in
                try expressions.define(name, source: source)
            }
        }
    }

    mutating func programs(_ list: [JSONValue], path: String) -> [CELProgram] {
        var programs: [CELProgram] = []
        for (position, json) in list.enumerated() {
            if let program = program(json, member: "expression", path: "\(path)[\(position)]", result: .bool) {
                programs.append(program)
            }
        }
        return programs
    }

    mutating func program(
        _ json: JSONValue, member: String, path: String, result: AdmissionExpressions.Result
    ) -> CELProgram? {
        var program: CELProgram?
        collect(json, member: member, path: path) { expressions, source throws(CELFailure) in
            program = try expressions.compile(source, result: result)
        }
        return program
    }

    private mutating func collect(
        _ json: JSONValue, member: String, path: String,
        body: (inout AdmissionExpressions, String) throws(CELFailure) -> Void
    ) {
        let source = json[member]?.string ?? ""
        if source.trimmedOfWhitespace.isEmpty {
            return errors.append(.required("\(path).\(member)", detail: "\(member) is not specified"))
        }
        do throws(CELFailure) {
            try body(&expressions, source)
        } catch {
            let text = error.code == .result ? error.message : "compilation failed: \(error.message)"
            errors.append(.invalid("\(path).\(member)", value: .string(source), detail: text))
        }
    }
}
