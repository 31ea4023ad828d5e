import KubeModel
import Synchronization

/// Whose pods an API server has refused, so that they are tried again when it may take them.
final class RefusedPods: Sendable {
    private let owners = Mutex<Set<ObjectID>>([])

    /// What can refuse a pod: the controllers of these change that, and pods that go leave room in a quota.
    private static let causes: Set<ResourceID> = [
        APIResource.serviceAccounts.id, APIResource.resourceQuotas.id, APIResource.limitRanges.id,
        APIResource.priorityClasses.id,
    ]

    func insert(_ owner: ObjectID) { owners.withLock { _ = $0.insert(owner) } }

    func remove(_ owner: ObjectID) { owners.withLock { _ = $0.remove(owner) } }

    /// The owners to look at again because of a change: those of its namespace, or all where it has none.
    func worthTrying(after event: StoreEvent) -> [ObjectID] {
        if event.kind == .deleted { remove(ObjectID(event.resource, key: event.object.object.key)) }
        guard Self.causes.contains(event.resource) else { return [] }
        let namespace = event.object.object.namespace
        return owners.withLock { owners in
            owners.filter { namespace == nil || $0.key.namespace == namespace }
        }
    }
}
