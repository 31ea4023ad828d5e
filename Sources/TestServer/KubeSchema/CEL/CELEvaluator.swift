/// Evaluates a checked expression.
struct CELEvaluator {
    private var variables: [String: CELValue]
    private var steps: Int
    /// Members of `variables`, which are evaluated when they are first asked for.
    private let deferred: [String: CELProgram]
    private let globals: [String: CELValue]
    private(set) var known: [String: CELValue]

    init(
        variables: [String: CELValue], steps: Int, deferred: [String: CELProgram] = [:], known: [String: CELValue] = [:]
    ) {
        self.variables = variables
        self.steps = steps
        self.deferred = deferred
        globals = variables
        self.known = known
    }

    static func error(_ message: String) -> CELFailure { CELFailure(.evaluation, message: message) }
    static let noOverload = CELFailure(.evaluation, message: "no such overload")

    private mutating func charge(_ amount: Int) throws(CELFailure) {
        steps -= amount
        if steps < 0 { throw CELFailure(.budget, message: "operation cancelled: actual cost limit exceeded") }
    }

    mutating func evaluate(_ node: CELNode) throws(CELFailure) -> CELValue {
        try charge(1)
        switch node.kind {
        case .literal(let value): return value
        case .identifier(let name): return try identifier(name)
        case .select(let operand, let field, let isTest): return try select(operand, field: field, isTest: isTest)
        case .index(let operand, let key): return try Self.index(try evaluate(operand), key: try evaluate(key))
        case .call(let name, let target, let arguments): return try call(name, target: target, arguments: arguments)
        case .unary(let symbol, let operand): return try CELArithmetic.unary(symbol, value: try evaluate(operand))
        case .binary(let symbol, let left, let right): return try binary(symbol, left: left, right: right)
        case .and(let operands): return try logical(operands, decidedBy: false)
        case .or(let operands): return try logical(operands, decidedBy: true)
        case .conditional(let condition, let then, let otherwise):
            guard case .bool(let flag) = try evaluate(condition) else { throw Self.noOverload }
            return try evaluate(flag ? then : otherwise)
        case .list(let elements): return .list(try all(elements))
        case .map(let entries): return try map(entries)
        case .comprehension(let comprehension): return try self.comprehension(comprehension)
        }
    }

    private mutating func all(_ nodes: [CELNode]) throws(CELFailure) -> [CELValue] {
        var values: [CELValue] = []
        for node in nodes { values.append(try evaluate(node)) }
        return values
    }

    private func identifier(_ name: String) throws(CELFailure) -> CELValue {
        if let value = variables[name] { return value }
        if CELTypeNames.all.contains(name) { return .type(name) }
        throw Self.error("no such attribute(s): \(name)")
    }

    private mutating func select(_ operand: CELNode, field: String, isTest: Bool) throws(CELFailure) -> CELValue {
        if case .identifier("variables") = operand.kind, variables["variables"] == nil, let program = deferred[field] {
            return try value(of: program, field)
        }
        let container = try evaluate(operand)
        if case .authorizer(let authorizer) = container, let member = authorizer.member(field) { return member }
        guard case .map(let map) = container else { throw Self.noOverload }
        let value = map.member(field)
        if isTest { return .bool(value != nil) }
        guard let value else { throw Self.error("no such key: \(field)") }
        return value
    }

    /// Outside of all comprehensions: what they bind isn't there where the variable was defined.
    private mutating func value(of program: CELProgram, _ name: String) throws(CELFailure) -> CELValue {
        if let value = known[name] { return value }
        var evaluator = CELEvaluator(variables: globals, steps: steps, deferred: deferred, known: known)
        do throws(CELFailure) {
            let value = try evaluator.evaluate(program.root)
            steps = evaluator.steps
            known = evaluator.known
            known[name] = value
            return value
        } catch {
            steps = evaluator.steps
            throw CELFailure(error.code, message: "composited variable \"\(name)\" fails to evaluate: \(error.message)")
        }
    }

    private static func index(_ container: CELValue, key: CELValue) throws(CELFailure) -> CELValue {
        switch container {
        case .map(let map):
            guard let value = map[key] else { throw error("no such key: \(key.text)") }
            return value
        case .list(let elements):
            let position: Int? =
                switch key {
                case .int(let number): Int(exactly: number)
                case .uint(let number): Int(exactly: number)
                case .double(let number): Int(exactly: number)
                default: nil
                }
            guard let position else { throw noOverload }
            guard elements.indices.contains(position) else { throw error("index out of bounds: \(position)") }
            return elements[position]
        default: throw noOverload
        }
    }

