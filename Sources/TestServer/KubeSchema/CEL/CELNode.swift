/// A node of a parsed expression.
struct CELNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        /// `isTest` for `has(operand.field)`.
        case select(CELNode, field: String, isTest: Bool)
        case index(CELNode, CELNode)
        case call(function: String, target: CELNode?, arguments: [CELNode])
        case unary(CELOperator, CELNode)
        case binary(CELOperator, CELNode, CELNode)
        /// `&&` and `||` take all operands of a chain, so that long chains don't nest.
        case and([CELNode])
        case or([CELNode])
        case conditional(CELNode, CELNode, CELNode)
        case list([CELNode])
        case map([Entry])
        case comprehension(Comprehension)
    }

    struct Entry: Sendable { var key: CELNode, value: CELNode }

    struct Comprehension: Sendable {
        enum Macro: String, Sendable { case all, exists, existsOne = "exists_one", map, filter }
        var macro: Macro
        var range: CELNode
        var variable: String
        /// The condition of `map` with three arguments.
        var condition: CELNode?
        var body: CELNode
    }

    var kind: Kind
    /// The place in the source, in Unicode scalars, for messages.
    var offset: Int
    /// How many levels are below, so that evaluation can't exhaust the stack.
    var depth: Int
}

enum CELOperator: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case isIn = "in"
    case not = "!"
    case negate = "-_"

    /// The name of the function that cel-go calls.
    var functionName: String {
        switch self {
        case .isIn: "@in"
        case .not: "!_"
        case .negate: "-_"
        default: "_\(rawValue)_"
        }
    }
}
