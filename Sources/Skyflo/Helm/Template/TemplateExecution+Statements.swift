extension TemplateExecution {
    func walk(_ body: [Statement], dot: Reflected) throws -> LoopExit? {
        for statement in body {
            try step()
            switch statement {
            case .text(let bytes): try write(bytes)
            case .action(let pipe):
                let value = try evaluate(pipe, dot: dot)
                if pipe.declared.isEmpty { try print(value) }
            case .conditional(let branch, let setsDot):
                if let exit = try walk(branch, dot: dot, setsDot: setsDot) { return exit }
            case .range(let branch):
                if let exit = try walkRange(branch, dot: dot) { return exit }
            case .template(let call): try walk(call, dot: dot)
            case .exit(let exit): return exit
            }
        }
        return nil
    }

    func print(_ value: Reflected) throws {
        switch value.value {
        case .string(let text): try write(text.bytes)
        case .null: try write(TemplateEngine.noValue.bytes)
        case .object(let object): try write((object.shown ?? GoFormat.print([value.value])).bytes)
        default: try write(GoFormat.print([value.value]).bytes)
        }
    }

    func walk(_ branch: Branch, dot: Reflected, setsDot: Bool) throws -> LoopExit? {
        let mark = variables.count
        defer { variables.removeLast(variables.count - mark) }
        let value = try evaluate(branch.pipe, dot: dot)
        if value.value.isTrue { return try walk(branch.body, dot: setsDot ? value : dot) }
        if let otherwise = branch.otherwise { return try walk(otherwise, dot: dot) }
        return nil
    }

    func walk(_ call: TemplateCall, dot: Reflected) throws {
        at(call)
        guard let called = set[call.name] else {
            throw failure("template " + GoQuote.quoted(call.name) + " not defined")
        }
        let value = try call.pipe.map { pipe throws in try evaluate(pipe, dot: dot) } ?? .invalid
        try run(called, dot: value)
    }

    /// Only a `continue` in the part after `else` leaves a range for the one around it.
    func walkRange(_ branch: Branch, dot: Reflected) throws -> LoopExit? {
        let mark = variables.count
        defer { variables.removeLast(variables.count - mark) }
        let value = try evaluate(branch.pipe, dot: dot).value
        let isEmpty: Bool
        switch value {
        case .list(let list): isEmpty = try walkRange(branch, over: list)
        case .bytes(let bytes):
            let list = HelmList(bytes.map { .object(IntegerObject($0)) }, type: .named("uint8"))
            isEmpty = try walkRange(branch, over: list)
        case .map(let map): isEmpty = try walkRange(branch, over: map)
        case .null: isEmpty = true
        default: isEmpty = try walkRange(branch, counting: value)
        }
        guard isEmpty, let otherwise = branch.otherwise else { return nil }
        return try walk(otherwise, dot: dot) == .continuing ? .continuing : nil
    }

    /// True where there was nothing to iterate over.
    private func walkRange(_ branch: Branch, over list: HelmList) throws -> Bool {
        let isInterface = list.type == .any
        let mark = variables.count
        for (index, element) in list.elements.enumerated() {
            let element = Reflected(element, isInterface: isInterface)
            guard try iterate(branch, index: .int(index), element: element, mark: mark) else { break }
        }
        return list.elements.isEmpty
    }

    private func walkRange(_ branch: Branch, over map: HelmMap) throws -> Bool {
        let isInterface = map.type == .any || map.type == .values
        let mark = variables.count
        // The loop sees the map as it is now, also where its body changes it.
        let members = map.dictionary
        for key in map.keys {
            let element = Reflected(members[key] ?? .null, isInterface: isInterface)
            guard try iterate(branch, index: .string(key), element: element, mark: mark) else { break }
        }
        return members.isEmpty
    }

    private func walkRange(_ branch: Branch, counting value: HelmValue) throws -> Bool {
        guard let count = value.integer else {
            throw failure("range can't iterate over " + GoFormat.print([value]))
        }
        guard branch.pipe.declared.count < 2 else {
            throw failure("can't use " + GoFormat.print([value]) + " to iterate over more than one variable")
        }
        let mark = variables.count
        var index: Int64 = 0
        while index < count {
            guard try iterate(branch, index: .null, element: Reflected(value.sameType(index)), mark: mark) else {
                break
            }
            index += 1
        }
        return count <= 0
    }

    /// False where the loop is left.
    private func iterate(_ branch: Branch, index: HelmValue, element: Reflected, mark: Int) throws -> Bool {
        let declared = branch.pipe.declared
        try step()
        if branch.pipe.assigns {
            if declared.count > 1 { try assign(Reflected(index), to: declared[0]) }
            if let last = declared.last { try assign(element, to: last) }
        } else {
            if !declared.isEmpty { variables[variables.count - 1].value = element }
            if declared.count > 1 { variables[variables.count - 2].value = Reflected(index) }
        }
        let exit = try walk(branch.body, dot: element)
        variables.removeLast(variables.count - mark)
        return exit != .breaking
    }
}
