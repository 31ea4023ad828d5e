import KubeModel
import Logging

/// Empties a namespace that is being deleted, and ends it when nothing is left in it.
struct NamespaceController: Sendable {
    let storage: ObjectStorage
    let logger: Logger

    private var store: ClusterStore { storage.store }

    func handle(_ event: StoreEvent) {
        let object = event.object.object
        if event.resource == APIResource.namespaces.id {
            if event.kind != .deleted, object.isBeingDeleted { empty(object.name) }
        } else if event.kind == .deleted, let namespace = object.namespace {
            finish(namespace)
        }
    }

    private func contents(_ namespace: String) -> [(ResourceDefinition, KubeObject)] {
        var seen: Set<ResourceID> = []
        return storage.catalog.definitions.filter { $0.api.namespaced && seen.insert($0.id).inserted }
            .flatMap { definition in
                store.list(definition.id, namespace: namespace).items.map { (definition, $0.object) }
            }
    }

    private func empty(_ namespace: String) {
        for (definition, object) in contents(namespace) where !object.isBeingDeleted {
            storage.attempt(logger, what: "emptying namespace \(namespace)") { () throws(APIStatus) in
                _ = try storage.delete(definition, key: object.key, options: DeleteRequestOptions(uid: object.uid))
            }
        }
        finish(namespace)
    }

    private func finish(_ namespace: String) {
        guard let definition = storage.catalog.find(.namespaces),
            let live = store.get(.namespaces, name: namespace)?.object, live.isBeingDeleted, contents(namespace).isEmpty
        else { return }
        storage.attempt(logger, what: "ending namespace \(namespace)") { () throws(APIStatus) in
            _ = try storage.update(
                definition, key: live.key, part: .whole, options: .controller("kube-controller-manager")
            ) { live in
                var object = live
                object["spec", "finalizers"] = .array([])
                return object
            }
        }
    }
}
