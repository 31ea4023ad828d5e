import KubeModel

/// Deployment → ReplicaSets.
struct DeploymentController: Sendable {
    let cluster: SimulatedCluster

    static let component = "deployment-controller"
    static let manager = "kube-controller-manager"
    static let revision = "deployment.kubernetes.io/revision"
    static let hashLabel = "pod-template-hash"

    func sync(_ key: ObjectKey) {
        guard let deployment = cluster.get(.deployments, key: key), !deployment.isBeingDeleted else { return }
        let hash = StableHash.safe(
            JSONWriter.string(deployment["spec", "template"] ?? .null, options: .canonical))
        let isPaused = deployment["spec", "paused"]?.bool ?? false
        var sets = cluster.controlled(.replicaSets, by: deployment)
        if !isPaused, !sets.contains(where: { $0.labels[Self.hashLabel] == hash }) {
            create(hash, for: deployment, sets: sets)
            sets = cluster.controlled(.replicaSets, by: deployment)
        }
        let new = sets.first { $0.labels[Self.hashLabel] == hash }
        let old = sets.filter { $0.uid != new?.uid }.sorted { Self.number($0) < Self.number($1) }
        if let new { updateRevision(deployment, new: new, old: old) }
        if isPaused {
            scaleProportionally(deployment, sets: sets)
        } else if let new {
            rollOut(deployment, new: new, old: old)
        }
        updateStatus(deployment, hash: hash)
        cleanUp(deployment, old: old)
    }

    static func number(_ object: KubeObject) -> Int { object.annotations[revision].flatMap { Int($0) } ?? 0 }

    private static func desired(_ set: KubeObject) -> Int { set["spec", "replicas"]?.int ?? 0 }

    // MARK: ReplicaSets

    private func create(_ hash: String, for deployment: KubeObject, sets: [KubeObject]) {
        var template = deployment["spec", "template"] ?? .object([:])
        template["metadata", "labels", Self.hashLabel] = .string(hash)
        var selector = deployment["spec", "selector"] ?? .object([:])
        selector["matchLabels", Self.hashLabel] = .string(hash)
        var set = KubeObject(.replicaSets, namespace: deployment.namespace, name: "\(deployment.name)-\(hash)")
        set.labels = KubeObject(template).labels
        set.annotations = annotations(deployment, revision: (sets.map(Self.number).max() ?? 0) + 1)
        set.ownerReferences = [OwnerReference(controller: deployment)]
        set.json["spec"] = ["replicas": 0, "selector": selector, "template": template]
        cluster.create(set.json, resource: .replicaSets, namespace: deployment.namespace ?? "", by: Self.manager)
    }

    private func annotations(_ deployment: KubeObject, revision: Int) -> [String: String] {
        var annotations = deployment.annotations
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        annotations[Self.revision] = String(revision)
        let replicas = deployment["spec", "replicas"]?.int ?? 1
        annotations["deployment.kubernetes.io/desired-replicas"] = String(replicas)
        let plan = RolloutPlan(
            replicas: replicas, surge: Self.limit(deployment, member: "maxSurge"), unavailable: "0",
            new: .init(name: "", desired: 0, current: 0, available: 0), old: [])
        annotations["deployment.kubernetes.io/max-replicas"] = String(replicas + plan.maxSurge)
        return annotations
    }

    /// A template that was there before gets the next revision again: that is what undoing a rollout means.
    private func updateRevision(_ deployment: KubeObject, new: KubeObject, old: [KubeObject]) {
        let highest = old.map(Self.number).max() ?? 0
        let number = Self.number(new) > highest ? Self.number(new) : highest + 1
        let wanted = annotations(deployment, revision: number)
        if wanted.contains(where: { new.annotations[$0.key] != $0.value }) {
            cluster.update(.replicaSets, key: new.key, by: Self.manager) {
                $0.annotations = $0.annotations.merging(wanted) { $1 }
            }
        }
        guard deployment.annotations[Self.revision] != String(number) else { return }
        cluster.update(.deployments, key: deployment.key, by: Self.manager) {
            $0.annotations[Self.revision] = String(number)
        }
    }

    /// An IntOrString of the strategy as text.
    private static func limit(_ deployment: KubeObject, member: String) -> String {
        let value = deployment["spec", "strategy", "rollingUpdate", member]
        return value?.string ?? value?.int.map(String.init) ?? "25%"
    }

