/// The list functions of Kubernetes.
enum CELLists {
    static func call(_ name: String, list: [CELValue], arguments: [CELValue]) throws(CELFailure) -> CELValue {
        switch (name, arguments.count) {
        case ("isSorted", 0):
            for (a, b) in zip(list, list.dropFirst()) where try order(a, b) > 0 { return .bool(false) }
            return .bool(true)
        case ("sum", 0): return try sum(list)
        case ("min", 0): return try extreme(list, name: name) { $0 < 0 }
        case ("max", 0): return try extreme(list, name: name) { $0 > 0 }
        case ("indexOf", 1):
            return .int(Int64(list.firstIndex { CELValue.equal($0, arguments[0]) } ?? -1))
        case ("lastIndexOf", 1):
            return .int(Int64(list.lastIndex { CELValue.equal($0, arguments[0]) } ?? -1))
        case ("reverse", 0): return .list(list.reversed())
        case ("distinct", 0):
            return .list(
                list.reduce(into: []) { kept, value in
                    if !kept.contains(where: { CELValue.equal($0, value) }) { kept.append(value) }
                })
        case ("join", 0...1): return try join(list, separator: arguments.first)
        default: throw CELEvaluator.noOverload
        }
    }

    private static func order(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> Int {
        guard let order = CELValue.compare(a, b) else { throw CELEvaluator.noOverload }
        return order
    }

    /// The sum of the elements; that of nothing is the integer zero.
    private static func sum(_ list: [CELValue]) throws(CELFailure) -> CELValue {
        guard var total = list.first else { return .int(0) }
        switch total {
        case .int, .uint, .double, .duration: break
        default: throw CELEvaluator.noOverload
        }
        for value in list.dropFirst() { total = try CELArithmetic.binary(.add, lhs: total, rhs: value) }
        return total
    }

    private static func extreme(
        _ list: [CELValue], name: String, isBetter: (Int) -> Bool
    ) throws(CELFailure) -> CELValue {
        guard var best = list.first else { throw CELEvaluator.error("\(name) called on empty list") }
        for value in list.dropFirst() where isBetter(try order(value, best)) { best = value }
        return best
    }

    private static func join(_ list: [CELValue], separator: CELValue?) throws(CELFailure) -> CELValue {
        var texts: [String] = []
        for value in list {
            guard case .string(let text) = value else { throw CELEvaluator.noOverload }
            texts.append(text)
        }
        guard let separator else { return .string(texts.joined()) }
        guard case .string(let between) = separator else { throw CELEvaluator.noOverload }
        return .string(texts.joined(separator: between))
    }
}
