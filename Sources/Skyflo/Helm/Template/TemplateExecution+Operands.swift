// How pipelines, commands and their operands are evaluated, with the errors of Go's package `text/template`.
extension TemplateExecution {
    /// The value of a pipeline, which is a value of its own type even where it comes from a place of type `interface {}`.
    func evaluate(_ pipe: PipeNode, dot: Reflected) throws -> Reflected {
        at(pipe)
        var value: Reflected?
        for command in pipe.commands {
            try step()
            value = Reflected(try evaluate(command, dot: dot, final: value).value)
        }
        let result = value ?? .invalid
        for variable in pipe.declared {
            if pipe.assigns {
                try assign(result, to: variable)
            } else {
                variables.append((variable.variable, result))
            }
        }
        return result
    }

    func assign(_ value: Reflected, to variable: VariableNode) throws {
        guard let index = variables.lastIndex(where: { $0.number == variable.variable }) else {
            throw failure("undefined variable: " + variable.name)
        }
        variables[index].value = value
    }

    private func evaluate(_ command: CommandNode, dot: Reflected, final: Reflected?) throws -> Reflected {
        let first = command.operands[0]
        switch first.kind {
        case .field:
            let field = unsafeDowncast(first, to: FieldNode.self)
            at(field)
            return try fields(field.names, of: dot, node: field, operands: command.operands, dot: dot, final: final)
        case .chain:
            let chain = unsafeDowncast(first, to: ChainNode.self)
            return try evaluate(chain, operands: command.operands, dot: dot, final: final)
        case .function:
            let function = unsafeDowncast(first, to: FunctionNode.self)
            at(function)
            return try call(
                function.function, named: function.name, node: command, operands: command.operands, dot: dot,
                final: final)
        case .pipe:
            try refuseArguments(command.operands, final: final)
            return try evaluate(unsafeDowncast(first, to: PipeNode.self), dot: dot)
        case .variable:
            let variable = unsafeDowncast(first, to: VariableNode.self)
            return try evaluate(variable, operands: command.operands, dot: dot, final: final)
        case .dot, .null, .bool, .string, .number:
            at(first)
            try refuseArguments(command.operands, final: final)
            return try constant(first, dot: dot)
        }
    }

    private func constant(_ node: OperandNode, dot: Reflected) throws -> Reflected {
        switch node.kind {
        case .dot: dot
        case .bool: Reflected(.bool(unsafeDowncast(node, to: BoolNode.self).value))
        case .string: Reflected(.string(unsafeDowncast(node, to: StringNode.self).value))
        case .number: Reflected(try ideal(unsafeDowncast(node, to: NumberNode.self)))
        default: throw failure("nil is not a command")
        }
    }

    private func refuseArguments(_ operands: [OperandNode], final: Reflected?) throws {
        if operands.count > 1 || final != nil {
            throw failure("can't give argument to non-function " + operands[0].text)
        }
    }

    /// The value of a number where no type is asked for.
    private func ideal(_ node: NumberNode) throws -> HelmValue {
        at(node)
        let number = node.number
        if let complex = number.complex {
            return .object(ComplexObject(real: complex.real, imaginary: complex.imaginary))
        }
        if number.isFloatByItself, let float = number.float { return .float64(float) }
        guard let integer = number.integer else { throw failure(number.text + " overflows int") }
        return .int(Int(integer))
    }

    // MARK: - Fields

    private func evaluate(_ chain: ChainNode, operands: [OperandNode], dot: Reflected, final: Reflected?) throws
        -> Reflected
    {
        at(chain)
        let base = try argument(chain.base, type: nil, dot: dot)
        return try fields(chain.fields, of: base, node: chain, operands: operands, dot: dot, final: final)
    }

    private func evaluate(_ node: VariableNode, operands: [OperandNode], dot: Reflected, final: Reflected?) throws
        -> Reflected
    {
        at(node)
        var index = variables.count - 1
        while index >= 0, variables[index].number != node.variable { index -= 1 }
        guard index >= 0 else { throw failure("undefined variable: " + node.name) }
        if node.fields.isEmpty {
            try refuseArguments(operands, final: final)
            return variables[index].value
        }
        return try fields(
            node.fields, of: variables[index].value, node: node, operands: operands, dot: dot, final: final)
    }

