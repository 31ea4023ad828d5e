import KubeModel
import Logging
import ServiceLifecycle

/// Stands in for the controllers of workloads, services and budgets, the scheduler and a kubelet, and where their resources
/// are defined for those of Argo and Flux. It only reacts to
/// changes in the store and to its own timers, and writes through the same operations as everybody else.
struct WorkloadSimulation: Sendable {
    let cluster: SimulatedCluster

    private var store: ClusterStore { cluster.store }

    /// Controllers before the kubelet, so that a change of many objects takes few rounds.
    private static let order: [APIResource] =
        [
            .deployments, .rollouts, .replicaSets, .replicationControllers, .statefulSets, .daemonSets, .cronJobs,
            .jobs,
            .pods, .claims, .services, .disruptionBudgets, .autoscalers, .resourceQuotas, .applications,
        ] + APIResource.flux

    /// Runs until the task is cancelled or the service shuts down.
    func run() async {
        let subscription = store.subscribe(nil)
        var cursor: UInt64 = 0
        subscription.wake()
        await withDiscardingTaskGroup { group in
            group.addTask { await cluster.timers.run { subscription.wake() } }
            for await _ in subscription.stream.cancelOnGracefulShutdown() { react(after: &cursor) }
            group.cancelAll()
        }
    }

    /// Handles all that has changed and all that is due, and what follows from that.
    func react(after cursor: inout UInt64) {
        while true {
            let batch = store.events(after: cursor)
            cursor = batch.version
            var pending = PendingSyncs(batch.events, in: store, refusals: cluster.refusals)
            for id in cluster.timers.take(cluster.now()) { pending.insert(id) }
            if pending.isEmpty, batch.events.isEmpty { return }
            for resource in Self.order { for key in pending.keys(resource.id) { sync(resource, key: key) } }
        }
    }

    private func sync(_ resource: APIResource, key: ObjectKey) {
        switch resource.id {
        case APIResource.deployments.id: DeploymentController(cluster: cluster).sync(key)
        case APIResource.rollouts.id: RolloutController(cluster: cluster).sync(key)
        case APIResource.applications.id: ApplicationController(cluster: cluster).sync(key)
        case let id where APIResource.flux.contains { $0.id == id }:
            FluxController(cluster: cluster, resource: resource).sync(key)
        case APIResource.replicaSets.id: ReplicaSetController(cluster: cluster).sync(key)
        case APIResource.replicationControllers.id:
            ReplicaSetController(cluster: cluster, resource: .replicationControllers).sync(key)
        case APIResource.statefulSets.id: StatefulSetController(cluster: cluster).sync(key)
        case APIResource.daemonSets.id: DaemonSetController(cluster: cluster).sync(key)
        case APIResource.cronJobs.id: CronJobController(cluster: cluster).sync(key)
        case APIResource.jobs.id: JobController(cluster: cluster).sync(key)
        case APIResource.pods.id: SimulatedKubelet(cluster: cluster).sync(key)
        case APIResource.claims.id: ClaimController(cluster: cluster).sync(key)
        case APIResource.services.id: EndpointsController(cluster: cluster).sync(key)
        case APIResource.autoscalers.id: AutoscalerController(cluster: cluster).sync(key)
        case APIResource.disruptionBudgets.id: DisruptionController(cluster: cluster).sync(key)
        default: QuotaController(cluster: cluster).sync(key)
        }
    }
}

/// What a batch of changes makes worth a look. Many changes of one object are one look.
struct PendingSyncs {
    private var keys: [ResourceID: Set<ObjectKey>] = [:]

    private static let owners = Dictionary(
        uniqueKeysWithValues: [
            APIResource.deployments, .replicaSets, .replicationControllers, .statefulSets, .daemonSets, .cronJobs,
            .jobs, .rollouts,
        ].map { ($0.kind, $0.id) })

    init(_ events: [StoreEvent], in store: ClusterStore, refusals: RefusedPods) {
        var namespaces: [ResourceID: Set<String>] = [:]
        for event in events {
            let object = event.object.object
            insert(ObjectID(event.resource, key: object.key))
            if let owner = object.controller, let resource = Self.owners[owner.kind] {
                insert(ObjectID(resource, key: ObjectKey(namespace: object.namespace, name: owner.name)))
            }
            for owner in refusals.worthTrying(after: event) { insert(owner) }
            // A Rollout may have its template from a Deployment.
            if event.resource == APIResource.deployments.id {
                for item in store.list(APIResource.rollouts.id, namespace: object.namespace).items
                where item.object["spec", "workloadRef", "name"]?.string == object.name {
                    insert(ObjectID(APIResource.rollouts.id, key: item.object.key))
                }
            }
            // What didn't fit may fit now.
            if event.resource == APIResource.nodes.id, event.kind != .deleted {
                for item in store.list(APIResource.pods.id).items where item.object["spec", "nodeName"] == nil {
                    insert(ObjectID(APIResource.pods.id, key: item.object.key))
                }
            }
            if event.resource == APIResource.storageClasses.id {
                for item in store.list(APIResource.claims.id).items {
                    insert(ObjectID(APIResource.claims.id, key: item.object.key))
                }
            }
            guard let namespace = object.namespace else { continue }
            if event.resource == APIResource.pods.id {
                for claim in ClaimController.claims(of: object) {
                    insert(ObjectID(APIResource.claims.id, key: ObjectKey(namespace: namespace, name: claim)))
                }
                namespaces[APIResource.services.id, default: []].insert(namespace)
                namespaces[APIResource.disruptionBudgets.id, default: []].insert(namespace)
            }
            if AutoscalerController.targets.contains(where: { $0.id == event.resource }) {
                namespaces[APIResource.autoscalers.id, default: []].insert(namespace)
            }
            // Quotas count what exists. But for pods that finish, a change of what is there changes no count.
            if event.kind != .modified || event.resource == APIResource.pods.id {
                namespaces[APIResource.resourceQuotas.id, default: []].insert(namespace)
            }
        }
        for (resource, names) in namespaces {
            for name in names {
                for item in store.list(resource, namespace: name).items {
                    insert(ObjectID(resource, key: item.object.key))
                }
            }
        }
    }

    var isEmpty: Bool { keys.isEmpty }

    mutating func insert(_ id: ObjectID) { keys[id.resource, default: []].insert(id.key) }

    func keys(_ resource: ResourceID) -> [ObjectKey] { (keys[resource] ?? []).sorted() }
}
