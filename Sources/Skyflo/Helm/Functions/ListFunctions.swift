/// Sprig's functions of lists.
enum ListFunctions {
    static func add(to table: inout FunctionTable) {
        addMaking(to: &table)
        addEnds(to: &table)
        addFiltering(to: &table)
        addCutting(to: &table)
    }

    private static func addMaking(to table: inout FunctionTable) {
        table.add("list", variadic: .any) { .list($0.values) }
        table.alias("tuple", of: "list")
        table.add("append", taking: .any, .any) { .list(try elements($0[0], "push on type") + [$0[1]]) }
        for name in ["push", "mustAppend", "mustPush"] as [ByteString] { table.alias(name, of: "append") }
        table.add("prepend", taking: .any, .any) { .list([$0[1]] + (try elements($0[0], "prepend on type"))) }
        table.alias("mustPrepend", of: "prepend")
        table.add("concat", variadic: .any, returnsInterface: true) { arguments in
            var result: [HelmValue] = []
            for value in arguments.values {
                guard !value.isNull else { throw GoRuntimeError.nilPointer }
                guard let list = list(value) else {
                    throw HelmError("Cannot concat type \(value.kind.rawValue) as list")
                }
                result += list
            }
            return .list(HelmList(result, isNil: result.isEmpty))
        }
        table.add("reverse", taking: .any) { .list(try elements($0[0], "find reverse on type").reversed()) }
        table.alias("mustReverse", of: "reverse")
        table.add("sortAlpha", taking: .any) {
            .strings($0[0].isNull ? ["<nil>"] : StringFunctions.strings(of: $0[0]).sorted())
        }
    }

    private static func addEnds(to table: inout FunctionTable) {
        table.add("first", taking: .any, returnsInterface: true) {
            try elements($0[0], "find first on type").first ?? .null
        }
        table.alias("mustFirst", of: "first")
        table.add("last", taking: .any, returnsInterface: true) {
            try elements($0[0], "find last on type").last ?? .null
        }
        table.alias("mustLast", of: "last")
        table.add("rest", taking: .any) {
            let elements = try elements($0[0], "find rest on type")
            return .list(HelmList(Array(elements.dropFirst()), isNil: elements.isEmpty))
        }
        table.alias("mustRest", of: "rest")
        table.add("initial", taking: .any) {
            let elements = try elements($0[0], "find initial on type")
            return .list(HelmList(Array(elements.dropLast()), isNil: elements.isEmpty))
        }
        table.alias("mustInitial", of: "initial")
    }

    private static func addFiltering(to table: inout FunctionTable) {
        table.add("compact", taking: .any) { .list(try elements($0[0], "compact on type").filter { !$0.isEmptyValue }) }
        table.alias("mustCompact", of: "compact")
        table.add("uniq", taking: .any) { .list(unique(try elements($0[0], "find uniq on type"))) }
        table.alias("mustUniq", of: "uniq")
        table.add("without", taking: .any, variadic: .any) { arguments in
            let omitted = arguments.rest(from: 1)
            return .list(
                try elements(arguments[0], "find without on type").filter { element in
                    !omitted.contains { $0.isDeepEqual(to: element) }
                })
        }
        table.alias("mustWithout", of: "without")
        table.add("has", taking: .any, .any) { arguments in
            if arguments[1].isNull { return .bool(false) }
            return .bool(try elements(arguments[1], "find has on type").contains { $0.isDeepEqual(to: arguments[0]) })
        }
        table.alias("mustHas", of: "has")
    }

    private static func addCutting(to table: inout FunctionTable) {
        table.add("slice", taking: .any, variadic: .any, returnsInterface: true) { try slice($0) }
        table.alias("mustSlice", of: "slice")
        table.add("chunk", taking: .int, .any) { try chunks(of: $0.int(0), $0[1]) }
        table.alias("mustChunk", of: "chunk")
    }

    // MARK: -

    /// The elements of a slice of any type.
    static func list(_ value: HelmValue) -> [HelmValue]? {
        switch value {
        case .list(let list): list.elements
        case .bytes(let bytes): bytes.map { .object(IntegerObject($0)) }
        default: nil
        }
    }

    private static func elements(_ value: HelmValue, _ purpose: String) throws -> [HelmValue] {
        if let list = list(value) { return list }
        if value.isNull { throw GoRuntimeError.nilPointer }
        throw HelmError("Cannot \(purpose) \(value.kind.rawValue)")
    }

    private static func unique(_ elements: [HelmValue]) -> [HelmValue] {
        var seen = Set<ByteString>()
        var result: [HelmValue] = []
        var others: [HelmValue] = []
        for element in elements {
            if case .string(let text) = element {
                if seen.insert(text).inserted { result.append(element) }
            } else if !others.contains(where: { $0.isDeepEqual(to: element) }) {
                others.append(element)
                result.append(element)
            }
        }
        return result
    }

    private static func slice(_ arguments: FunctionArguments) throws -> HelmValue {
        guard !arguments[0].isNull else { throw GoRuntimeError.nilPointer }
        guard let elements = list(arguments[0]) else {
            throw HelmError("list should be type of slice or array but \(arguments[0].kind.rawValue)")
        }
        guard !elements.isEmpty else { return .null }
        let start = arguments.count > 1 ? Int(Cast.int64(arguments[1])) : 0
        let end = arguments.count > 2 ? Int(Cast.int64(arguments[2])) : elements.count
        guard start >= 0, start <= end, end <= elements.count else {
            throw HelmError("reflect.Value.Slice: slice index out of bounds")
        }
        switch arguments[0] {
        case .bytes(let bytes): return .bytes(Array(bytes[start..<end]))
        case .list(let list): return .list(HelmList(Array(elements[start..<end]), type: list.type))
        default: return .list(Array(elements[start..<end]))
        }
    }

    private static func chunks(of size: Int, _ value: HelmValue) throws -> HelmValue {
        guard let elements = list(value) else {
            if value.isNull { throw GoRuntimeError.nilPointer }
            throw HelmError("Cannot chunk type \(value.kind.rawValue)")
        }
        guard size > 0 else {
            // Go computes the number of chunks with floats, so a negative size may give none.
            let count = (Double(elements.count - 1) / Double(size)).rounded(.down) + 1
            if count == 0 { return .list(HelmList([], type: .list)) }
            throw HelmError("runtime error: makeslice: len out of range")
        }
        let chunks = stride(from: 0, to: elements.count, by: size).map { start in
            HelmValue.list(Array(elements[start..<min(elements.count, start + size)]))
        }
        return .list(HelmList(chunks, type: .list))
    }
}

extension HelmValue {
    /// Whether sprig's `empty` takes it for nothing.
    var isEmptyValue: Bool {
        if case .object(let object) = self, object.kind == .structure || object.kind == .pointer { return false }
        return !isTrue
    }
}
