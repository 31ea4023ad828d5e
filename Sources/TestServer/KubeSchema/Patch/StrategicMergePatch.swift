public import KubeModel

/// Strategic merge patch: a merge patch that knows from the schema which lists merge by a key, with the directives
/// `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`.
public enum StrategicMergePatch {
    /// The object that a patch makes of another.
    ///
    /// - Parameters:
    ///   - patch: The patch, an object.
    ///   - target: The object as it is.
    ///   - schema: The schema of the type; nil when nothing is known of it: all lists are replaced then.
    /// - Returns: The object after the patch.
    /// - Throws: 500 for a patch that makes no sense (an element without its merge key, an unknown directive), as the
    ///   API server answers it; 400 for a patch that is no object.
    public static func apply(
        _ patch: JSONValue, to target: JSONValue, schema: StructuralSchema?
    ) throws(APIStatus) -> JSONValue {
        guard let changes = patch.object else {
            throw APIStatus(
                code: 400, reason: "BadRequest", message: "error decoding patch: the patch must be an object")
        }
        return .object(try merge(changes, into: target.object ?? [:], node: schema?.root))
    }

    private static let patchDirective = "$patch"
    private static let retainKeys = "$retainKeys"
    private static let setElementOrder = "$setElementOrder/"
    private static let deleteFromPrimitiveList = "$deleteFromPrimitiveList/"

    private static func failure(_ message: String) -> APIStatus {
        APIStatus(code: 500, reason: .unknown, message: message)
    }

    // MARK: Objects

    private static func merge(
        _ patch: JSONObject, into original: JSONObject, node: SchemaNode?
    ) throws(APIStatus) -> JSONObject {
        var patch = patch
        if let directive = patch[patchDirective] {
            patch[patchDirective] = nil
            switch directive.string {
            case "replace": return withoutDirectives(.object(patch)).object ?? [:]
            case "delete": return [:]
            case "merge": break
            default: throw failure("unknown patch type found: \(directive.string ?? "")")
            }
        }
        var result = original
        try retain(&patch, original: &result)
        try orderLists(&patch, result: &result, node: node)
        for (key, value) in patch {
            try merge(key, value: value, into: &result, node: node)
        }
        return result
    }

    private static func merge(
        _ key: String, value: JSONValue, into result: inout JSONObject, node: SchemaNode?
    ) throws(APIStatus) {
        if key.hasPrefix(deleteFromPrimitiveList) {
            let field = String(key.dropFirst(deleteFromPrimitiveList.count))
            guard let list = result[field]?.array else { return }
            result[field] = .array(list.filter { !(value.array ?? []).contains($0) })
            return
        }
        if value.isNull {
            result[key] = nil
            return
        }
        let child = node?.member(key)
        switch (result[key], value) {
        case (.object(let old)?, .object(let changes)):
            result[key] = .object(try merge(changes, into: old, node: child))
        case (let old, .array(let changes)):
            result[key] = .array(try mergeLists(changes, into: old?.array ?? [], node: child))
        default: result[key] = withoutDirectives(value)
        }
    }

    /// `$retainKeys`: of the object only these members stay, and the patch may set no others.
    private static func retain(_ patch: inout JSONObject, original: inout JSONObject) throws(APIStatus) {
        guard let list = patch[retainKeys] else { return }
        patch[retainKeys] = nil
        let keys = Set(list.array?.compactMap(\.string) ?? [])
        for (key, value) in patch where !key.hasPrefix("$") && !value.isNull && !keys.contains(key) {
            throw failure("the list of keys in $retainKeys doesn't match the keys of the patch: \(key)")
        }
        for key in original.keys where !keys.contains(key) { original[key] = nil }
    }

    /// What a patch adds is free of directives, and of nulls, which have nothing to remove there.
    private static func withoutDirectives(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                JSONObject(
                    members.compactMap { key, member in
                        if member.isNull || key == patchDirective || key == retainKeys || key.hasPrefix(setElementOrder)
                            || key.hasPrefix(deleteFromPrimitiveList)
                        {
                            return nil
                        }
                        return (key, withoutDirectives(member))
                    }))
        case .array(let elements):
            return .array(elements.filter { $0[patchDirective] == nil }.map { withoutDirectives($0) })
        default: return value
        }
    }

    // MARK: Lists

    private static func mergeLists(
        _ patch: [JSONValue], into original: [JSONValue], node: SchemaNode?
    ) throws(APIStatus) -> [JSONValue] {
        guard node?.merging.patchStrategy.contains("merge") == true else {
            return patch.filter { $0[patchDirective] == nil }.map { withoutDirectives($0) }
        }
        let order = ElementOrder(mergeKey: node?.merging.patchMergeKey)
        var changes = patch
        var merged = original
        if order.mergeKey == nil {
            for value in changes where !merged.contains(value) { merged.append(value) }
        } else {
            let isReplaced = try takeDirectives(&changes, merged: &merged, order: order)
            if isReplaced { return changes.map { withoutDirectives($0) } }
            try merge(changes, into: &merged, order: order, items: node?.children.items)
        }
        return order.normalize(merged, wanted: changes, live: original)
    }

    private static func merge(
        _ changes: [JSONValue], into merged: inout [JSONValue], order: ElementOrder, items: SchemaNode?
    ) throws(APIStatus) {
        for change in changes {
            let identity = try order.required(change)
            guard let at = merged.firstIndex(where: { order.identity($0) == identity }) else {
                merged.append(withoutDirectives(change))
                continue
            }
            if let new = change.object, let old = merged[at].object {
                merged[at] = .object(try merge(new, into: old, node: items))
            }
        }
    }

    /// Takes elements with `$patch` out of the patch: `delete` removes their like, `replace` anywhere replaces the list.
    private static func takeDirectives(
        _ changes: inout [JSONValue], merged: inout [JSONValue], order: ElementOrder
    ) throws(APIStatus) -> Bool {
        var isReplaced = false
        var kept: [JSONValue] = []
        for change in changes {
            switch change[patchDirective]?.string {
            case nil: kept.append(change)
            case "delete"?:
                let identity = try order.required(change)
                merged.removeAll { order.identity($0) == identity }
            case "replace"?:
                isReplaced = true
                // The directive may stand alone or in an element that is to stay.
                if change.object?.count ?? 0 > 1 { kept.append(change) }
            case "merge"?: kept.append(change)
            case let other?: throw failure("unknown patch type found: \(other)")
            }
        }
        changes = kept
        return isReplaced
    }

    /// `$setElementOrder/<list>`: merges the list and brings it into that order.
    private static func orderLists(
        _ patch: inout JSONObject, result: inout JSONObject, node: SchemaNode?
    ) throws(APIStatus) {
        for key in patch.keys where key.hasPrefix(setElementOrder) {
            let field = String(key.dropFirst(setElementOrder.count))
            let wanted = patch[key]?.array ?? []
            let live = result[field]?.array ?? []
            patch[key] = nil
            try merge(
                deleteFromPrimitiveList + field, value: patch[deleteFromPrimitiveList + field] ?? [], into: &result,
                node: node)
            patch[deleteFromPrimitiveList + field] = nil
            if let changes = patch[field], changes.array != nil {
                try merge(field, value: changes, into: &result, node: node)
                patch[field] = nil
            }
            guard let merged = result[field]?.array else { continue }
            let order = ElementOrder(mergeKey: node?.member(field)?.merging.patchMergeKey)
            result[field] = .array(order.normalize(merged, wanted: wanted, live: live))
        }
    }
}
