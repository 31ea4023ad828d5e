/// Finds what can't have a value before anything is evaluated: unknown names, fields and functions, operators between
/// types that don't go together. What depends on values only known later has the type dyn and is left to evaluation.
struct CELChecker {
    let source: String
    private var scope: [String: CELType]
    private(set) var mentioned: Set<String> = []

    init(_ source: String, variables: [String: CELType]) {
        self.source = source
        scope = variables
    }

    private func failure(_ message: String, at offset: Int) -> CELFailure {
        CELFailure(.check, message: CELDiagnostic.text(message, source: source, at: offset))
    }

    mutating func check(_ node: CELNode) throws(CELFailure) -> CELType {
        switch node.kind {
        case .literal(let value): return value.celType
        case .identifier(let name): return try identifier(name, at: node.offset)
        case .select(let operand, let field, let isTest):
            let type = try select(try check(operand), field: field, at: node.offset)
            return isTest ? .bool : type
        case .index(let operand, let key): return try index(operand, key: key, at: node.offset)
        case .call(let name, let target, let arguments):
            return try call(name, target: target, arguments: arguments, at: node.offset)
        case .unary(let symbol, let operand): return try unary(symbol, type: try check(operand), at: node.offset)
        case .binary(let symbol, let left, let right):
            return try binary(symbol, left: try check(left), right: try check(right), at: node.offset)
        case .and(let operands): return try logical(operands, name: "_&&_", at: node.offset)
        case .or(let operands): return try logical(operands, name: "_||_", at: node.offset)
        case .conditional(let condition, let then, let otherwise):
            return try conditional(condition, then: then, otherwise: otherwise, at: node.offset)
        case .list(let elements): return .list(try common(elements))
        case .map(let entries):
            for entry in entries { _ = try check(entry.key) }
            return .map(try common(entries.map(\.value)))
        case .comprehension(let comprehension): return try self.comprehension(comprehension, at: node.offset)
        }
    }

    private mutating func common(_ nodes: [CELNode]) throws(CELFailure) -> CELType {
        var result: CELType?
        for node in nodes {
            let type = try check(node)
            result = result.map { $0.name == type.name ? $0 : .dyn } ?? type
        }
        return result ?? .dyn
    }

    private mutating func identifier(_ name: String, at offset: Int) throws(CELFailure) -> CELType {
        if let type = scope[name] {
            mentioned.insert(name)
            return type
        }
        if CELTypeNames.all.contains(name) { return .type }
        throw failure("undeclared reference to '\(name)' (in container '')", at: offset)
    }

    private func select(_ type: CELType, field: String, at offset: Int) throws(CELFailure) -> CELType {
        if let member = type.member(field) { return member }
        switch type {
        case .object, .record: throw failure("undefined field '\(field)'", at: offset)
        default: throw failure("type '\(type.name)' does not support field selection", at: offset)
        }
    }

    private mutating func index(_ operand: CELNode, key: CELNode, at offset: Int) throws(CELFailure) -> CELType {
        let (container, keyType) = (try check(operand), try check(key))
        switch container {
        case .dyn: return .dyn
        case .list(let element) where keyType.isDyn || keyType.fits(.int) || keyType.fits(.uint): return element
        case .map(let value) where keyType.fits(.string): return value
        case .map(let value) where !keyType.fits(.list(.dyn)): return value
        default: throw noOverload("_[_]", types: [container, keyType], at: offset)
        }
    }

    private func noOverload(_ function: String, types: [CELType], at offset: Int) -> CELFailure {
        let names = types.map(\.name).joined(separator: ", ")
        return failure("found no matching overload for '\(function)' applied to '(\(names))'", at: offset)
    }

    private func unary(_ symbol: CELOperator, type: CELType, at offset: Int) throws(CELFailure) -> CELType {
        let allowed = symbol == .not ? ["bool", "dyn"] : ["int", "double", "dyn"]
        guard allowed.contains(type.name) else { throw noOverload(symbol.functionName, types: [type], at: offset) }
        return type
    }

    private mutating func logical(
        _ operands: [CELNode], name: String, at offset: Int
    ) throws(CELFailure) -> CELType {
        for operand in operands {
            let type = try check(operand)
            guard type.fits(.bool) else { throw noOverload(name, types: [.bool, type], at: offset) }
        }
        return .bool
    }

    private mutating func conditional(
        _ condition: CELNode, then: CELNode, otherwise: CELNode, at offset: Int
    ) throws(CELFailure) -> CELType {
        let type = try check(condition)
        let (first, second) = (try check(then), try check(otherwise))
        guard type.fits(.bool), first.fits(second) else {
            throw noOverload("_?_:_", types: [type, first, second], at: offset)
        }
        return first.isDyn ? second : first
    }

