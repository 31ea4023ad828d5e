/// A recursive-descent parser for the grammar of the CEL specification, macros included.
struct CELParser {
    /// Deeper expressions are refused: parser and evaluator recurse.
    static let maximumDepth = 60
    private static let maximumNesting = 40

    private let source: String
    private let tokens: [CELToken]
    private var at = 0
    private var nesting = 0

    static func parse(_ source: String) throws(CELFailure) -> CELNode {
        var parser = CELParser(source: source, tokens: try CELLexer.tokens(source))
        let node = try parser.expression()
        if parser.current.kind != .end { throw parser.unexpected() }
        return node
    }

    private init(source: String, tokens: [CELToken]) {
        self.source = source
        self.tokens = tokens
    }

    private var current: CELToken { tokens[at] }

    func failure(_ message: String, at offset: Int) -> CELFailure {
        CELFailure(.syntax, message: CELDiagnostic.text(message, source: source, at: offset))
    }

    private func unexpected() -> CELFailure {
        let text: String =
            switch current.kind {
            case .end: "<EOF>"
            case .identifier(let name), .symbol(let name): name
            case .string(let text): text
            default: "literal"
            }
        return failure("Syntax error: mismatched input '\(text)'", at: current.offset)
    }

    private mutating func accept(_ symbol: String) -> Int? {
        guard current.kind == .symbol(symbol) else { return nil }
        at += 1
        return tokens[at - 1].offset
    }

    private mutating func expect(_ symbol: String) throws(CELFailure) {
        if accept(symbol) == nil { throw unexpected() }
    }

    func node(_ kind: CELNode.Kind, at offset: Int, below: [CELNode] = []) throws(CELFailure) -> CELNode {
        let depth = (below.map(\.depth).max() ?? 0) + 1
        if depth > Self.maximumDepth { throw failure("expression is nested too deeply", at: offset) }
        return CELNode(kind: kind, offset: offset, depth: depth)
    }

    // MARK: Operators, loosest first

    private mutating func expression() throws(CELFailure) -> CELNode {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Self.maximumNesting { throw failure("expression is nested too deeply", at: current.offset) }
        let condition = try or()
        guard let offset = accept("?") else { return condition }
        let then = try or()
        try expect(":")
        let otherwise = try expression()
        return try node(.conditional(condition, then, otherwise), at: offset, below: [condition, then, otherwise])
    }

    private mutating func or() throws(CELFailure) -> CELNode {
        let first = try and()
        var operands = [first]
        var offset = first.offset
        while let symbol = accept("||") {
            offset = symbol
            operands.append(try and())
        }
        return operands.count == 1 ? first : try node(.or(operands), at: offset, below: operands)
    }

    private mutating func and() throws(CELFailure) -> CELNode {
        let first = try relation()
        var operands = [first]
        var offset = first.offset
        while let symbol = accept("&&") {
            offset = symbol
            operands.append(try relation())
        }
        return operands.count == 1 ? first : try node(.and(operands), at: offset, below: operands)
    }

    private mutating func operation(_ candidates: [CELOperator]) -> (CELOperator, Int)? {
        for candidate in candidates {
            let isWord = candidate == .isIn && current.kind == .identifier("in")
            guard isWord || current.kind == .symbol(candidate.rawValue) else { continue }
            at += 1
            return (candidate, tokens[at - 1].offset)
        }
        return nil
    }

    private mutating func relation() throws(CELFailure) -> CELNode {
        var left = try addition()
        let candidates: [CELOperator] = [.equal, .notEqual, .lessOrEqual, .less, .greaterOrEqual, .greater, .isIn]
        while let (symbol, offset) = operation(candidates) {
            let right = try addition()
            left = try node(.binary(symbol, left, right), at: offset, below: [left, right])
        }
        return left
    }

    private mutating func addition() throws(CELFailure) -> CELNode {
        var left = try multiplication()
        while let (symbol, offset) = operation([.add, .subtract]) {
            let right = try multiplication()
            left = try node(.binary(symbol, left, right), at: offset, below: [left, right])
        }
        return left
    }

    private mutating func multiplication() throws(CELFailure) -> CELNode {
        var left = try unary()
        while let (symbol, offset) = operation([.multiply, .divide, .modulo]) {
            let right = try unary()
            left = try node(.binary(symbol, left, right), at: offset, below: [left, right])
        }
        return left
    }

