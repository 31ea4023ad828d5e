/// Macros are expanded while parsing, as the specification has it; a macro used wrongly is a fault of the source.
extension CELParser {
    func call(
        _ name: String, target: CELNode?, _ arguments: [CELNode], _ offset: Int
    ) throws(CELFailure) -> CELNode {
        if name == "has", target == nil { return try has(arguments, offset) }
        if let target, let macro = CELNode.Comprehension.Macro(rawValue: name) {
            return try comprehension(macro, target, arguments, offset)
        }
        let below = (target.map { [$0] } ?? []) + arguments
        return try node(.call(function: name, target: target, arguments: arguments), offset, below)
    }

    private func has(_ arguments: [CELNode], _ offset: Int) throws(CELFailure) -> CELNode {
        guard arguments.count == 1, case .select(let operand, let field, false) = arguments[0].kind else {
            throw failure("invalid argument to has() macro", offset)
        }
        return try node(.select(operand, field: field, isTest: true), offset, [operand])
    }

    private func comprehension(
        _ macro: CELNode.Comprehension.Macro, _ range: CELNode, _ arguments: [CELNode], _ offset: Int
    ) throws(CELFailure) -> CELNode {
        let allowed = macro == .map ? 2...3 : 2...2
        guard allowed.contains(arguments.count) else {
            throw failure("wrong number of arguments to \(macro.rawValue)() macro", offset)
        }
        guard case .identifier(let variable) = arguments[0].kind else {
            throw failure("argument must be a simple name", arguments[0].offset)
        }
        let body = arguments[arguments.count - 1]
        let condition = arguments.count == 3 ? arguments[1] : nil
        let comprehension = CELNode.Comprehension(
            macro: macro, range: range, variable: variable, condition: condition, body: body)
        return try node(.comprehension(comprehension), offset, [range] + arguments)
    }
}
