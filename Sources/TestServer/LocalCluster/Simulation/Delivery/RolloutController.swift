import KubeModel

/// Rollout of Argo → ReplicaSets: canaries by the share of replicas, and blue-green. Steps other than weights and pauses are
/// passed at once.
struct RolloutController: Sendable {
    let cluster: SimulatedCluster

    static let manager = "rollouts-controller"
    static let revision = "rollout.argoproj.io/revision"
    static let hashLabel = "rollouts-pod-template-hash"

    func sync(_ key: ObjectKey) {
        guard let rollout = cluster.get(.rollouts, key: key), !rollout.isBeingDeleted else { return }
        guard let (template, generation) = template(of: rollout) else { return }
        let hash = StableHash.safe(JSONWriter.string(Self.identity(of: template), options: .canonical))
        var sets = cluster.controlled(.replicaSets, by: rollout)
        if !sets.contains(where: { $0.labels[Self.hashLabel] == hash }) {
            create(hash, template: template, for: rollout, sets: sets)
            sets = cluster.controlled(.replicaSets, by: rollout)
        }
        updateRevision(rollout, hash: hash, sets: sets)
        var state = RolloutState(rollout, hash: hash, now: cluster.now())
        state.counts = Dictionary(
            sets.map { ($0.labels[Self.hashLabel] ?? "", counts($0)) }, uniquingKeysWithFirst: ())
        state.workloadGeneration = generation
        state.advance()
        for set in sets {
            scale(set, to: state.wanted[set.labels[Self.hashLabel] ?? ""] ?? 0)
        }
        restart(rollout, sets: sets, state: &state)
        if let time = state.lookAgainAt { cluster.lookAgain(.rollouts, key: key, at: time) }
        let status = state.json
        cluster.update(.rollouts, key: key, part: .status, by: Self.manager) { live in
            // Whoever was faster is looked at next; nothing of theirs is overwritten.
            guard live.generation == rollout.generation, live.json["status"] == rollout.json["status"] else { return }
            live.json["status"] = status
        }
    }

    /// What tells templates apart. Those of ReplicaSets and Deployments have the defaults of the API server besides, which a
    /// Rollout's own hasn't.
    private static func identity(of template: JSONValue) -> JSONValue {
        let containers = (template["spec", "containers"]?.array ?? []).map { container in
            JSONValue.compact([
                "name": container["name"], "image": container["image"], "command": container["command"],
                "args": container["args"], "env": container["env"],
            ])
        }
        return .compact([
            "labels": template["metadata", "labels"], "annotations": template["metadata", "annotations"],
            "containers": .array(containers),
        ])
    }

    /// With the generation of the workload that has it; nil where that is missing.
    private func template(of rollout: KubeObject) -> (JSONValue, Int?)? {
        guard let reference = rollout["spec", "workloadRef"] else {
            return rollout["spec", "template"].map { ($0, nil) }
        }
        let key = ObjectKey(namespace: rollout.namespace, name: reference["name"]?.string ?? "")
        guard let deployment = cluster.get(.deployments, key: key) else { return nil }
        return deployment["spec", "template"].map { ($0, deployment.generation) }
    }

    private func create(_ hash: String, template: JSONValue, for rollout: KubeObject, sets: [KubeObject]) {
        var template = template
        template["metadata", "labels", Self.hashLabel] = .string(hash)
        var selector = rollout["spec", "selector"] ?? .object([:])
        selector["matchLabels", Self.hashLabel] = .string(hash)
        var set = KubeObject(.replicaSets, namespace: rollout.namespace, name: "\(rollout.name)-\(hash)")
        set.labels = KubeObject(template).labels
        set.annotations = [Self.revision: String((sets.map(Self.number).max() ?? 0) + 1)]
        set.ownerReferences = [OwnerReference(controller: rollout)]
        set.json["spec"] = ["replicas": 0, "selector": selector, "template": template]
        cluster.create(set.json, resource: .replicaSets, namespace: rollout.namespace ?? "", by: Self.manager)
    }

    private static func number(_ object: KubeObject) -> Int { object.annotations[revision].flatMap { Int($0) } ?? 0 }

    /// A template that was there before gets the next revision again.
    private func updateRevision(_ rollout: KubeObject, hash: String, sets: [KubeObject]) {
        guard let new = sets.first(where: { $0.labels[Self.hashLabel] == hash }) else { return }
        let highest = sets.filter { $0.uid != new.uid }.map(Self.number).max() ?? 0
        let number = Self.number(new) > highest ? Self.number(new) : highest + 1
        if Self.number(new) != number {
            cluster.update(.replicaSets, key: new.key, by: Self.manager) {
                $0.annotations[Self.revision] = String(number)
            }
        }
        guard rollout.annotations[Self.revision] != String(number) else { return }
        cluster.update(.rollouts, key: rollout.key, by: Self.manager) { $0.annotations[Self.revision] = String(number) }
    }

    private func counts(_ set: KubeObject) -> RolloutState.Counts {
        let pods = cluster.controlled(.pods, by: set).filter { !$0.isBeingDeleted }
        return .init(current: pods.count, available: pods.count(where: PodState.isReady))
    }

    private func scale(_ set: KubeObject, to count: Int) {
        guard set["spec", "replicas"]?.int != count else { return }
        cluster.update(.replicaSets, key: set.key, by: Self.manager) { $0["spec", "replicas"] = JSONValue(count) }
    }

    private func restart(_ rollout: KubeObject, sets: [KubeObject], state: inout RolloutState) {
        guard let text = rollout["spec", "restartAt"]?.string, let time = KubeTime(text),
            state.status["restartedAt"]?.string != text
        else { return }
        guard time <= cluster.now() else {
            state.lookAgainAt = time
            return
        }
        let pods = sets.flatMap { cluster.controlled(.pods, by: $0) }
        let old = pods.filter { $0.creationTimestamp.map { $0 < time } ?? false }
        for pod in old where !pod.isBeingDeleted { cluster.delete(.pods, object: pod) }
        if old.isEmpty { state.status["restartedAt"] = .string(text) }
    }
}

extension Dictionary {
    /// The first of those with the same key counts.
    fileprivate init(_ pairs: [(Key, Value)], uniquingKeysWithFirst: Void) {
        self.init(pairs, uniquingKeysWith: { first, _ in first })
    }
}
