import KubeModel

/// Keeps the status of PodDisruptionBudgets, by which evictions are decided.
struct DisruptionController: Sendable {
    let cluster: SimulatedCluster

    func sync(_ key: ObjectKey) {
        guard let budget = cluster.get(.disruptionBudgets, key: key) else { return }
        let selector = budget["spec", "selector"].flatMap { LabelSelector($0) }
        let pods = (selector.map { cluster.selected(.pods, in: key.namespace, by: $0) } ?? [])
            .filter { !PodState.isFinished($0) }
        let counts = DisruptionCounts(budget: budget, pods: pods, scale: scale)
        cluster.update(.disruptionBudgets, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = counts.status(
                generation: object.generation, old: object.json["status"], now: cluster.now())
        }
    }

    /// How many pods the workload behind a pod wants, by the uid of that workload.
    private func scale(_ pod: KubeObject) -> (uid: String, replicas: Int)? {
        guard let owner = pod.controller else { return nil }
        let key = ObjectKey(namespace: pod.namespace, name: owner.name)
        guard owner.kind == "ReplicaSet" else {
            let set = owner.kind == "StatefulSet" ? cluster.get(.statefulSets, key: key) : nil
            return set.map { ($0.uid, $0["spec", "replicas"]?.int ?? 1) }
        }
        guard let set = cluster.get(.replicaSets, key: key) else { return nil }
        let deployment = set.controller.flatMap {
            cluster.get(.deployments, key: ObjectKey(namespace: pod.namespace, name: $0.name))
        }
        let scaled = deployment ?? set
        return (scaled.uid, scaled["spec", "replicas"]?.int ?? 1)
    }
}

/// The numbers of a budget: a percentage counts what the workloads want, a number what is there.
struct DisruptionCounts: Sendable {
    var expected: Int
    var healthy: Int
    var desired: Int

    init(budget: KubeObject, pods: [KubeObject], scale: (KubeObject) -> (uid: String, replicas: Int)?) {
        healthy = pods.count { PodState.isReady($0) && !$0.isBeingDeleted }
        var workloads: [String: Int] = [:]
        var single = 0
        for pod in pods {
            if let found = scale(pod) { workloads[found.uid] = found.replicas } else { single += 1 }
        }
        let wanted = workloads.values.reduce(single, +)
        if let maximum = budget["spec", "maxUnavailable"] {
            expected = wanted
            desired = max(0, wanted - Self.resolve(maximum, of: wanted))
        } else {
            let minimum = budget["spec", "minAvailable"] ?? 1
            expected = minimum.int == nil ? wanted : pods.count
            desired = Self.resolve(minimum, of: expected)
        }
    }

    private static func resolve(_ value: JSONValue, of total: Int) -> Int {
        if let number = value.int { return number }
        let percent = value.string.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil } ?? 0
        return (percent * total + 99) / 100
    }

    var allowed: Int { expected > 0 ? max(0, healthy - desired) : 0 }

    func status(generation: Int, old: JSONValue?, now: KubeTime) -> JSONValue {
        let isAllowed = allowed > 0
        let before = (old?["conditions"]?.array ?? []).first { $0["type"]?.string == "DisruptionAllowed" }
        let status: JSONValue = isAllowed ? "True" : "False"
        let time = before?["status"] == status ? before?["lastTransitionTime"] : nil
        return [
            "observedGeneration": JSONValue(generation), "disruptionsAllowed": JSONValue(allowed),
            "currentHealthy": JSONValue(healthy), "desiredHealthy": JSONValue(desired),
            "expectedPods": JSONValue(expected),
            "conditions": [
                [
                    "type": "DisruptionAllowed", "status": status, "observedGeneration": JSONValue(generation),
                    "lastTransitionTime": time ?? .string(now.description),
                    "reason": isAllowed ? "SufficientPods" : "InsufficientPods", "message": "",
                ]
            ],
        ]
    }
}
