/// The functions of Go's package `text/template`.
enum GoFunctions {
    static func add(to table: inout FunctionTable) {
        table.add(
            "and", function: TemplateFunction([.reflected], variadic: .reflected, body: .shortCircuit(stopsAt: false)))
        table.add(
            "or", function: TemplateFunction([.reflected], variadic: .reflected, body: .shortCircuit(stopsAt: true)))
        table.addReflected("not", taking: .reflected) { Reflected(.bool(!$0[0].value.isTrue)) }
        table.addReflected("len", taking: .reflected) { Reflected(.int(try length(of: $0[0]))) }
        table.addReflected("index", taking: .reflected, variadic: .reflected) { try index($0) }
        table.add(
            "call",
            function: TemplateFunction([.reflected], variadic: .reflected, body: .named { try call($1[0], named: $0) }))
        table.add("print", variadic: .any) { .string(GoFormat.print($0.values)) }
        table.add("println", variadic: .any) { .string(GoFormat.println($0.values)) }
        table.add("printf", taking: .string, variadic: .any) {
            .string(GoFormat.printf($0.string(0), Array($0.rest(from: 1))))
        }
        table.add("html", variadic: .any) { .string(Escaping.html(text(of: $0.values))) }
        table.add("js", variadic: .any) { .string(Escaping.javaScript(text(of: $0.values))) }
        table.add("urlquery", variadic: .any) { .string(Escaping.query(text(of: $0.values))) }
        table.addReflected("eq", taking: .reflected, variadic: .reflected) {
            Reflected(.bool(try Comparison.isEqual($0)))
        }
        table.addReflected("ne", taking: .reflected, .reflected) { Reflected(.bool(!(try Comparison.isEqual($0)))) }
        table.addReflected("lt", taking: .reflected, .reflected) { Reflected(.bool(try Comparison.isLess($0))) }
        table.addReflected("le", taking: .reflected, .reflected) {
            let isLess = try Comparison.isLess($0)
            return Reflected(.bool(isLess ? true : try Comparison.isEqual($0)))
        }
        table.addReflected("gt", taking: .reflected, .reflected) {
            let isLess = try Comparison.isLess($0)
            return Reflected(.bool(isLess ? false : !(try Comparison.isEqual($0))))
        }
        table.addReflected("ge", taking: .reflected, .reflected) { Reflected(.bool(!(try Comparison.isLess($0)))) }
    }

    private static func text(of values: [HelmValue]) -> ByteString {
        GoFormat.print(values.map { $0.isNull ? .string(TemplateEngine.noValue) : $0 })
    }

    private static func length(of item: Reflected) throws -> Int {
        switch item.value {
        case .null where item.isInterface: throw HelmError("len of nil pointer")
        case .null: throw HelmError("reflect: call of reflect.Value.Type on zero Value")
        case .string(let text): return text.count
        case .bytes(let bytes): return bytes.count
        case .list(let list): return list.elements.count
        case .map(let map): return map.count
        default: throw HelmError("len of type " + item.value.typeName)
        }
    }

    /// No value of a template is a function.
    private static func call(_ value: Reflected, named name: ByteString) throws -> Reflected {
        if value.value.isNull { throw HelmError("call of nil") }
        throw HelmError(message: "non-function " + name + " of type " + ByteString(value.value.typeName))
    }

    private static func index(_ arguments: [Reflected]) throws -> Reflected {
        var item = Reflected(arguments[0].value)
        if item.isInvalid { throw HelmError("index of untyped nil") }
        for argument in arguments.dropFirst() {
            let index = argument.value
            if item.value.isNull { throw HelmError("index of nil pointer") }
            switch item.value {
            case .list(let list):
                let position = try checked(index, count: list.elements.count)
                item = Reflected(list.elements[position], isInterface: list.type == .any)
            case .bytes(let bytes):
                item = Reflected(.object(IntegerObject(bytes[try checked(index, count: bytes.count)])))
            case .string(let text):
                item = Reflected(.object(IntegerObject(text.bytes[try checked(index, count: text.count)])))
            case .map(let map): item = try member(of: map, index)
            default: throw HelmError("can't index item of type " + item.value.typeName)
            }
        }
        return item
    }

