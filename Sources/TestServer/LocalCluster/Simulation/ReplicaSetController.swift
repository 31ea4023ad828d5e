import KubeModel

/// ReplicaSet, or its forerunner ReplicationController → Pods.
struct ReplicaSetController: Sendable {
    let cluster: SimulatedCluster
    var resource = APIResource.replicaSets

    private var component: String {
        resource.kind == "ReplicaSet" ? "replicaset-controller" : "replication-controller"
    }

    func sync(_ key: ObjectKey) {
        guard let set = cluster.get(resource, key: key) else { return }
        let pods = cluster.controlled(.pods, by: set).filter(PodState.isActive)
        let desired = set["spec", "replicas"]?.int ?? 1
        var refusal: APIStatus?
        if !set.isBeingDeleted {
            if pods.count < desired {
                refusal = create(desired - pods.count, for: set)
            } else if pods.count > desired {
                for pod in Self.victims(pods).prefix(pods.count - desired) { delete(pod, of: set) }
            }
        }
        updateStatus(key, refusal: refusal)
    }

    /// What is refused once would be refused again: the rest isn't tried.
    private func create(_ count: Int, for set: KubeObject) -> APIStatus? {
        for _ in 0..<count {
            let refusal = cluster.createPod(PodState.new(from: set), for: set, of: resource, by: component)
            if let refusal { return refusal }
        }
        return nil
    }

    /// Those that aren't ready first, then the youngest.
    private static func victims(_ pods: [KubeObject]) -> [KubeObject] {
        pods.sorted { a, b in
            let isReady = (PodState.isReady(a), PodState.isReady(b))
            if isReady.0 != isReady.1 { return !isReady.0 }
            return (a.resourceVersion.count, a.resourceVersion) > (b.resourceVersion.count, b.resourceVersion)
        }
    }

    private func delete(_ pod: KubeObject, of set: KubeObject) {
        cluster.delete(.pods, object: pod)
        cluster.record(
            .normal, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)", about: set, by: component)
    }

    private func updateStatus(_ key: ObjectKey, refusal: APIStatus?) {
        guard let set = cluster.get(resource, key: key) else { return }
        let all = cluster.controlled(.pods, by: set)
        let pods = all.filter(PodState.isActive)
        let ready = pods.count(where: PodState.isReady)
        func count(_ value: Int) -> JSONValue? { value == 0 ? nil : JSONValue(value) }
        cluster.update(resource, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = .compact([
                "replicas": JSONValue(pods.count), "fullyLabeledReplicas": count(pods.count),
                "readyReplicas": count(ready), "availableReplicas": count(ready),
                "terminatingReplicas": resource.kind == "ReplicaSet"
                    ? JSONValue(all.count(where: \.isBeingDeleted)) : nil,
                "observedGeneration": JSONValue(object.generation),
                "conditions": Self.conditions(refusal, old: object["status", "conditions"]),
            ])
        }
    }

    /// Present only while pods are refused. It keeps the words of the first refusal: those of each have another name.
    private static func conditions(_ refusal: APIStatus?, old: JSONValue?) -> JSONValue? {
        guard let refusal else { return nil }
        if let old, old.array?.isEmpty == false { return old }
        return [
            [
                "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
                "message": .string(refusal.message),
                "lastTransitionTime": .string(KubeTime.now().description),
            ]
        ]
    }
}
