// MARK: - Pipelines

extension TemplateParser {
    mutating func pipeline(_ context: ByteString, until end: TemplateToken.Kind) throws(HelmError) -> PipeNode {
        try enter()
        defer { nesting -= 1 }
        let position = try peekNonSpace().position
        let (declared, assigns) = try declarations(context)
        var commands: [CommandNode] = []
        while true {
            let token = nextNonSpace()
            switch token.kind {
            case end:
                try check(commands, context: context)
                return PipeNode(position: position, declared: declared, assigns: assigns, commands: commands)
            case .bool, .charConstant, .complex, .dot, .field, .identifier, .number, .nilKeyword, .rawString, .string,
                .variable, .leftParenthesis:
                giveBack()
                commands.append(try command())
            default: throw unexpected(token, in: context)
            }
        }
    }

    mutating func declarations(_ context: ByteString) throws(HelmError) -> ([VariableNode], Bool) {
        var declared: [VariableNode] = []
        while true {
            let variable = try peekNonSpace()
            guard variable.kind == .variable else { return (declared, false) }
            _ = next()
            // After "$x foo" both the space and the variable are given back, so that $x is an argument.
            let after = try peek()
            let token = try peekNonSpace()
            switch token.kind {
            case .assign, .declare:
                _ = nextNonSpace()
                declared.append(declare(variable))
                return (declared, token.kind == .assign)
            case .char where token.value == ",":
                _ = nextNonSpace()
                declared.append(declare(variable))
                guard context == "range", declared.count < 2 else {
                    throw failure("too many declarations in " + context)
                }
                switch try peekNonSpace().kind {
                case .variable, .rightDelimiter, .rightParenthesis: continue
                default: throw failure("range can only initialize variables")
                }
            case _ where after.kind == .space:
                pushBack(variable, space: after)
                return (declared, false)
            default:
                pushBack(variable)
                return (declared, false)
            }
        }
    }

    mutating func declare(_ token: TemplateToken) -> VariableNode {
        variables.append(token.value)
        return VariableNode(position: token.position, name: token.value, variable: number(of: token.value))
    }

    mutating func number(of name: ByteString) -> Int {
        if let number = numbers[name] { return number }
        let number = numbers.count
        numbers[name] = number
        return number
    }

    func check(_ commands: [CommandNode], context: ByteString) throws(HelmError) {
        guard !commands.isEmpty else { throw failure("missing value for " + context) }
        for (index, command) in commands.enumerated().dropFirst() where !command.operands[0].isExecutable {
            throw failure(ByteString("non executable command in pipeline stage \(index + 1)"))
        }
    }

    mutating func command() throws(HelmError) -> CommandNode {
        let position = try peekNonSpace().position
        var operands: [OperandNode] = []
        loop: while true {
            _ = try peekNonSpace()
            if let operand = try operand() { operands.append(operand) }
            let token = next()
            switch token.kind {
            case .space: continue
            case .rightDelimiter, .rightParenthesis:
                giveBack()
                break loop
            case .pipe: break loop
            default: throw unexpected(token, in: "operand")
            }
        }
        guard !operands.isEmpty else { throw failure("empty command") }
        return CommandNode(position: position, operands: operands)
    }

    mutating func operand() throws(HelmError) -> OperandNode? {
        guard let node = try term() else { return nil }
        guard try peek().kind == .field else { return node }
        let position = try peek().position
        var fields: [ByteString] = []
        while try peek().kind == .field { fields.append(ByteString(bytes: next().value.bytes.dropFirst())) }
        switch node {
        case let field as FieldNode: return FieldNode(position: position, names: field.names + fields)
        case let variable as VariableNode:
            return VariableNode(
                position: position, name: variable.name, variable: variable.variable, fields: variable.fields + fields)
        case is BoolNode, is StringNode, is NumberNode, is NilNode, is DotNode:
            throw failure("unexpected . after term " + GoQuote.quoted(node.text))
        default: return ChainNode(position: position, base: node, fields: fields)
        }
    }

    mutating func term() throws(HelmError) -> OperandNode? {
        let token = nextNonSpace()
        let position = token.position
        switch token.kind {
        case .identifier:
            guard let function = functions[token.value] else {
                throw failure("function " + GoQuote.quoted(token.value) + " not defined")
            }
            return FunctionNode(position: position, name: token.value, function: function)
        case .dot: return DotNode(position: position)
        case .nilKeyword: return NilNode(position: position)
        case .variable:
            guard variables.contains(token.value) else {
                throw failure("undefined variable " + GoQuote.quoted(token.value))
            }
            return VariableNode(position: position, name: token.value, variable: number(of: token.value))
        case .field:
            return FieldNode(position: position, names: [ByteString(bytes: token.value.bytes.dropFirst())])
        case .bool: return BoolNode(position: position, value: token.value == "true")
        case .charConstant, .complex, .number: return try numberNode(token)
        case .leftParenthesis: return try pipeline("parenthesized pipeline", until: .rightParenthesis)
        case .string, .rawString:
            guard let value = GoQuote.unquoted(token.value) else { throw failure("invalid syntax") }
            return StringNode(position: position, literal: token.value, value: value)
        default:
            giveBack()
            return nil
        }
    }

    func numberNode(_ token: TemplateToken) throws(HelmError) -> NumberNode {
        let number: NumberConstant
        do {
            number = try NumberConstant(token.value, kind: token.kind)
        } catch {
            throw failure(error.message)
        }
        return NumberNode(position: token.position, number: number)
    }

    mutating func enter() throws(HelmError) {
        nesting += 1
        if nesting > Self.maximumNesting { throw failure("the template is nested too deeply") }
    }
}
