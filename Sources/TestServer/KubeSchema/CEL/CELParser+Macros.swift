/// Macros are expanded while parsing, as the specification has it; a macro used wrongly is a fault of the source.
extension CELParser {
    func call(
        _ name: String, target: CELNode?, arguments: [CELNode], at offset: Int
    ) throws(CELFailure) -> CELNode {
        if name == "has", target == nil { return try has(arguments, at: offset) }
        if let target, let macro = CELNode.Comprehension.Macro(rawValue: name) {
            return try comprehension(macro, range: target, arguments: arguments, at: offset)
        }
        let below = (target.map { [$0] } ?? []) + arguments
        return try node(.call(function: name, target: target, arguments: arguments), at: offset, below: below)
    }

    private func has(_ arguments: [CELNode], at offset: Int) throws(CELFailure) -> CELNode {
        guard arguments.count == 1, case .select(let operand, let field, false) = arguments[0].kind else {
            throw failure("invalid argument to has() macro", at: offset)
        }
        return try node(.select(operand, field: field, isTest: true), at: offset, below: [operand])
    }

    private func comprehension(
        _ macro: CELNode.Comprehension.Macro, range: CELNode, arguments: [CELNode], at offset: Int
    ) throws(CELFailure) -> CELNode {
        let allowed = macro == .map ? 2...3 : 2...2
        guard allowed.contains(arguments.count) else {
            throw failure("wrong number of arguments to \(macro.rawValue)() macro", at: offset)
        }
        guard case .identifier(let variable) = arguments[0].kind else {
            throw failure("argument must be a simple name", at: arguments[0].offset)
        }
        let body = arguments[arguments.count - 1]
        let condition = arguments.count == 3 ? arguments[1] : nil
        let comprehension = CELNode.Comprehension(
            macro: macro, range: range, variable: variable, condition: condition, body: body)
        return try node(.comprehension(comprehension), at: offset, below: [range] + arguments)
    }
}
