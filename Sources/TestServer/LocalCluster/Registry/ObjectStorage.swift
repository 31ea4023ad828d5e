import KubeModel
import KubeSchema

/// Writes objects as a real API server does: defaults, validation, bookkeeping and optimistic concurrency around the
/// store. Reads go to the store directly.
struct ObjectStorage: Sendable {
    let store: ClusterStore
    let catalog: ResourceCatalog
    /// Whether pods end in their own time. Without a kubelet nobody would finish a graceful deletion, so pods go at
    /// once.
    var hasKubelet: Bool

    func live(_ definition: ResourceDefinition, key: ObjectKey) throws(APIStatus) -> StoredObject {
        guard let live = store.get(definition.id, key: key) else {
            throw .notFound(definition.storedAPI, name: key.name)
        }
        return live
    }

    // MARK: Create

    /// Creates an object. 404 or 403 is thrown about the namespace, 400 and 422 about the object, 409 when it exists.
    func create(
        _ body: JSONValue, definition: ResourceDefinition, namespace: String?, options: WriteRequestOptions
    ) throws(APIStatus) -> StoredResult {
        var object = KubeObject(body)
        if !object.resourceVersion.isEmpty {
            throw .internalError("resourceVersion should not be set on objects to be created")
        }
        let warnings = try prune(&object, definition: definition, options: options, name: object.name)
        try prepareForCreate(&object, definition: definition, namespace: namespace)
        try validate(object, old: nil, definition: definition, options: options)
        object.json = ServerSideApply.recordUpdate(
            old: nil, new: object.json, manager: options.manager, subresource: nil, time: .now(),
            schema: definition.schema)
        return try commitNew(object, definition: definition, options: options, warnings: warnings)
    }

    /// Creates what an apply patch makes of something that doesn't exist: `object` carries its managedFields already.
    func createApplied(
        _ applied: JSONValue, definition: ResourceDefinition, namespace: String?, options: WriteRequestOptions
    ) throws(APIStatus) -> StoredResult {
        var object = KubeObject(applied)
        let warnings = try prune(&object, definition: definition, options: options, name: object.name)
        try prepareForCreate(&object, definition: definition, namespace: namespace)
        try validate(object, old: nil, definition: definition, options: options)
        return try commitNew(object, definition: definition, options: options, warnings: warnings)
    }

    private func commitNew(
        _ object: KubeObject, definition: ResourceDefinition, options: WriteRequestOptions, warnings: [String]
    ) throws(APIStatus) -> StoredResult {
        let warnings = warnings + (try options.admit?(AdmissionObjects(object: object)) ?? [])
        try ObjectQuota(store: store).check(object, definition: definition)
        if options.isDryRun {
            if store.get(definition.id, key: object.key) != nil {
                throw .alreadyExists(definition.storedAPI, name: object.name)
            }
            return StoredResult(object: definition.stored(object), isNew: true, warnings: warnings)
        }
        do throws(StoreCore.Failure) {
            let stored = try store.create(definition.stored(object), in: definition.id)
            if definition.id == APIResource.namespaces.id { createDefaultObjects(object.name) }
            return StoredResult(object: stored.object, isNew: true, warnings: warnings)
        } catch {
            throw .alreadyExists(definition.storedAPI, name: object.name)
        }
    }

    /// What a controller puts into every namespace; at once, so that a Pod can be made right after.
    private func createDefaultObjects(_ namespace: String) {
        guard let accounts = catalog.find(.serviceAccounts) else { return }
        let account: JSONValue = ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": "default"]]
        // It can only fail because somebody else has made it.
        _ = try? create(
            account, definition: accounts, namespace: namespace, options: .controller("kube-controller-manager"))
    }

