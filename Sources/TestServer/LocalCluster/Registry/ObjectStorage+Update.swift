import KubeModel
import KubeSchema

extension ObjectStorage {
    /// The part of an object that an update may change.
    enum Part: Sendable, Equatable {
        /// All but the status, where the kind has a status subresource.
        case main
        case status
        /// Both parts: how the cluster's own controllers write kinds without subresource.
        case whole
        /// The ephemeral containers of a pod, and nothing else of it.
        case ephemeralContainers

        var subresource: String? {
            switch self {
            case .status: "status"
            case .ephemeralContainers: "ephemeralcontainers"
            case .main, .whole: nil
            }
        }
    }

    private static let attempts = 20

    /// Reads, changes and writes an object, again when somebody else was faster and the change doesn't insist on a
    /// version (then 409). `change` gets the live object in the definition's version and returns what it should become;
    /// for an apply patch the result has its managedFields already.
    func update(
        _ definition: ResourceDefinition, key: ObjectKey, part: Part = .main, options: WriteRequestOptions,
        change: (KubeObject) throws(APIStatus) -> KubeObject
    ) throws(APIStatus) -> StoredResult {
        for _ in 0..<Self.attempts {
            let live = try live(definition, key: key)
            let before = definition.shown(live.object)
            var object = try change(before)
            try checkIdentity(object, live: before, definition: definition, source: options.source)
            var warnings = try prune(&object, definition: definition, options: options, name: key.name)
            prepare(&object, live: before, definition: definition, part: part)
            try validate(object, old: before, definition: definition, part: part, options: options)
            if options.source != .apply {
                object.json = ServerSideApply.recordUpdate(
                    old: before.json, new: object.json, manager: options.manager,
                    subresource: part.subresource, time: .now(), schema: definition.schema)
            }
            warnings += try options.admit?(AdmissionObjects(object: object, old: before)) ?? []
            object = definition.stored(object)
            if Self.isSame(object, live.object) { return StoredResult(object: live.object, warnings: warnings) }
            if options.isDryRun { return StoredResult(object: object, warnings: warnings) }
            if let result = try commit(object, live: live, definition: definition) {
                return StoredResult(object: result, warnings: warnings)
            }
        }
        throw .modified(definition.storedAPI, name: key.name)
    }

    /// Stores the object, or removes it when nothing holds it any more; nil when the live object has changed meanwhile.
    private func commit(
        _ object: KubeObject, live: StoredObject, definition: ResourceDefinition
    ) throws(APIStatus) -> KubeObject? {
        do throws(StoreCore.Failure) {
            guard Self.isFinished(object) else {
                return try store.replace(object, in: definition.id, expected: live.version).object
            }
            _ = try store.remove(ObjectID(definition.id, key: object.key), expected: live.version, final: object)
            return object
        } catch {
            if error == .notFound { throw .notFound(definition.storedAPI, name: object.name) }
            return nil
        }
    }

    /// Whether nothing holds a deleted object any more: no finalizer, and no grace that a kubelet has to end.
    static func isFinished(_ object: KubeObject) -> Bool {
        guard object.isBeingDeleted, object.finalizers.isEmpty else { return false }
        if object.kind == "Namespace" { return object["spec", "finalizers"]?.array?.isEmpty ?? true }
        return (object.metadata["deletionGracePeriodSeconds"]?.int ?? 0) == 0
    }

    /// The version and the uid that the change names must be those of the live object. The uid of a PUT is a precondition;
    /// a patch that names another one would change it.
    private func checkIdentity(
        _ object: KubeObject, live: KubeObject, definition: ResourceDefinition, source: WriteRequestOptions.Source
    ) throws(APIStatus) {
        let uid = object.uid
        let isOther = !uid.isEmpty && uid != live.uid
        if isOther, source == .put {
            let scope = live.namespace.map { "\($0)/" } ?? ""
            throw .conflict(
                definition.storedAPI, name: live.name,
                why:
                    "StorageError: invalid object, Code: 4, Key: /registry/\(definition.storedAPI.group)/\(definition.storedAPI.plural)"
                    + "/\(scope)\(live.name), ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in "
                    + "precondition: \(uid), UID in object meta: \(live.uid)")
        }
        if !object.resourceVersion.isEmpty, object.resourceVersion != live.resourceVersion {
            throw .modified(definition.storedAPI, name: live.name)
        }
        if isOther {
            throw .invalid(
                definition.storedAPI, name: live.name,
                errors: [.invalid("metadata.uid", value: .string(uid), detail: "field is immutable")])
        }
    }

    private static let serverOwned = [
        "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        "generation", "resourceVersion", "selfLink", "generateName",
    ]

    private func prepare(
        _ object: inout KubeObject, live: KubeObject, definition: ResourceDefinition, part: Part
    ) {
        if part == .status {
            var changed = live
            changed.json["status"] = object.json["status"]
            changed["metadata", "managedFields"] = object["metadata", "managedFields"]
            object = changed
        }
        if part == .ephemeralContainers { object = EphemeralContainers.prepared(object, live: live) }
        for member in Self.serverOwned { object["metadata", member] = live["metadata", member] }
        if part == .main, definition.hasStatus { object.json["status"] = live.json["status"] }
        definition.schema?.applyDefaults(&object.json)
        definition.strategy.setDefaults(&object)
        if part == .main { definition.strategy.prepareForUpdate(&object, old: live) }
        if definition.strategy.hasGeneration,
            Self.desired(object, definition: definition) != Self.desired(live, definition: definition)
        {
            object["metadata", "generation"] = JSONValue(live.generation + 1)
        }
    }

    /// What the generation counts: everything but metadata, and the status where that is a subresource.
    private static func desired(_ object: KubeObject, definition: ResourceDefinition) -> JSONObject {
        var json = object.json
        for path in definition.strategy.generationIgnores { json[path: path] = nil }
        var members = json.object ?? [:]
        members["metadata"] = nil
        if definition.hasStatus { members["status"] = nil }
        return members
    }

    /// Equal but for the times in managedFields: such a write changes nothing and keeps the version.
    static func isSame(_ a: KubeObject, _ b: KubeObject) -> Bool { withoutTimes(a) == withoutTimes(b) }

    private static func withoutTimes(_ object: KubeObject) -> KubeObject {
        guard let entries = object["metadata", "managedFields"]?.array else { return object }
        var object = object
        object["metadata", "managedFields"] = .array(
            entries.map { entry in
                var entry = entry
                entry["time"] = nil
                return entry
            })
        return object
    }
}
