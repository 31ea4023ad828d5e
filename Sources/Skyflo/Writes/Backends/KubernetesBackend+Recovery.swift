import KubeClient
import KubeModel
import SkyfloAPI

extension KubernetesBackend {
    /// Reads the target of a write and tells whether the write happened. To be asked after the process that sent it died.
    package func recover(
        _ planned: PlannedRequest, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        let target = planned.target
        let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
        return Self.outcome(
            of: planned, change: change, live: live, contentHash: live.map { redactor.contentHash(of: $0) })
    }

    /// The decision alone.
    /// - Parameter contentHash: of the live object.
    static func outcome(
        of planned: PlannedRequest, change: ChangeRecord? = nil, live: KubeObject?, contentHash: String? = nil
    ) -> WriteOutcome {
        switch planned.request.method {
        case .get: .notDone
        case .delete: deleted(planned, live: live)
        case .post: planned.isEviction ? deleted(planned, live: live) : created(planned, live: live)
        case .patch where planned.isApplyCreation: created(planned, live: live)
        case .put, .patch: patched(planned, change: change, live: live, contentHash: contentHash)
        }
    }

    private static func found(_ uid: String) -> WriteOutcome {
        .applied("done (found out after an interruption)", uid: uid)
    }

    private static func deleted(_ planned: PlannedRequest, live: KubeObject?) -> WriteOutcome {
        guard let live, live.uid == planned.target.uid, !live.isBeingDeleted else {
            return found(planned.target.uid)
        }
        return .notDone
    }

    private static func created(_ planned: PlannedRequest, live: KubeObject?) -> WriteOutcome {
        guard let live else { return .notDone }
        guard isOurs(live, planned), let wanted = body(of: planned),
            contains(live.json, wanted: asStored(wanted, planned))
        else {
            return .unknown("\(planned.target.text) exists, but may have been made by somebody else")
        }
        return found(live.uid)
    }

    /// The server keeps what a Secret has in `stringData` in `data`.
    private static func asStored(_ body: JSONValue, _ planned: PlannedRequest) -> JSONValue {
        guard planned.target.resource.isSame(as: .secrets), let texts = body["stringData"]?.object else { return body }
        var stored = body
        stored["stringData"] = nil
        for (key, value) in texts {
            guard let text = value.string else { continue }
            stored[path: ["data", key]] = .string(Base64.encode(Array(text.utf8)))
        }
        return stored
    }

    private static func patched(
        _ planned: PlannedRequest, change: ChangeRecord?, live: KubeObject?, contentHash: String?
    ) -> WriteOutcome {
        guard let live else { return .unknown("\(planned.target.text) no longer exists") }
        guard live.uid == planned.target.uid else {
            return .unknown("\(planned.target.text) was replaced by a new one")
        }
        if live.resourceVersion == planned.target.resourceVersion { return .notDone }
        if planned.isConsumed { return consumed(planned, change: change, live: live) }
        // Only the status moved, as it does all the time. Should the write have been undone exactly, it isn't there either.
        if let before = planned.before, before.kind == live.kind, before.withoutServerFields == live.withoutServerFields
        {
            return .notDone
        }
        if let contentHash, contentHash == planned.previewed?.before { return .notDone }
        // Others have changed the object, and not what the write is about.
        if change?.isAbsent(from: live) ?? false { return .notDone }
        let isAsPreviewed = contentHash.map { $0 == planned.previewed?.after } ?? false
        guard isOurs(live, planned), isAsPreviewed || change?.holds(in: live) ?? false || leaves(planned, live: live)
        else {
            return .unknown(
                "\(planned.target.text) has changed, and it is not known whether the change is the one that was sent")
        }
        return found(live.uid)
    }

    /// Of a change that its controller takes away when it has acted on it: that it isn't there shows nothing, and it is never
    /// sent again.
    private static func consumed(
        _ planned: PlannedRequest, change: ChangeRecord?, live: KubeObject
    ) -> WriteOutcome {
        let isThere = isOurs(live, planned) && change?.holds(in: live) ?? false
        let hasBegun = body(of: planned)?["operation"].map {
            contains(live["status", "operationState", "operation"], wanted: $0)
        }
        guard isThere || hasBegun ?? false else {
            return .unknown(
                "\(planned.target.text) has changed, and its controller takes away what it has acted on: whether it was done "
                    + "can't be seen")
        }
        return found(live.uid)
    }

    /// Servers list who wrote what; one that doesn't leaves only the content to judge by.
    private static func isOurs(_ live: KubeObject, _ planned: PlannedRequest) -> Bool {
        guard let managers = live.metadata["managedFields"]?.array else { return true }
        let manager = planned.request[query: "fieldManager"] ?? fieldManager
        return managers.contains { $0["manager"]?.string == manager }
    }