    private func prepareForCreate(
        _ object: inout KubeObject, definition: ResourceDefinition, namespace: String?
    ) throws(APIStatus) {
        if definition.api.namespaced, let namespace {
            try checkNamespace(namespace, object: object, definition: definition)
        }
        object["metadata", "namespace"] = definition.api.namespaced ? namespace.map(JSONValue.string) : nil
        if object.name.isEmpty, let prefix = object.metadata["generateName"]?.string, !prefix.isEmpty {
            object["metadata", "name"] = .string(prefix + RandomText.suffix())
        }
        object["metadata", "uid"] = .string(RandomText.uuid())
        object["metadata", "creationTimestamp"] = .string(KubeTime.now().description)
        for member in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"] {
            object["metadata", member] = nil
        }
        object["metadata", "generation"] = definition.strategy.hasGeneration ? 1 : nil
        if definition.hasStatus, definition.isCustom { object.json["status"] = nil }
        // An object of another kind will be refused as it is.
        if object.kind == definition.api.kind { definition.schema?.applyDefaults(&object.json) }
        definition.strategy.setDefaults(&object)
        try LimitRanger(store: store).apply(&object, definition: definition)
        try definition.strategy.prepareForCreate(&object, in: context(definition))
    }

    private func context(_ definition: ResourceDefinition) -> StrategyContext {
        StrategyContext(
            resource: definition.api,
            exists: { [store] resource, namespace, name in
                store.get(resource, namespace: namespace, name: name) != nil
            },
            list: { [store] resource in store.list(resource.id).items.map(\.object) },
            randomSuffix: { RandomText.suffix() })
    }

    private func checkNamespace(
        _ namespace: String, object: KubeObject, definition: ResourceDefinition
    ) throws(APIStatus) {
        guard let found = store.get(.namespaces, name: namespace) else { throw .notFound(.namespaces, name: namespace) }
        guard found.object.isBeingDeleted else { return }
        throw .forbidden(
            definition.api, name: object.name,
            why: "unable to create new content in namespace \(namespace) because it is being terminated",
            causes: [
                .init(
                    reason: "NamespaceTerminating", field: "metadata.namespace",
                    message: "namespace \(namespace) is being terminated")
            ])
    }

    // MARK: Shared by create and update

    /// Drops what the schema doesn't know, or refuses it, or tells about it.
    func prune(
        _ object: inout KubeObject, definition: ResourceDefinition, options: WriteRequestOptions, name: String
    ) throws(APIStatus) -> [String] {
        let before = object.json
        let unknown = definition.schema?.prune(&object.json) ?? []
        let texts =
            options.duplicates.map { "duplicate field \"\($0)\"" } + unknown.map { "unknown field \"\($0)\"" }
        guard !texts.isEmpty, options.fieldValidation != .ignore else { return [] }
        if options.fieldValidation == .warn { return texts }
        let list = "strict decoding error: " + texts.joined(separator: ", ")
        if options.source == .put {
            let kind = definition.api.kind
            throw .badRequest(
                "\(kind) in version \"\(definition.api.version)\" cannot be handled as a \(kind): \(list)")
        }
        throw .invalid(
            group: "", kind: "", name: "",
            errors: [.invalid("patch", value: .string(JSONWriter.string(before, options: .sortedKeys)), detail: list)])
    }

    /// Validates an object as it is to be stored; `part` is the part of an update, because faults of a status are told
    /// from where it begins.
    func validate(
        _ object: KubeObject, old: KubeObject?, definition: ResourceDefinition, part: Part = .main,
        options: WriteRequestOptions
    ) throws(APIStatus) {
        var metadata = MetadataValidation.causes(object, nameProblem: definition.strategy.nameProblem)
        if let old {
            // Twice, as the server checks it: for all kinds and again for this one.
            let causes = MetadataValidation.updateCauses(object, old: old)
            metadata += causes + causes
        }
        let own =
            if part == .ephemeralContainers, let old {
                EphemeralContainers.validate(object, old: old)
            } else {
                definition.strategy.validate(definition.stored(object), old: old.map(definition.stored))
            }
        let errors =
            definition.isCustom
            ? customErrors(object, old: old, definition: definition, metadata: metadata, own: own, part: part)
            : try builtInErrors(
                object, old: old, definition: definition, metadata: metadata, own: own, options: options)
        guard !errors.isEmpty else { return }
        let kind = definition.isCustom ? object.kind : definition.api.kind
        throw .invalid(group: definition.storedAPI.group, kind: kind, name: object.name, errors: errors)
    }

    private func customErrors(
        _ object: KubeObject, old: KubeObject?, definition: ResourceDefinition, metadata: [FieldError],
        own: [FieldError], part: Part
    ) -> [FieldError] {
        guard let schema = definition.schema else { return metadata + own }
        // Rules don't run when the metadata lacks something, either.
        let required = metadata.filter { $0.kind == .required }
        let other: [FieldError] =
            object.kind == definition.api.kind
            ? [] : [.invalid("kind", value: .string(object.kind), detail: "must be \(definition.api.kind)")]
        let found = schema.validate(object.json, old: old?.json, and: required + own)
        let told = found.map { error in
            var error = error
            if part == .status, error.detail.hasPrefix("status.") { error.detail.removeFirst("status.".count) }
            return error
        }
        return other + metadata.filter { $0.kind != .required } + told
    }

    private func builtInErrors(
        _ object: KubeObject, old: KubeObject?, definition: ResourceDefinition, metadata: [FieldError],
        own: [FieldError], options: WriteRequestOptions
    ) throws(APIStatus) -> [FieldError] {
        guard let schema = definition.schema else { return metadata + own }
        if let problem = GoTypes.problem(object) { throw Self.undecodable(problem, api: definition.api) }
        // To Go null is as good as absent, whatever the type.
        let found = schema.validate(object.json, old: old?.json)
            .filter { $0.kind != .typeInvalid || $0.badValue != "\"null\"" }
        if let wrong = found.first(where: { $0.kind == .typeInvalid }) {
            throw Self.undecodable(wrong, object: object, api: definition.api, options: options)
        }
        // Go's validation knows the places better: a member of what is missing, the key of what stands twice.
        let rest = found.filter { error in
            !error.field.hasPrefix("metadata.")
                && !(own + metadata).contains { $0.field == error.field || $0.field.hasPrefix(error.field + ".") }
        }
        return metadata + rest + own
    }

    /// Built-in kinds are Go types there: what doesn't fit isn't invalid, it can't even be read.
    private static func undecodable(
        _ error: FieldError, object: KubeObject, api: APIResource, options: WriteRequestOptions
    ) -> APIStatus {
        if options.source == .patch {
            let patch = options.strategicPatch
            let shown = patch.map(GoTypes.printed) ?? JSONWriter.string(object.json, options: .sortedKeys)
            let why = GoTypes.typeProblem(error, in: object, api: api, isStrategic: patch != nil) ?? error.detail
            return .invalid(
                group: "", kind: "", name: "", errors: [.invalid("patch", value: .string(shown), detail: why)])
        }
        if error.detail.contains("must be of type byte"), let text = try? JSONParser.parse(error.badValue).string {
            return undecodable(GoTypes.base64Problem(text), api: api)
        }
        if let text = GoTypes.typeProblem(error, in: object, api: api) { return undecodable(text, api: api) }
        let detail = error.detail.split(separator: ":").first.map(String.init) ?? error.detail
        return undecodable("\(api.kind).\(error.field): \(detail)", api: api)
    }

    private static func undecodable(_ why: String, api: APIResource) -> APIStatus {
        .badRequest("\(api.kind) in version \"\(api.version)\" cannot be handled as a \(api.kind): \(why)")
    }
}
