import KubeModel

/// Merges an applied configuration into an object, and takes out what its manager gave up.
enum TypedMerge {
    static func merge(_ live: JSONValue?, config: JSONValue, type: MergeType) -> JSONValue {
        guard let live else { return config }
        switch (type.structure(of: config), live, config) {
        case (.object, .object(var members), .object(let changes)):
            for (name, value) in changes {
                members[name] = merge(members[name], config: value, type: type.member(name))
            }
            return .object(members)
        case (.set, .array(let old), .array(let new)), (.map, .array(let old), .array(let new)):
            return .array(mergeLists(old, new: new, type: type))
        default: return config
        }
    }

    /// Elements of the configuration come in its order; others keep their place between those that both lists have.
    private static func mergeLists(_ old: [JSONValue], new: [JSONValue], type: MergeType) -> [JSONValue] {
        let oldKeys = old.map { type.element($0) }
        let newKeys = new.map { type.element($0) }
        let known = Set(oldKeys)
        let wanted = Set(newKeys)
        var shared = newKeys.filter { known.contains($0) }[...]
        var result: [JSONValue] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count {
                if !wanted.contains(oldKeys[left]) {
                    result.append(old[left])
                    left += 1
                    continue
                }
                // An element that the configuration has later or had earlier comes in the configuration's order.
                if right < new.count, oldKeys[left] != newKeys[right], oldKeys[left] != shared.first {
                    left += 1
                    continue
                }
            }
            guard right < new.count else {
                left += 1
                continue
            }
            let before = oldKeys.firstIndex(of: newKeys[right]).map { old[$0] }
            result.append(merge(before, config: new[right], type: type.items))
            if shared.first == newKeys[right] { shared.removeFirst() }
            if left < old.count, oldKeys[left] == newKeys[right] { left += 1 }
            right += 1
        }
        return result
    }

    /// Removes what is in `last`, the manager's former set, and which nobody claims any more.
    static func prune(_ value: inout JSONValue, last: FieldSet, claimed: FieldSet, type: MergeType) {
        switch (type.structure(of: value), value) {
        case (.object, .object(var members)):
            for (element, before) in last.children {
                guard case .field(let name) = element, var child = members[name] else { continue }
                guard let still = claimed.children[element] else {
                    members[name] = nil
                    continue
                }
                prune(&child, last: before, claimed: still, type: type.member(name))
                members[name] = child
            }
            value = .object(members)
        case (.set, .array(let elements)), (.map, .array(let elements)):
            value = .array(elements.compactMap { kept($0, last: last, claimed: claimed, type: type) })
        default: break
        }
    }

    private static func kept(
        _ element: JSONValue, last: FieldSet, claimed: FieldSet, type: MergeType
    ) -> JSONValue? {
        guard let identity = type.element(element), let before = last.children[identity] else { return element }
        guard let still = claimed.children[identity] else { return nil }
        var result = element
        prune(&result, last: before, claimed: still, type: type.items)
        return result
    }
}