    private static func member(of map: HelmMap, _ key: HelmValue) throws -> Reflected {
        guard case .string(let name) = key else {
            if key.isNull { throw HelmError("value is nil; should be of type string") }
            throw HelmError("value has type \(key.typeName); should be string")
        }
        guard let value = map[name] else { return map.missing }
        return Reflected(value, isInterface: map.type == .any || map.type == .values)
    }

    private static func checked(_ index: HelmValue, count: Int) throws -> Int {
        guard let number = index.integer else {
            if index.isNull { throw HelmError("cannot index slice/array with nil") }
            throw HelmError("cannot index slice/array with type " + index.typeName)
        }
        guard number >= 0, number < count else { throw HelmError("index out of range: \(number)") }
        return Int(number)
    }
}

/// `eq`, `lt` and what follows from them.
private enum Comparison {
    private enum Kind {
        case bool, complex, int, float, string
    }

    private static func kind(of value: HelmValue) -> Kind? {
        switch value {
        case .bool: .bool
        case .int, .int64: .int
        case .float64: .float
        case .string: .string
        case .object(let object): object is ComplexObject ? .complex : object is IntegerObject ? .int : nil
        default: nil
        }
    }

    private static let badType = HelmError("invalid type for comparison")

    private static func incompatible(_ left: HelmValue, _ right: HelmValue) -> HelmError {
        HelmError("incompatible types for comparison: \(name(of: left)) and \(name(of: right))")
    }

    private static func name(of value: HelmValue) -> String {
        value.isNull ? "invalid" : value.typeName
    }

    static func isEqual(_ arguments: [Reflected]) throws -> Bool {
        guard arguments.count > 1 else { throw HelmError("missing argument for comparison") }
        for argument in arguments.dropFirst() where try isEqual(arguments[0].value, argument.value) { return true }
        return false
    }

    private static func isEqual(_ left: HelmValue, _ right: HelmValue) throws -> Bool {
        let (leftKind, rightKind) = (kind(of: left), kind(of: right))
        guard leftKind == rightKind else {
            if left.isNull || right.isNull { return false }
            throw incompatible(left, right)
        }
        switch (left, right) {
        case (.bool(let one), .bool(let other)): return one == other
        case (.float64(let one), .float64(let other)): return one == other
        case (.string(let one), .string(let other)): return one == other
        default: break
        }
        if leftKind == .int { return left.integer == right.integer }
        if case .object(let one) = left, case .object(let other) = right, one.typeName == other.typeName {
            return one.isEqual(to: other)
        }
        return try areEqualNils(left, right)
    }

    /// Slices and maps can only be compared to nil.
    private static func areEqualNils(_ left: HelmValue, _ right: HelmValue) throws -> Bool {
        let described = { (value: HelmValue) in GoFormat.printf("%s", [value]) }
        guard left.kind == right.kind || left.isNull || right.isNull else {
            throw HelmError(
                message: "non-comparable types " + described(left) + ": " + ByteString(left.typeName) + ", "
                    + ByteString(right.typeName) + ": " + GoFormat.print([right]))
        }
        if isNil(left) || isNil(right) { return isNil(left) == isNil(right) }
        throw HelmError(
            message: "non-comparable type " + described(right) + ": " + ByteString(right.typeName))
    }

    private static func isNil(_ value: HelmValue) -> Bool {
        switch value {
        case .null: true
        case .list(let list): list.isNil
        case .map(let map): map.isNil
        default: false
        }
    }

    static func isLess(_ arguments: [Reflected]) throws -> Bool {
        let (left, right) = (arguments[0].value, arguments[1].value)
        guard let leftKind = kind(of: left), let rightKind = kind(of: right) else { throw badType }
        guard leftKind == rightKind else { throw incompatible(left, right) }
        switch (left, right) {
        case (.float64(let one), .float64(let other)): return one < other
        case (.string(let one), .string(let other)): return one < other
        default:
            guard let one = left.integer, let other = right.integer else { throw badType }
            return one < other
        }
    }
}
