public import KubeClient
public import KubeModel

/// What can be said about a write whose answer was lost, from how its target is now.
public enum RecoveredOutcome: Sendable, Hashable {
    /// It has not happened. Sending it again is safe: its preconditions still guard it.
    case notExecuted
    case executed(AppliedWrite)
    /// It can't be known. A person has to look.
    case unknown(String)
}

extension WriteExecutor {
    /// Reads the target of a write and tells whether the write happened. To be asked after the process that sent it died.
    ///
    /// - Throws: `APIStatus`, `KubeClientError` and `CancellationError` where the target can't be read.
    public static func outcome(
        of planned: PlannedRequest, api: any KubeAPI, as identity: Impersonation
    ) async throws -> RecoveredOutcome {
        let target = planned.target
        let live = try await api.find(
            target.resource, namespace: target.namespace, name: target.name, as: identity)
        return outcome(of: planned, live: live)
    }

    /// The decision alone.
    static func outcome(of planned: PlannedRequest, live: KubeObject?) -> RecoveredOutcome {
        switch planned.request.method {
        case .get: .notExecuted
        case .delete: deleted(planned, live)
        case .post: created(planned, live)
        case .put, .patch: patched(planned, live)
        }
    }

    private static func deleted(_ planned: PlannedRequest, _ live: KubeObject?) -> RecoveredOutcome {
        guard let live, live.uid == planned.target.uid, !live.isBeingDeleted else {
            return .executed(AppliedWrite(target: planned.target))
        }
        return .notExecuted
    }

    private static func created(_ planned: PlannedRequest, _ live: KubeObject?) -> RecoveredOutcome {
        guard let live else { return .notExecuted }
        guard isOurs(live), matches(planned, live) else {
            return .unknown("\(planned.target.text) is there, but may be of someone else")
        }
        return .executed(AppliedWrite(planned, answer: live))
    }

    private static func patched(_ planned: PlannedRequest, _ live: KubeObject?) -> RecoveredOutcome {
        guard let live else { return .unknown("\(planned.target.text) is gone") }
        guard live.uid == planned.target.uid else {
            return .unknown("\(planned.target.text) was replaced by a new one")
        }
        if live.resourceVersion == planned.target.resourceVersion { return .notExecuted }
        // Only the status moved, as it does all the time. Should the write have been undone exactly, it isn't there either.
        if let before = planned.before, before.kind == live.kind, before.withoutNoise == live.withoutNoise {
            return .notExecuted
        }
        guard isOurs(live), matches(planned, live) else {
            return .unknown("\(planned.target.text) has changed, and the change isn't the one that was sent")
        }
        return .executed(AppliedWrite(planned, answer: live))
    }

    /// Servers list who wrote what; one that doesn't leaves only the content to judge by.
    private static func isOurs(_ live: KubeObject) -> Bool {
        guard let managers = live.metadata["managedFields"]?.array else { return true }
        return managers.contains { $0["manager"]?.string == fieldManager }
    }

    /// Whether the object has all that the request says.
    private static func matches(_ planned: PlannedRequest, _ live: KubeObject) -> Bool {
        guard let body = planned.request.body, let wanted = try? JSONParser.parse(body) else { return false }
        if case .array(let operations) = wanted { return operations.allSatisfy { holds($0, in: live.json) } }
        return contains(live.json, wanted)
    }

    private static func holds(_ operation: JSONValue, in json: JSONValue) -> Bool {
        guard let path = operation["path"]?.string, let tokens = try? JSONPatch.pointer(path) else { return false }
        switch operation["op"]?.string {
        case "test": return true  // About what was before.
        case "add" where tokens.last == "-":
            let list = JSONPatch.value(at: tokens.dropLast(), of: json)?.array ?? []
            return operation["value"].map(list.contains) ?? false
        case "add", "replace":
            guard let value = operation["value"], let found = JSONPatch.value(at: tokens[...], of: json) else {
                return false
            }
            return contains(found, value)
        case "remove": return JSONPatch.value(at: tokens[...], of: json) == nil
        default: return false
        }
    }

    /// Objects have all members of `wanted`, lists all its elements; in lists of named things these may stand anywhere.
    /// What the server decides itself is left out, and so are directives of strategic patches.
    private static func contains(_ value: JSONValue, _ wanted: JSONValue) -> Bool {
        switch (value, wanted) {
        case (.object(let members), .object(let wanted)):
            return wanted.allSatisfy { key, wanted in
                if ["resourceVersion", "uid"].contains(key) || key.hasPrefix("$") { return true }
                if wanted.isNull { return members[key].map(\.isNull) ?? true }
                return members[key].map { contains($0, wanted) } ?? false
            }
        case (.array(let elements), .array(let wanted)):
            return wanted.allSatisfy { wanted in elements.contains { contains($0, wanted) } }
        case (.object, _), (.array, _): return false
        default: return value == wanted || (value.double != nil && value.double == wanted.double)
        }
    }
}

extension JSONPatch {
    /// What stands at a JSON pointer.
    static func value(at tokens: ArraySlice<String>, of json: JSONValue) -> JSONValue? {
        var value = json
        for token in tokens {
            let next = value.array == nil ? value[token] : Int(token).flatMap { value[$0] }
            guard let next else { return nil }
            value = next
        }
        return value
    }
}