    private func binary(
        _ symbol: CELOperator, left: CELType, right: CELType, at offset: Int
    ) throws(CELFailure) -> CELType {
        let mismatch = noOverload(symbol.functionName, types: [left, right], at: offset)
        switch symbol {
        case .equal, .notEqual:
            guard left.fits(right) else { throw mismatch }
            return .bool
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let ordered = ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration", "dyn"]
            let numeric = ["int", "uint", "double"]
            let areNumbers = numeric.contains(left.name) && numeric.contains(right.name)
            guard ordered.contains(left.name), ordered.contains(right.name), areNumbers || left.fits(right) else {
                throw mismatch
            }
            return .bool
        case .isIn:
            switch right {
            case .dyn, .map, .object: return .bool
            case .list(let element) where left.fits(element): return .bool
            default: throw mismatch
            }
        default:
            guard let result = Self.arithmetic(symbol, left: left, right: right) else { throw mismatch }
            return result
        }
    }

    private static func arithmetic(_ symbol: CELOperator, left: CELType, right: CELType) -> CELType? {
        if left.isDyn || right.isDyn { return .dyn }
        switch (symbol, left.name, right.name) {
        case (_, "int", "int"), (_, "uint", "uint"): return left
        case (.modulo, _, _): return nil
        case (_, "double", "double"): return left
        case (.add, "string", "string"), (.add, "bytes", "bytes"): return left
        case (.add, "timestamp", "duration"), (.add, "duration", "timestamp"), (.subtract, "timestamp", "duration"):
            return .timestamp
        case (.add, "duration", "duration"), (.subtract, "duration", "duration"),
            (.subtract, "timestamp", "timestamp"):
            return .duration
        default:
            if case (.add, .list(let a), .list(let b)) = (symbol, left, right) { return a.fits(b) ? left : .list(.dyn) }
            return nil
        }
    }

    private mutating func call(
        _ name: String, target: CELNode?, arguments: [CELNode], at offset: Int
    ) throws(CELFailure) -> CELType {
        var types: [CELType] = []
        var receiver: CELType?
        if let target { receiver = try check(target) }
        for argument in arguments { types.append(try check(argument)) }
        guard let function = target == nil ? CELFunction.global[name] : CELFunction.member[name] else {
            throw failure("undeclared reference to '\(name)' (in container '')", at: offset)
        }
        let all = (receiver.map { [$0] } ?? []) + types
        guard function.arguments.contains(arguments.count) else { throw noOverload(name, types: all, at: offset) }
        if let receiver, let allowed = function.receivers, !receiver.isDyn, !allowed.contains(receiver.generalName) {
            throw noOverload(name, types: all, at: offset)
        }
        try checkPattern(name, arguments: arguments)
        return function.result ?? receiver ?? .dyn
    }

    /// A pattern that is written out must be one.
    private func checkPattern(_ name: String, arguments: [CELNode]) throws(CELFailure) {
        guard ["matches", "find", "findAll"].contains(name) else { return }
        let position = name == "matches" ? arguments.count - 1 : 0
        guard case .literal(.string(let pattern)) = arguments[position].kind, SchemaPattern(pattern) == nil else {
            return
        }
        throw failure("invalid matches argument: '\(pattern)'", at: arguments[position].offset)
    }

    private mutating func comprehension(
        _ comprehension: CELNode.Comprehension, at offset: Int
    ) throws(CELFailure) -> CELType {
        let element: CELType
        let range = try check(comprehension.range)
        switch range {
        case .dyn: element = .dyn
        case .list(let type): element = type
        case .map: element = .string
        default: throw failure("expression of type '\(range.name)' cannot be range of a comprehension", at: offset)
        }
        let shadowed = scope[comprehension.variable]
        scope[comprehension.variable] = element
        defer { scope[comprehension.variable] = shadowed }
        if let condition = comprehension.condition { try checkBool(condition) }
        if comprehension.macro == .map { return .list(try check(comprehension.body)) }
        try checkBool(comprehension.body)
        return comprehension.macro == .filter ? .list(element) : .bool
    }

    private mutating func checkBool(_ node: CELNode) throws(CELFailure) {
        let type = try check(node)
        if !type.fits(.bool) {
            throw failure("expected type 'bool' but found '\(type.name)'", at: node.offset)
        }
    }
}

extension CELType {
    /// The name without the types inside.
    var generalName: String {
        switch self {
        case .list: "list"
        case .map, .object: "map"
        default: name
        }
    }
}
