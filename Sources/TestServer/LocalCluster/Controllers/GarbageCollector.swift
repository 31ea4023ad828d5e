import KubeModel
import Logging

/// Deletes what has lost all its owners, and carries out the propagation policies Foreground and Orphan.
struct GarbageCollector: Sendable {
    let storage: ObjectStorage
    let logger: Logger

    private var store: ClusterStore { storage.store }

    func handle(_ event: StoreEvent) {
        let object = event.object.object
        if event.kind == .deleted {
            for dependent in store.dependents(of: object.uid) { release(dependent) }
            for owner in object.ownerReferences { continueDeletion(ofOwner: owner.uid) }
            return
        }
        if object.isBeingDeleted { continueDeletion(ofOwner: object.uid) }
        if !object.ownerReferences.isEmpty { release(ObjectID(event.resource, key: object.key)) }
    }

    /// Deletes a dependent none of whose owners exists any more. A reference to a kind that isn't served says nothing:
    /// its owner can't be looked up.
    private func release(_ id: ObjectID) {
        guard let stored = store.get(id.resource, key: id.key), let definition = storage.catalog.find(id.resource)
        else {
            return
        }
        let owners = stored.object.ownerReferences
        guard !stored.object.isBeingDeleted, !owners.isEmpty, owners.allSatisfy(isGone) else { return }
        storage.attempt(logger, what: "garbage collection of \(id.key)") { () throws(APIStatus) in
            _ = try storage.delete(definition, key: id.key, options: DeleteRequestOptions(uid: stored.object.uid))
        }
    }

    private func isGone(_ owner: OwnerReference) -> Bool {
        if store.object(uid: owner.uid) != nil { return false }
        return storage.catalog.definitions.contains {
            $0.api.apiVersion == owner.apiVersion && $0.api.kind == owner.kind
        }
    }

    private func continueDeletion(ofOwner uid: String) {
        guard let id = store.object(uid: uid), let owner = store.get(id.resource, key: id.key)?.object,
            owner.isBeingDeleted
        else { return }
        if owner.finalizers.contains(ObjectStorage.orphan) { orphanDependents(of: owner, id) }
        if owner.finalizers.contains(ObjectStorage.foreground) { deleteDependents(of: owner, id) }
    }

    private func orphanDependents(of owner: KubeObject, _ id: ObjectID) {
        for dependent in store.dependents(of: owner.uid) {
            change(dependent) { $0.ownerReferences = $0.ownerReferences.filter { $0.uid != owner.uid } }
        }
        removeFinalizer(ObjectStorage.orphan, id: id)
    }

    /// The owner goes when no dependent that blocks its deletion is left.
    private func deleteDependents(of owner: KubeObject, _ id: ObjectID) {
        let dependents = store.dependents(of: owner.uid)
        let blocking = dependents.filter { dependent in
            let references = store.get(dependent.resource, key: dependent.key)?.object.ownerReferences ?? []
            return references.contains { $0.uid == owner.uid && $0.blockOwnerDeletion }
        }
        for dependent in dependents { deleteInForeground(dependent) }
        if blocking.isEmpty { removeFinalizer(ObjectStorage.foreground, id: id) }
    }

    private func deleteInForeground(_ id: ObjectID) {
        guard let object = store.get(id.resource, key: id.key)?.object, !object.isBeingDeleted,
            let definition = storage.catalog.find(id.resource)
        else { return }
        let hasOwn = !store.dependents(of: object.uid).isEmpty
        storage.attempt(logger, what: "foreground deletion of \(id.key)") { () throws(APIStatus) in
            _ = try storage.delete(
                definition, key: id.key,
                options: DeleteRequestOptions(uid: object.uid, propagation: hasOwn ? .foreground : .background))
        }
    }

    private func removeFinalizer(_ finalizer: String, id: ObjectID) {
        change(id) { $0.finalizers = $0.finalizers.filter { $0 != finalizer } }
    }

    private func change(_ id: ObjectID, body: (inout KubeObject) -> Void) {
        guard let definition = storage.catalog.find(id.resource) else { return }
        storage.attempt(logger, what: "garbage collection of \(id.key)") { () throws(APIStatus) in
            _ = try storage.update(definition, key: id.key, options: .controller("kube-controller-manager")) { live in
                var object = live
                body(&object)
                return object
            }
        }
    }
}
