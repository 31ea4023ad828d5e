/// A function that expressions may call: what the checker knows of it.
struct CELFunction: Sendable {
    /// Types of receivers by name as in ``CELType/name``, a list or map being just that; nil for a global function.
    var receivers: Set<String>?
    var arguments: ClosedRange<Int>
    /// The type of the result; nil when it depends on the receiver.
    var result: CELType?

    private static func global(_ count: ClosedRange<Int>, result: CELType) -> CELFunction {
        CELFunction(receivers: nil, arguments: count, result: result)
    }

    static func member(_ receivers: Set<String>, count: ClosedRange<Int>, result: CELType?) -> CELFunction {
        CELFunction(receivers: receivers, arguments: count, result: result)
    }

    static let global: [String: CELFunction] = [
        "size": global(1...1, result: .int), "int": global(1...1, result: .int), "uint": global(1...1, result: .uint),
        "double": global(1...1, result: .double), "string": global(1...1, result: .string),
        "bool": global(1...1, result: .bool),
        "bytes": global(1...1, result: .bytes), "type": global(1...1, result: .type),
        "dyn": global(1...1, result: .dyn),
        "duration": global(1...1, result: .duration), "timestamp": global(1...1, result: .timestamp),
        "matches": global(2...2, result: .bool),
    ]

    static let member: [String: CELFunction] = {
        var functions: [String: CELFunction] = [
            "size": member(["string", "bytes", "list", "map"], count: 0...0, result: .int),
            "indexOf": member(["string", "list"], count: 1...2, result: .int),
            "lastIndexOf": member(["string", "list"], count: 1...2, result: .int),
            "reverse": member(["string", "list"], count: 0...0, result: nil),
            "isSorted": member(["list"], count: 0...0, result: .bool),
            "sum": member(["list"], count: 0...0, result: .dyn),
            "min": member(["list"], count: 0...0, result: .dyn), "max": member(["list"], count: 0...0, result: .dyn),
            "distinct": member(["list"], count: 0...0, result: nil),
            "join": member(["list"], count: 0...1, result: .string),
        ]
        for name in ["startsWith", "endsWith", "contains", "matches"] {
            functions[name] = member(["string"], count: 1...1, result: .bool)
        }
        for name in ["lowerAscii", "upperAscii", "trim"] {
            functions[name] = member(["string"], count: 0...0, result: .string)
        }
        functions["charAt"] = member(["string"], count: 1...1, result: .string)
        functions["substring"] = member(["string"], count: 1...2, result: .string)
        functions["replace"] = member(["string"], count: 2...3, result: .string)
        functions["split"] = member(["string"], count: 1...2, result: .list(.string))
        functions["find"] = member(["string"], count: 1...1, result: .string)
        functions["findAll"] = member(["string"], count: 1...2, result: .list(.string))
        functions["format"] = member(["string"], count: 1...1, result: .string)
        for name in ["getHours", "getMinutes", "getSeconds", "getMilliseconds"] {
            functions[name] = member(["timestamp", "duration"], count: 0...0, result: .int)
        }
        for name in ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"] {
            functions[name] = member(["timestamp"], count: 0...0, result: .int)
        }
        return functions.merging(CELAuthorizer.functions) { own, _ in own }
    }()
}
