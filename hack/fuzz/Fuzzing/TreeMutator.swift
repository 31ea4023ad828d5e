import KubeModel

/// Makes new values of given ones, by taking away, doubling, exchanging and altering parts of them: they stay likely enough
/// to get far.
struct TreeMutator {
    let words: [String]

    func next(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        var value = value
        for _ in 0..<(1 + random.below(4)) { value = changed(value, &random) }
        return value
    }

    private func changed(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        switch value {
        case .object(var members) where !members.isEmpty && !random.once(in: 8):
            let (key, child) = members.pairs[random.below(members.count)]
            switch random.below(10) {
            case 0: members[key] = nil
            case 1: members[word(&random)] = child
            case 2: members[key] = leaf(&random)
            default: members[key] = changed(child, &random)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && !random.once(in: 8):
            let at = random.below(elements.count)
            switch random.below(8) {
            case 0: elements.remove(at: at)
            case 1: elements.append(elements[at])
            case 2: elements.shuffle(using: &random)
            default: elements[at] = changed(elements[at], &random)
            }
            return .array(elements)
        default: return leaf(&random)
        }
    }

    private func word(_ random: inout SeededGenerator) -> String { words[random.below(words.count)] }

    private func leaf(_ random: inout SeededGenerator) -> JSONValue {
        switch random.below(9) {
        case 0: .null
        case 1: .bool(random.once(in: 2))
        case 2: .int(.random(in: -2...5, using: &random))
        case 3: .int([.min, .max, 0][random.below(3)])
        case 4: .double(1.5)
        case 5: [:]
        case 6: []
        case 7: .object([word(&random): .string(word(&random))])
        default: .string(word(&random))
        }
    }
}
