import KubeModel

extension ObjectStorage {
    enum DeleteResult: Sendable {
        /// It is gone; the object has the version of the deletion.
        case removed(KubeObject)
        /// It waits for finalizers, for its content or for its kubelet.
        case marked(KubeObject)
    }

    static let foreground = "foregroundDeletion"
    static let orphan = "orphan"

    func delete(
        _ definition: ResourceDefinition, key: ObjectKey, options: DeleteRequestOptions = DeleteRequestOptions()
    ) throws(APIStatus) -> DeleteResult {
        while true {
            let live = try live(definition, key: key)
            try checkPreconditions(live.object, definition: definition, options: options)
            try checkProtected(live.object, definition: definition)
            _ = try options.admit?(AdmissionObjects(old: live.object))
            let marked = mark(live.object, definition: definition, options: options)
            do throws(StoreCore.Failure) {
                return try commit(marked, live: live, definition: definition, options: options)
            } catch {
                if error == .notFound { throw .notFound(definition.storedAPI, name: key.name) }
            }
        }
    }

    private func commit(
        _ marked: KubeObject, live: StoredObject, definition: ResourceDefinition, options: DeleteRequestOptions
    ) throws(StoreCore.Failure) -> DeleteResult {
        if Self.isFinished(marked) {
            if options.isDryRun { return .removed(live.object) }
            let id = ObjectID(definition.id, key: live.object.key)
            return .removed(try store.remove(id, expected: live.version).object)
        }
        if options.isDryRun || marked == live.object { return .marked(marked) }
        return .marked(try store.replace(marked, in: definition.id, expected: live.version).object)
    }

    private func checkPreconditions(
        _ live: KubeObject, definition: ResourceDefinition, options: DeleteRequestOptions
    ) throws(APIStatus) {
        let api = definition.storedAPI
        let kind = api.group.isEmpty ? api.kind : "\(api.kind).\(api.group)"
        func conflict(_ why: String) -> APIStatus {
            APIStatus(
                code: 409, reason: .conflict,
                message: "Operation cannot be fulfilled on \(kind) \"\(live.name)\": \(why)", group: api.group,
                kind: api.kind, name: live.name)
        }
        if let uid = options.uid, uid != live.uid {
            throw conflict(
                "the UID in the precondition (\(uid)) does not match the UID in record (\(live.uid)). The object might "
                    + "have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != live.resourceVersion {
            throw conflict(
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(live.resourceVersion)). The object might have been modified")
        }
    }

    private func checkProtected(_ live: KubeObject, definition: ResourceDefinition) throws(APIStatus) {
        guard definition.id == APIResource.namespaces.id, ["default", "kube-system"].contains(live.name) else { return }
        throw .forbidden(definition.storedAPI, name: live.name, why: "this namespace may not be deleted")
    }

    /// The object as it is once its deletion was asked for.
    private func mark(_ live: KubeObject, definition: ResourceDefinition, options: DeleteRequestOptions) -> KubeObject {
        var object = live
        var finalizers = live.finalizers.filter { $0 != Self.foreground && $0 != Self.orphan }
        switch options.propagation {
        case .foreground: finalizers.append(Self.foreground)
        case .orphan: finalizers.append(Self.orphan)
        // What was asked for first stays, when it is asked again without saying how.
        case .background where live.isBeingDeleted: finalizers = live.finalizers
        case .background: break
        }
        if definition.id == APIResource.customResourceDefinitions.id, !live.isBeingDeleted {
            finalizers.append(CustomResourceDefinitionStrategy.cleanupFinalizer)
        }
        object.finalizers = finalizers
        let grace = gracePeriod(live, definition: definition, options: options)
        if live.isBeingDeleted {
            shorten(&object, grace: grace, options: options)
            return object
        }
        let end = KubeTime.now().adding(seconds: Double(grace))
        object["metadata", "deletionTimestamp"] = .string(end.description)
        if definition.id == APIResource.namespaces.id {
            object["status", "phase"] = "Terminating"
        } else {
            object["metadata", "deletionGracePeriodSeconds"] = JSONValue(grace)
        }
        if definition.strategy.hasGeneration { object["metadata", "generation"] = JSONValue(live.generation + 1) }
        return object
    }

    /// A later DELETE may shorten the time that is left, never prolong it.
    private func shorten(_ object: inout KubeObject, grace: Int, options: DeleteRequestOptions) {
        guard options.gracePeriodSeconds != nil,
            let before = object.metadata["deletionGracePeriodSeconds"]?.int, grace < before
        else { return }
        object["metadata", "deletionGracePeriodSeconds"] = JSONValue(grace)
        object["metadata", "deletionTimestamp"] = .string(KubeTime.now().adding(seconds: Double(grace)).description)
    }

    private func gracePeriod(_ live: KubeObject, definition: ResourceDefinition, options: DeleteRequestOptions) -> Int {
        guard hasKubelet, definition.id == APIResource.pods.id, live["spec", "nodeName"]?.string != nil else {
            return 0
        }
        let phase = live["status", "phase"]?.string ?? ""
        if ["Succeeded", "Failed"].contains(phase) { return 0 }
        return max(0, options.gracePeriodSeconds ?? live["spec", "terminationGracePeriodSeconds"]?.int ?? 30)
    }
}