    private func fields(
        _ names: [ByteString], of receiver: Reflected, node: OperandNode, operands: [OperandNode], dot: Reflected,
        final: Reflected?
    ) throws -> Reflected {
        var receiver = receiver
        let last = names.count - 1
        for index in 0..<last {
            receiver = try field(names[index], of: receiver, node: node, operands: [], dot: dot, final: nil)
        }
        return try field(names[last], of: receiver, node: node, operands: operands, dot: dot, final: final)
    }

    private func field(
        _ name: ByteString, of receiver: Reflected, node: OperandNode, operands: [OperandNode], dot: Reflected,
        final: Reflected?
    ) throws -> Reflected {
        if case .null = receiver.value {
            if receiver.isInterface { throw failure("nil pointer evaluating interface {}." + name) }
            if engine.isStrict { throw failure("nil data; no entry for key " + GoQuote.quoted(name)) }
            return .invalid
        }
        if let method = receiver.value.method(name) {
            return try call(method, named: name, node: node, operands: operands, dot: dot, final: final)
        }
        let hasArguments = operands.count > 1 || final != nil
        switch receiver.value {
        case .map(let map):
            if hasArguments { throw failure(name + " is not a method but has arguments") }
            if let value = map[name] {
                return Reflected(value, isInterface: map.type == .any || map.type == .values)
            }
            if engine.isStrict { throw failure("map has no entry for key " + GoQuote.quoted(name)) }
            return map.missing
        case .object(let object):
            if let value = object.field(name) {
                if hasArguments { throw failure(name + " has arguments but cannot be invoked as function") }
                return Reflected(value)
            }
        default: break
        }
        throw failure("can't evaluate field " + name + " in type " + receiver.typeName)
    }

    // MARK: - Calls

    private func call(
        _ function: TemplateFunction, named name: ByteString, node: TemplateNode, operands: [OperandNode],
        dot: Reflected, final: Reflected?
    ) throws -> Reflected {
        let given = max(0, operands.count - 1)
        let count = given + (final == nil ? 0 : 1)
        let fixed = function.parameters.count
        if function.variadic != nil {
            guard count >= fixed else {
                throw failure(
                    name + ByteString(": want at least \(fixed) got \(given)"), prefix: "wrong number of args for ")
            }
        } else if count != fixed {
            throw failure(name + ByteString(": want \(fixed) got \(count)"), prefix: "wrong number of args for ")
        }
        if case .shortCircuit(let stop) = function.body {
            return try shortCircuit(operands, stopsAt: stop, dot: dot, final: final)
        }
        if case .plain(let body) = function.body {
            var values: [HelmValue] = []
            values.reserveCapacity(count)
            for index in 0..<given {
                values.append(try argument(operands[index + 1], type: function.type(at: index), dot: dot).value)
            }
            if let final { values.append(try validated(final, type: function.type(at: count - 1)).value) }
            let result = try calling(name, at: node) {
                let result = try body(self, FunctionArguments(values: values))
                try self.count(result)
                return result
            }
            return Reflected(result, isInterface: function.returnsInterface)
        }
        var values: [Reflected] = []
        values.reserveCapacity(count)
        for index in 0..<given {
            values.append(try argument(operands[index + 1], type: function.type(at: index), dot: dot))
        }
        if let final { values.append(try validated(final, type: function.type(at: count - 1))) }
        return try calling(name, at: node) {
            switch function.body {
            case .reflected(let body): try body(self, values)
            case .named(let body):
                try body(given > 0 ? operands[1].text : Self.callee(values[0].value), values)
            case .plain, .shortCircuit: .invalid
            }
        }
    }

    /// What a function returns; its errors with the place of the call.
    @inline(__always)
    private func calling<Value>(
        _ name: ByteString, at node: TemplateNode, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as HelmError {
            at(node)
            throw failure(error, calling: name)
        } catch {
            at(node)
            throw failure(HelmError("the function could not do it"), calling: name)
        }
    }