    private func rollOut(_ deployment: KubeObject, new: KubeObject, old: [KubeObject]) {
        let replicas = deployment["spec", "replicas"]?.int ?? 1
        if deployment["spec", "strategy", "type"]?.string == "Recreate" {
            for set in old { scale(set, to: 0, for: deployment) }
            if old.allSatisfy({ pods($0).isEmpty }) { scale(new, to: replicas, for: deployment) }
            return
        }
        let plan = RolloutPlan(
            replicas: replicas, surge: Self.limit(deployment, member: "maxSurge"),
            unavailable: Self.limit(deployment, member: "maxUnavailable"), new: counts(new), old: old.map(counts))
        let newDesired = plan.newDesired
        if newDesired != plan.new.desired {
            scale(new, to: newDesired, for: deployment)
            return
        }
        let wanted = plan.oldDesired
        for set in old { scale(set, to: wanted[set.name] ?? 0, for: deployment) }
    }

    private func scaleProportionally(_ deployment: KubeObject, sets: [KubeObject]) {
        let active = sets.filter { Self.desired($0) > 0 }
        guard let only = active.count == 1 ? active.first : nil else { return }
        scale(only, to: deployment["spec", "replicas"]?.int ?? 1, for: deployment)
    }

    private func pods(_ set: KubeObject) -> [KubeObject] { cluster.controlled(.pods, by: set) }

    private func counts(_ set: KubeObject) -> RolloutPlan.Counts {
        let pods = pods(set).filter { !$0.isBeingDeleted }
        return .init(
            name: set.name, desired: Self.desired(set), current: pods.count,
            available: pods.count(where: PodState.isReady))
    }

    private func scale(_ set: KubeObject, to count: Int, for deployment: KubeObject) {
        let before = Self.desired(set)
        guard count != before else { return }
        cluster.update(.replicaSets, key: set.key, by: Self.manager) { $0["spec", "replicas"] = JSONValue(count) }
        cluster.record(
            .normal, reason: "ScalingReplicaSet",
            message: "Scaled \(count > before ? "up" : "down") replica set \(set.name) from \(before) to \(count)",
            about: deployment, by: Self.component)
    }

    private func cleanUp(_ deployment: KubeObject, old: [KubeObject]) {
        let limit = deployment["spec", "revisionHistoryLimit"]?.int ?? 10
        let idle = old.filter { Self.desired($0) == 0 && pods($0).isEmpty && !$0.isBeingDeleted }
        for set in idle.prefix(max(0, idle.count - limit)) { cluster.delete(.replicaSets, object: set) }
    }

    // MARK: Status

    private static func replicaFailure(_ set: KubeObject) -> JSONValue? {
        set["status", "conditions"]?.array?.first { $0["type"]?.string == "ReplicaFailure" }
    }

    private func updateStatus(_ deployment: KubeObject, hash: String) {
        let sets = cluster.controlled(.replicaSets, by: deployment)
        let new = sets.first { $0.labels[Self.hashLabel] == hash }
        let totals = sets.map(counts)
        let summary = DeploymentStatus.Summary(
            desired: deployment["spec", "replicas"]?.int ?? 1,
            maxUnavailable: RolloutPlan(
                replicas: deployment["spec", "replicas"]?.int ?? 1, surge: "1",
                unavailable: Self.limit(deployment, member: "maxUnavailable"),
                new: .init(name: "", desired: 0, current: 0, available: 0), old: []
            ).maxUnavailable, total: totals.reduce(0) { $0 + $1.current }, updated: new.map { counts($0).current } ?? 0,
            available: totals.reduce(0) { $0 + $1.available },
            updatedAvailable: new.map { counts($0).available } ?? 0,
            terminating: sets.reduce(0) { $0 + pods($1).count(where: \.isBeingDeleted) }, newSet: new?.name,
            isPaused: deployment["spec", "paused"]?.bool ?? false,
            replicaFailure: ([new].compactMap { $0 } + sets).lazy.compactMap(Self.replicaFailure).first)
        cluster.update(.deployments, key: deployment.key, part: .status, by: Self.manager) { object in
            let status = DeploymentStatus.json(summary, generation: object.generation, old: object.json["status"])
            object.json["status"] = status
        }
    }
}
