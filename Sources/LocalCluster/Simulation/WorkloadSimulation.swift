import KubeModel
import Logging

/// Stands in for the controllers of workloads, the scheduler and a kubelet. It only reacts to changes in the store, and
/// writes through the same operations as everybody else.
struct WorkloadSimulation: Sendable {
    let storage: ObjectStorage
    let logger: Logger

    /// What a batch of changes makes worth a look. Many changes of one object are one look.
    struct Pending {
        var deployments: Set<ObjectKey> = []
        var replicaSets: Set<ObjectKey> = []
        var pods: Set<ObjectKey> = []

        mutating func note(_ event: StoreEvent) {
            let object = event.object.object
            switch event.resource {
            case APIResource.deployments.id: deployments.insert(object.key)
            case APIResource.replicaSets.id:
                replicaSets.insert(object.key)
                if let owner = object.controller, owner.kind == "Deployment" {
                    deployments.insert(ObjectKey(namespace: object.namespace, name: owner.name))
                }
            case APIResource.pods.id:
                pods.insert(object.key)
                if let owner = object.controller, owner.kind == "ReplicaSet" {
                    replicaSets.insert(ObjectKey(namespace: object.namespace, name: owner.name))
                }
            default: break
            }
        }
    }

    func run() async {
        let cluster = SimulatedCluster(storage: storage, logger: logger)
        let deployments = DeploymentController(cluster: cluster)
        let replicaSets = ReplicaSetController(cluster: cluster)
        let kubelet = SimulatedKubelet(cluster: cluster)
        await EventFeed(store: storage.store).run { events in
            var pending = Pending()
            for event in events { pending.note(event) }
            for key in pending.deployments.sorted() { deployments.sync(key) }
            for key in pending.replicaSets.sorted() { replicaSets.sync(key) }
            for key in pending.pods.sorted() { kubelet.sync(key) }
        }
    }
}
