/// Sprig's functions of maps, and its defaults.
enum DictionaryFunctions {
    static func add(to table: inout FunctionTable) {
        addAccess(to: &table)
        addSelecting(to: &table)
        addMerging(to: &table)
        addDefaults(to: &table)
    }

    private static func addAccess(to table: inout FunctionTable) {
        table.add("dict", variadic: .any) { arguments in
            var members: [ByteString: HelmValue] = [:]
            for index in stride(from: 0, to: arguments.count, by: 2) {
                members[GoFormat.text(of: arguments[index])] =
                    index + 1 < arguments.count ? arguments[index + 1] : .string("")
            }
            return .map(members)
        }
        table.add("get", taking: .map, .string, returnsInterface: true) { $0.map(0)[$0.string(1)] ?? .string("") }
        table.add("set", taking: .map, .string, .any) {
            let map = $0.map(0)
            guard !map.isNil else { throw HelmError("assignment to entry in nil map") }
            map[$0.string(1)] = $0[2]
            return asPlain($0[0])
        }
        table.add("unset", taking: .map, .string) {
            $0.map(0)[$0.string(1)] = nil
            return asPlain($0[0])
        }
        table.add("hasKey", taking: .map, .string) { .bool($0.map(0)[$0.string(1)] != nil) }
        table.add("dig", variadic: .any, returnsInterface: true) { try dig($0.values) }
    }

    private static func addSelecting(to table: inout FunctionTable) {
        table.add("pluck", taking: .string, variadic: .map) { arguments in
            .list(arguments.rest(from: 1).compactMap { $0.asMap?[arguments.string(0)] })
        }
        table.add("keys", variadic: .map) { .strings($0.values.flatMap { $0.asMap?.keys ?? [] }) }
        table.add("values", taking: .map) {
            let map = $0.map(0)
            return .list(map.keys.compactMap { map[$0] })
        }
        table.add("pick", taking: .map, variadic: .string) { arguments in
            var members: [ByteString: HelmValue] = [:]
            for key in arguments.rest(from: 1) {
                if let key = key.asString, let value = arguments.map(0)[key] { members[key] = value }
            }
            return .map(members)
        }
        table.add("omit", taking: .map, variadic: .string) { arguments in
            var members = arguments.map(0).dictionary
            for key in arguments.rest(from: 1) { if let key = key.asString { members[key] = nil } }
            return .map(members)
        }
    }

    private static func addMerging(to table: inout FunctionTable) {
        for (name, overwrites) in [("merge", false), ("mergeOverwrite", true)] {
            table.add(ByteString(name), taking: .map, variadic: .map, returnsInterface: true) { arguments in
                for source in arguments.rest(from: 1) {
                    guard let source = source.asMap else { continue }
                    guard !arguments.map(0).isNil || source.isEmpty else { return .map(source) }
                    try Merge.merge(source, into: arguments.map(0), overwrites: overwrites)
                }
                return asPlain(arguments[0])
            }
        }
        table.alias("mustMerge", of: "merge")
        table.alias("mustMergeOverwrite", of: "mergeOverwrite")
        table.add("deepCopy", taking: .any, returnsInterface: true) {
            if $0[0].isNull { throw HelmError("reflect: call of reflect.Value.Type on zero Value") }
            return $0[0].deepCopy()
        }
        table.alias("mustDeepCopy", of: "deepCopy")
    }

    private static func addDefaults(to table: inout FunctionTable) {
        table.add("default", taking: .any, variadic: .any, returnsInterface: true) {
            $0.count < 2 || $0[1].isEmptyValue ? $0[0] : $0[1]
        }
        table.add("empty", taking: .any) { .bool($0[0].isEmptyValue) }
        table.add("coalesce", variadic: .any, returnsInterface: true) { $0.values.first { !$0.isEmptyValue } ?? .null }
        table.add("all", variadic: .any) { .bool($0.values.allSatisfy { !$0.isEmptyValue }) }
        table.add("any", variadic: .any) { .bool($0.values.contains { !$0.isEmptyValue }) }
        table.add("ternary", taking: .any, .any, .bool, returnsInterface: true) { $0.bool(2) ? $0[0] : $0[1] }
    }

    /// What a function that returns a `map[string]interface {}` makes of the map that it was given.
    private static func asPlain(_ value: HelmValue) -> HelmValue {
        value.asMap.map { .map($0.retyped(.any)) } ?? value
    }

    private static func dig(_ arguments: [HelmValue]) throws -> HelmValue {
        guard arguments.count >= 3 else { throw HelmError("dig needs at least three arguments") }
        let fallback = arguments[arguments.count - 2]
        var current = arguments[arguments.count - 1]
        _ = try map(current)
        var keys: [ByteString] = []
        for key in arguments.dropLast(2) {
            guard case .string(let key) = key else { throw conversion(key, to: "string") }
            keys.append(key)
        }
        for key in keys {
            guard let next = try map(current)[key] else { return fallback }
            current = next
        }
        return current
    }

    private static func map(_ value: HelmValue) throws -> HelmMap {
        if case .map(let map) = value, map.type == .any { return map }
        throw conversion(value, to: "map[string]interface {}")
    }

    private static func conversion(_ value: HelmValue, to type: String) -> HelmError {
        HelmError("interface conversion: interface {} is \(value.isNull ? "nil" : value.typeName), not \(type)")
    }
}

/// How the library `mergo` merges maps, which sprig's `merge` shows.
private enum Merge {
    static func merge(_ source: HelmMap, into target: HelmMap, overwrites: Bool, depth: Int = 0) throws {
        guard depth < 1000 else { throw HelmError("the maps to merge are nested too deeply") }
        guard !source.isSame(as: target) else { return }
        for (key, value) in source.dictionary {
            if value.isNull {
                if overwrites { target[key] = value }
                continue
            }
            let present = target[key]
            if case .map(let inner) = value, case .map(let innerTarget)? = present {
                try merge(inner, into: innerTarget, overwrites: overwrites, depth: depth + 1)
            }
            if let present, !present.isEmptyValue {
                if case .map = value, case .map = present { continue }
                if case .list = value, !overwrites { continue }
            }
            if overwrites || present.map(\.isEmptyValue) ?? true { target[key] = value }
        }
    }
}