    private static func body(of planned: PlannedRequest) -> JSONValue? {
        planned.request.body.flatMap { try? JSONParser.parse($0) }
    }

    /// Whether the object is as the patch alone says it would be, whatever it was before. Only said where that can be told
    /// without knowing the object's schema: the lists of a strategic patch are merged by keys that it doesn't name, and an
    /// apply takes away what its body doesn't mention. Otherwise a write that takes something away would be called done
    /// without having been.
    private static func leaves(_ planned: PlannedRequest, live: KubeObject) -> Bool {
        guard var wanted = body(of: planned) else { return false }
        if case .array(let operations) = wanted { return operations.allSatisfy { holds($0, in: live.json) } }
        // The preconditions.
        wanted[path: ["metadata", "uid"]] = nil
        wanted[path: ["metadata", "resourceVersion"]] = nil
        switch planned.request.contentType {
        case Patch.merge(.null).contentType: return isMerged(wanted, into: live.json)
        case Patch.strategic(.null).contentType: return isPlain(wanted) && isMerged(wanted, into: live.json)
        default: return false
        }
    }

    /// Of an operation of a JSON patch. Positions in lists say nothing afterwards: what was inserted or taken away moved
    /// what comes behind.
    private static func holds(_ operation: JSONValue, in json: JSONValue) -> Bool {
        guard let path = operation["path"]?.string, let tokens = try? JSONPatch.pointer(path) else { return false }
        let found = JSONPatch.value(at: tokens[...], of: json)
        let isInList = JSONPatch.value(at: tokens.dropLast(), of: json)?.array != nil
        switch operation["op"]?.string {
        case "test": return true  // About what was before.
        case "replace": return operation["value"].map { isEqual(found, wanted: $0) } ?? false
        case "add": return !isInList && operation["value"].map { isEqual(found, wanted: $0) } ?? false
        case "remove": return !isInList && found == nil
        default: return false
        }
    }

    /// Whether the value is as a merge patch leaves it (RFC 7386): maps have its members, all else is exactly as it says.
    private static func isMerged(_ patch: JSONValue, into value: JSONValue?) -> Bool {
        guard case .object(let members) = patch else { return isEqual(value, wanted: patch) }
        return members.allSatisfy { key, patch in
            let found = value?[key]
            return patch.isNull ? found?.isNull ?? true : isMerged(patch, into: found)
        }
    }

    /// Whether a strategic patch does what a merge patch would.
    private static func isPlain(_ patch: JSONValue) -> Bool {
        switch patch {
        case .object(let members): members.allSatisfy { key, value in !key.hasPrefix("$") && isPlain(value) }
        case .array: false
        default: true
        }
    }

    private static func isEqual(_ value: JSONValue?, wanted: JSONValue) -> Bool {
        value == wanted || (value?.double != nil && value?.double == wanted.double)
    }

    /// Whether an object that wasn't there before has what it was created with. The server adds to that: defaults, and
    /// admission even elements of lists.
    private static func contains(_ value: JSONValue?, wanted: JSONValue) -> Bool {
        switch (value, wanted) {
        case (nil, .null): true
        case (nil, .array(let wanted)): wanted.isEmpty
        case (nil, .object(let wanted)): wanted.isEmpty
        case (.object(let members), .object(let wanted)):
            wanted.allSatisfy { key, wanted in contains(members[key], wanted: wanted) }
        case (.array(let elements), .array(let wanted)):
            wanted.isEmpty
                ? elements.isEmpty : wanted.allSatisfy { wanted in elements.contains { contains($0, wanted: wanted) } }
        default: isEqual(value, wanted: wanted)
        }
    }
}

extension ChangeRecord {
    /// Whether the object is where the dry run said that the change would bring it, in all that it would change. A record
    /// without content, or of a change of nothing, shows nothing.
    func holds(in live: KubeObject) -> Bool {
        isSeen(in: live) { $0.after }
    }

    /// Whether everything that the change is about is as it was before.
    func isAbsent(from live: KubeObject) -> Bool {
        isSeen(in: live) { $0.before }
    }

    private func isSeen(in live: KubeObject, _ value: (Field) -> JSONValue?) -> Bool {
        guard kind == .changed, target.uid == live.uid, !fields.isEmpty else { return false }
        return (anchors + fields).allSatisfy { field in
            JSONPatch.value(at: field.path[...], of: live.json) == value(field)
        }
    }
}