    /// What `reflect.Value.String` returns.
    private static func callee(_ value: HelmValue) -> ByteString {
        switch value {
        case .string(let text): text
        case .null: "<invalid Value>"
        default: "<" + ByteString(value.typeName) + " Value>"
        }
    }

    private func failure(_ message: ByteString, prefix: ByteString) -> HelmError {
        failure(prefix + message)
    }

    private func shortCircuit(_ operands: [OperandNode], stopsAt stop: Bool, dot: Reflected, final: Reflected?) throws
        -> Reflected
    {
        var value = Reflected.invalid
        for operand in operands.dropFirst() {
            value = try argument(operand, type: .reflected, dot: dot)
            if value.value.isTrue == stop { return value }
        }
        return final ?? value
    }

    // MARK: - Arguments

    private func argument(_ node: OperandNode, type: GoType?, dot: Reflected) throws -> Reflected {
        at(node)
        switch node.kind {
        case .dot: return try validated(dot, type: type)
        case .null:
            guard let value = (type ?? .any).nilValue else {
                throw failure("cannot assign nil to " + (type?.name ?? ""))
            }
            return Reflected(value, isInterface: type == .any)
        case .field:
            let field = unsafeDowncast(node, to: FieldNode.self)
            return try validated(
                try fields(field.names, of: dot, node: field, operands: [], dot: dot, final: nil), type: type)
        case .variable:
            let variable = unsafeDowncast(node, to: VariableNode.self)
            return try validated(try evaluate(variable, operands: [], dot: dot, final: nil), type: type)
        case .pipe: return try validated(try evaluate(unsafeDowncast(node, to: PipeNode.self), dot: dot), type: type)
        case .function:
            let function = unsafeDowncast(node, to: FunctionNode.self)
            let value = try call(
                function.function, named: function.name, node: function, operands: [], dot: dot, final: nil)
            return try validated(value, type: type)
        case .chain:
            let chain = unsafeDowncast(node, to: ChainNode.self)
            return try validated(try evaluate(chain, operands: [], dot: dot, final: nil), type: type)
        case .bool, .string, .number: return Reflected(try constant(node, as: type ?? .any))
        }
    }

    private func constant(_ node: OperandNode, as type: GoType) throws -> HelmValue {
        switch (type, node.kind) {
        case (.any, _), (.reflected, _): return try constant(node, dot: .invalid).value
        case (.string, .string): return .string(unsafeDowncast(node, to: StringNode.self).value)
        case (.string, _): throw failure("expected string; found " + node.text)
        case (.bool, .bool): return .bool(unsafeDowncast(node, to: BoolNode.self).value)
        case (.bool, _): throw failure("expected bool; found " + node.text)
        case (.int, _), (.int64, _), (.duration, _):
            guard let integer = (node as? NumberNode)?.number.integer else {
                throw failure("expected integer; found " + node.text)
            }
            return type == .int ? .int(Int(integer)) : type == .int64 ? .int64(integer) : GoDuration.value(integer)
        case (.uint32, _):
            guard let integer = (node as? NumberNode)?.number.unsigned else {
                throw failure("expected unsigned integer; found " + node.text)
            }
            return .object(IntegerObject(Int64(UInt32(truncatingIfNeeded: integer)), type: "uint32", kind: .uint32))
        case (.float64, _):
            guard let float = (node as? NumberNode)?.number.float else {
                throw failure("expected float; found " + node.text)
            }
            return .float64(float)
        default: throw failure("can't handle " + node.text + " for arg of type " + type.name)
        }
    }

    /// The value as an argument of a type.
    private func validated(_ value: Reflected, type: GoType?) throws -> Reflected {
        guard let type else { return value }
        switch type {
        case .any: return Reflected(value.value)
        case .reflected: return value
        default: break
        }
        if value.isInvalid {
            guard let value = type.nilValue else { throw failure("invalid value; expected " + type.name) }
            return Reflected(value)
        }
        guard type.accepts(value.value) else {
            let found = value.value.isNull ? "interface {}" : ByteString(value.value.typeName)
            throw failure("wrong type for value; expected " + type.name + "; got " + found)
        }
        return Reflected(value.value)
    }
}
