/// A function that expressions may call: what the checker knows of it.
struct CELFunction: Sendable {
    /// Types of receivers by name as in ``CELType/name``, a list or map being just that; nil for a global function.
    var receivers: Set<String>?
    var arguments: ClosedRange<Int>
    /// nil when it depends on the receiver.
    var result: CELType?

    private static func global(_ count: ClosedRange<Int>, _ result: CELType) -> CELFunction {
        CELFunction(receivers: nil, arguments: count, result: result)
    }

    static func member(_ receivers: Set<String>, _ count: ClosedRange<Int>, _ result: CELType?) -> CELFunction {
        CELFunction(receivers: receivers, arguments: count, result: result)
    }

    static let global: [String: CELFunction] = [
        "size": global(1...1, .int), "int": global(1...1, .int), "uint": global(1...1, .uint),
        "double": global(1...1, .double), "string": global(1...1, .string), "bool": global(1...1, .bool),
        "bytes": global(1...1, .bytes), "type": global(1...1, .type), "dyn": global(1...1, .dyn),
        "duration": global(1...1, .duration), "timestamp": global(1...1, .timestamp),
        "matches": global(2...2, .bool),
    ]

    static let member: [String: CELFunction] = {
        var functions: [String: CELFunction] = [
            "size": member(["string", "bytes", "list", "map"], 0...0, .int),
            "indexOf": member(["string", "list"], 1...2, .int),
            "lastIndexOf": member(["string", "list"], 1...2, .int),
            "reverse": member(["string", "list"], 0...0, nil),
            "isSorted": member(["list"], 0...0, .bool), "sum": member(["list"], 0...0, .dyn),
            "min": member(["list"], 0...0, .dyn), "max": member(["list"], 0...0, .dyn),
            "distinct": member(["list"], 0...0, nil), "join": member(["list"], 0...1, .string),
        ]
        for name in ["startsWith", "endsWith", "contains", "matches"] {
            functions[name] = member(["string"], 1...1, .bool)
        }
        for name in ["lowerAscii", "upperAscii", "trim"] { functions[name] = member(["string"], 0...0, .string) }
        functions["charAt"] = member(["string"], 1...1, .string)
        functions["substring"] = member(["string"], 1...2, .string)
        functions["replace"] = member(["string"], 2...3, .string)
        functions["split"] = member(["string"], 1...2, .list(.string))
        functions["find"] = member(["string"], 1...1, .string)
        functions["findAll"] = member(["string"], 1...2, .list(.string))
        functions["format"] = member(["string"], 1...1, .string)
        for name in ["getHours", "getMinutes", "getSeconds", "getMilliseconds"] {
            functions[name] = member(["timestamp", "duration"], 0...0, .int)
        }
        for name in ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"] {
            functions[name] = member(["timestamp"], 0...0, .int)
        }
        return functions.merging(CELAuthorizer.functions) { own, _ in own }
    }()
}
