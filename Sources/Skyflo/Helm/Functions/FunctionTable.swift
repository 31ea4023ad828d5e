/// Functions of templates by their names.
struct FunctionTable {
    private(set) var functions: [ByteString: TemplateFunction] = [:]

    init() {
        functions.reserveCapacity(300)
    }

    /// A function of its arguments alone.
    mutating func add(
        _ name: ByteString, taking parameters: GoType..., variadic: GoType? = nil, returnsInterface: Bool = false,
        body: @escaping (FunctionArguments) throws -> HelmValue
    ) {
        functions[name] = TemplateFunction(
            parameters, variadic: variadic, returnsInterface: returnsInterface,
            body: .plain { _, values in try body(values) })
    }

    /// A function that also depends on the rendering.
    mutating func addContextual(
        _ name: ByteString, taking parameters: GoType..., variadic: GoType? = nil, returnsInterface: Bool = false,
        body: @escaping TemplateFunction.Plain
    ) {
        functions[name] = TemplateFunction(
            parameters, variadic: variadic, returnsInterface: returnsInterface, body: .plain(body))
    }

    /// A function that tells an absent value from a nil.
    mutating func addReflected(
        _ name: ByteString, taking parameters: GoType..., variadic: GoType? = nil,
        body: @escaping ([Reflected]) throws -> Reflected
    ) {
        functions[name] = TemplateFunction(
            parameters, variadic: variadic, body: .reflected { _, values in try body(values) })
    }

    mutating func add(_ name: ByteString, function: TemplateFunction) {
        functions[name] = function
    }

    /// Another name for a function.
    mutating func alias(_ name: ByteString, of other: ByteString) {
        functions[name] = functions[other]
    }
}

/// All functions that Helm's templates may call.
enum TemplateFunctions {
    static func all() -> [ByteString: TemplateFunction] {
        var table = FunctionTable()
        GoFunctions.add(to: &table)
        StringFunctions.add(to: &table)
        ListFunctions.add(to: &table)
        DictionaryFunctions.add(to: &table)
        NumberFunctions.add(to: &table)
        ReflectionFunctions.add(to: &table)
        EncodingFunctions.add(to: &table)
        PathFunctions.add(to: &table)
        DateFunctions.add(to: &table)
        PatternFunctions.add(to: &table)
        CryptoFunctions.add(to: &table)
        RandomFunctions.add(to: &table)
        HelmFunctions.add(to: &table)
        return table.functions
    }
}

/// Errors that Go's runtime has for what goes wrong in a function.
enum GoRuntimeError {
    static let nilPointer = HelmError("runtime error: invalid memory address or nil pointer dereference")
    static let divisionByZero = HelmError("runtime error: integer divide by zero")

    static func sliceEnd(_ end: Int, length: Int) -> HelmError {
        // A negative bound is named alone.
        HelmError("runtime error: slice bounds out of range [:\(end)]" + (end < 0 ? "" : " with length \(length)"))
    }

    static func sliceStart(_ start: Int, length: Int) -> HelmError {
        HelmError("runtime error: slice bounds out of range [\(start):\(length)]")
    }
}
