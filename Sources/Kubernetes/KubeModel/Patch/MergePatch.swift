/// JSON merge patch (RFC 7386).
public enum MergePatch {
    /// The value that `target` becomes: members of the patch replace, `null` removes, objects merge, lists are replaced
    /// as a whole.
    public static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = target.object ?? JSONObject()
        for (key, change) in changes {
            result[key] = change.isNull ? nil : apply(change, to: result[key] ?? .null)
        }
        return .object(result)
    }

    /// The smallest patch that turns `from` into `to`; an empty object when they are equal.
    ///
    /// - Parameters:
    ///   - from: The value before.
    ///   - to: The value after. It has no `null` members: a merge patch can't say those.
    /// - Returns: The patch, or `to` itself unless both are objects.
    public static func diff(from: JSONValue, to: JSONValue) -> JSONValue {
        guard case .object(let old) = from, case .object(let new) = to else { return to }
        var patch = JSONObject()
        for (key, value) in new {
            guard let before = old[key] else {
                patch[key] = value
                continue
            }
            if before == value { continue }
            if before.object != nil, value.object != nil {
                patch[key] = diff(from: before, to: value)
            } else {
                patch[key] = value
            }
        }
        for key in old.keys where !new.contains(key) { patch[key] = .null }
        return .object(patch)
    }
}