    private mutating func map(_ entries: [CELNode.Entry]) throws(CELFailure) -> CELValue {
        var result: [(CELValue, CELValue)] = []
        for entry in entries {
            let key = try evaluate(entry.key)
            switch key {
            case .string, .int, .uint, .bool: break
            default: throw Self.error("unsupported key type: \(key.typeName)")
            }
            try charge(result.count)
            if result.contains(where: { CELValue.equal($0.0, key) }) { throw Self.error("Failed with repeated key") }
            result.append((key, try evaluate(entry.value)))
        }
        return .map(CELMap(result))
    }

    private mutating func binary(
        _ symbol: CELOperator, left: CELNode, right: CELNode
    ) throws(CELFailure) -> CELValue {
        let (a, b) = (try evaluate(left), try evaluate(right))
        try charge(a.weight + b.weight)
        return try CELArithmetic.binary(symbol, lhs: a, rhs: b)
    }

    private mutating func call(
        _ name: String, target: CELNode?, arguments: [CELNode]
    ) throws(CELFailure) -> CELValue {
        var values: [CELValue] = []
        if let target { values.append(try evaluate(target)) }
        values.append(contentsOf: try all(arguments))
        try charge(values.reduce(0) { $0 + $1.weight })
        let result = try CELLibrary.call(name, values: values)
        try charge(result.weight)
        return result
    }

    /// `&&` and `||` are commutative about errors: an operand that decides wins over one that fails, whatever the order.
    private mutating func logical(
        _ operands: [CELNode], decidedBy deciding: Bool
    ) throws(CELFailure) -> CELValue {
        var first: CELFailure?
        for operand in operands {
            if try isDecided(operand, by: deciding, failure: &first) { return .bool(deciding) }
        }
        if let first { throw first }
        return .bool(!deciding)
    }

    private mutating func isDecided(
        _ node: CELNode, by deciding: Bool, failure: inout CELFailure?
    ) throws(CELFailure) -> Bool {
        do throws(CELFailure) {
            guard case .bool(let value) = try evaluate(node) else { throw Self.noOverload }
            return value == deciding
        } catch {
            // Out of steps is no value to reason with.
            if error.code == .budget { throw error }
            failure = failure ?? error
            return false
        }
    }

    // MARK: Comprehensions

    private mutating func comprehension(_ node: CELNode.Comprehension) throws(CELFailure) -> CELValue {
        let elements: [CELValue]
        switch try evaluate(node.range) {
        case .list(let values): elements = values
        case .map(let map): elements = map.entries.map(\.key)
        default: throw Self.noOverload
        }
        let shadowed = variables[node.variable]
        defer { variables[node.variable] = shadowed }
        switch node.macro {
        case .all: return .bool(try !decide(node, elements: elements, by: false))
        case .exists: return .bool(try decide(node, elements: elements, by: true))
        case .existsOne: return .bool(try fitting(node.body, variable: node.variable, elements: elements).count == 1)
        case .filter: return .list(try fitting(node.body, variable: node.variable, elements: elements))
        case .map: return .list(try mapped(node, elements: elements))
        }
    }

    private mutating func decide(
        _ node: CELNode.Comprehension, elements: [CELValue], by deciding: Bool
    ) throws(CELFailure) -> Bool {
        var first: CELFailure?
        for element in elements {
            variables[node.variable] = element
            if try isDecided(node.body, by: deciding, failure: &first) { return true }
        }
        if let first { throw first }
        return false
    }

    private mutating func fitting(
        _ condition: CELNode, variable: String, elements: [CELValue]
    ) throws(CELFailure) -> [CELValue] {
        var result: [CELValue] = []
        for element in elements {
            variables[variable] = element
            guard case .bool(let flag) = try evaluate(condition) else { throw Self.noOverload }
            if flag { result.append(element) }
        }
        return result
    }

    private mutating func mapped(
        _ node: CELNode.Comprehension, elements: [CELValue]
    ) throws(CELFailure) -> [CELValue] {
        var chosen = elements
        if let condition = node.condition {
            chosen = try fitting(condition, variable: node.variable, elements: elements)
        }
        var result: [CELValue] = []
        for element in chosen {
            variables[node.variable] = element
            result.append(try evaluate(node.body))
        }
        return result
    }
}
