/// Sprig's functions that tell types, and comparisons of any values.
enum ReflectionFunctions {
    static func add(to table: inout FunctionTable) {
        table.add("typeOf", taking: .any) { .string($0[0].typeName) }
        table.add("typeIs", taking: .string, .any) { .bool($0.string(0) == ByteString($0[1].typeName)) }
        table.add("typeIsLike", taking: .string, .any) {
            let type = ByteString($0[1].typeName)
            return .bool($0.string(0) == type || "*" + $0.string(0) == type)
        }
        table.add("kindOf", taking: .any) { .string($0[0].kind.rawValue) }
        table.add("kindIs", taking: .string, .any) { .bool($0.string(0) == ByteString($0[1].kind.rawValue)) }
        table.add("deepEqual", taking: .any, .any) { .bool($0[0].isDeepEqual(to: $0[1])) }
    }
}