    private mutating func unary() throws(CELFailure) -> CELNode {
        if let offset = accept("!") {
            var isEven = false
            while accept("!") != nil { isEven.toggle() }
            let operand = try member()
            return isEven ? operand : try node(.unary(.not, operand), at: offset, below: [operand])
        }
        guard let offset = accept("-") else { return try member() }
        var isEven = false
        while accept("-") != nil { isEven.toggle() }
        if !isEven, let literal = try negativeLiteral(offset) { return try member(of: literal) }
        let operand = try member()
        return isEven ? operand : try node(.unary(.negate, operand), at: offset, below: [operand])
    }

    /// The sign belongs to the literal, or the smallest integer couldn't be written.
    private mutating func negativeLiteral(_ offset: Int) throws(CELFailure) -> CELNode? {
        let value: CELValue
        switch current.kind {
        case .int(let magnitude) where magnitude <= UInt64(Int64.max) + 1:
            value = .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .double(let number): value = .double(-number)
        default: return nil
        }
        at += 1
        return try node(.literal(value), at: offset)
    }

    // MARK: Members and primaries

    private mutating func member() throws(CELFailure) -> CELNode { try member(of: try primary()) }

    private mutating func member(of start: CELNode) throws(CELFailure) -> CELNode {
        var operand = start
        while true {
            if let offset = accept(".") {
                let name = try fieldName()
                if let open = accept("(") {
                    let arguments = try expressions(until: ")")
                    operand = try call(name, target: operand, arguments: arguments, at: open)
                } else {
                    operand = try node(.select(operand, field: name, isTest: false), at: offset, below: [operand])
                }
            } else if let offset = accept("[") {
                let key = try expression()
                try expect("]")
                operand = try node(.index(operand, key), at: offset, below: [operand, key])
            } else {
                return operand
            }
        }
    }

    private static let reserved: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return", "var", "void", "while",
    ]

    /// Reserved words may stand behind a dot, but for those that are tokens of their own.
    private mutating func fieldName() throws(CELFailure) -> String {
        guard case .identifier(let name) = current.kind, !["true", "false", "null", "in"].contains(name) else {
            throw unexpected()
        }
        at += 1
        return name
    }

    private mutating func identifier() throws(CELFailure) -> String {
        guard case .identifier(let name) = current.kind else { throw unexpected() }
        if Self.reserved.contains(name) { throw failure("reserved identifier: \(name)", at: current.offset) }
        at += 1
        return name
    }

    private mutating func expressions(until end: String) throws(CELFailure) -> [CELNode] {
        var nodes: [CELNode] = []
        while accept(end) == nil {
            nodes.append(try expression())
            if accept(",") == nil {
                try expect(end)
                break
            }
        }
        return nodes
    }

    private mutating func primary() throws(CELFailure) -> CELNode {
        let token = current
        switch token.kind {
        case .symbol("("):
            at += 1
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["):
            at += 1
            let elements = try expressions(until: "]")
            return try node(.list(elements), at: token.offset, below: elements)
        case .symbol("{"): return try map()
        case .symbol("."):
            at += 1
            return try name(token.offset)
        case .identifier("true"), .identifier("false"), .identifier("null"): return try word(token)
        case .identifier: return try name(token.offset)
        default: return try literal(token)
        }
    }

    private mutating func word(_ token: CELToken) throws(CELFailure) -> CELNode {
        at += 1
        let value: CELValue =
            token.kind == .identifier("null") ? .null : .bool(token.kind == .identifier("true"))
        return try node(.literal(value), at: token.offset)
    }

    private mutating func name(_ offset: Int) throws(CELFailure) -> CELNode {
        let name = try identifier()
        guard let open = accept("(") else { return try node(.identifier(name), at: offset) }
        return try call(name, target: nil, arguments: try expressions(until: ")"), at: open)
    }

    private mutating func literal(_ token: CELToken) throws(CELFailure) -> CELNode {
        let value: CELValue
        switch token.kind {
        case .int(let number):
            guard let signed = Int64(exactly: number) else { throw failure("invalid int literal", at: token.offset) }
            value = .int(signed)
        case .uint(let number): value = .uint(number)
        case .double(let number): value = .double(number)
        case .string(let text): value = .string(text)
        case .bytes(let bytes): value = .bytes(bytes)
        default: throw unexpected()
        }
        at += 1
        return try node(.literal(value), at: token.offset)
    }

    private mutating func map() throws(CELFailure) -> CELNode {
        let offset = current.offset
        at += 1
        var entries: [CELNode.Entry] = []
        while accept("}") == nil {
            let key = try expression()
            try expect(":")
            entries.append(CELNode.Entry(key: key, value: try expression()))
            if accept(",") == nil {
                try expect("}")
                break
            }
        }
        return try node(.map(entries), at: offset, below: entries.flatMap { [$0.key, $0.value] })
    }
}
