import KubeModel

/// DaemonSet → one Pod on every node that its template fits.
struct DaemonSetController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "daemonset-controller"
    private static let hashLabel = "controller-revision-hash"

    func sync(_ key: ObjectKey) {
        guard let set = cluster.get(.daemonSets, key: key), !set.isBeingDeleted else { return }
        let revisions = ControllerRevisions(cluster: cluster, owner: set, hashLabel: Self.hashLabel)
        guard let revision = revisions.current(), let hash = revision.labels[Self.hashLabel] else { return }
        let nodes = nodes(for: set)
        for pod in pods(set) where PodState.isFinished(pod) && !pod.isBeingDeleted { delete(pod, for: set) }
        for pod in pods(set) where !nodes.contains(Self.node(pod)) && !pod.isBeingDeleted { delete(pod, for: set) }
        let covered = Set(pods(set).map(Self.node))
        for node in nodes where !covered.contains(node) { create(on: node, hash, for: set) }
        replaceOldest(hash, for: set)
        updateStatus(key, hash: hash, nodes: nodes)
        let hashes = Set(pods(set).compactMap { $0.labels[Self.hashLabel] })
        let used = revisions.all.filter { hashes.contains($0.labels[Self.hashLabel] ?? "") }.map(\.name)
        revisions.trim(inUse: Set(used + [revision.name]))
    }

    private func pods(_ set: KubeObject) -> [KubeObject] { cluster.controlled(.pods, by: set) }

    private func nodes(for set: KubeObject) -> [String] {
        let wanted = KubeObject(["metadata": ["labels": set["spec", "template", "spec"]?["nodeSelector"] ?? [:]]])
        let selector = LabelSelector(matching: wanted.labels)
        return cluster.selected(.nodes, in: nil, by: selector).map(\.name)
    }

    /// The node that a pod was made for, which the scheduler may not have given it yet.
    private static func node(_ pod: KubeObject) -> String {
        if let name = pod["spec", "nodeName"]?.string { return name }
        let terms =
            pod["spec", "affinity", "nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]?[
                "nodeSelectorTerms"]
        return terms?.array?.first?["matchFields"]?.array?.first?["values"]?.array?.first?.string ?? ""
    }

    private func create(on node: String, _ hash: String, for set: KubeObject) {
        var pod = PodState.new(from: set)
        pod.labels = pod.labels.merging([
            Self.hashLabel: hash,
            "pod-template-generation": set.annotations["deprecated.daemonset.template.generation"] ?? "1",
        ]) { $1 }
        pod["spec", "affinity", "nodeAffinity"] = [
            "requiredDuringSchedulingIgnoredDuringExecution": [
                "nodeSelectorTerms": [
                    ["matchFields": [["key": "metadata.name", "operator": "In", "values": [.string(node)]]]]
                ]
            ]
        ]
        _ = cluster.createPod(pod, for: set, of: .daemonSets, by: Self.component)
    }

    private func delete(_ pod: KubeObject, for set: KubeObject) {
        cluster.delete(.pods, object: pod)
        cluster.record(
            .normal, reason: "SuccessfulDelete", message: "Deleted pod: \(pod.name)", about: set, by: Self.component)
    }

    /// One at a time, as `maxUnavailable` 1 wants it; pods that aren't ready don't count as available anyway.
    private func replaceOldest(_ hash: String, for set: KubeObject) {
        guard set["spec", "updateStrategy", "type"]?.string != "OnDelete" else { return }
        let pods = pods(set)
        let old = pods.filter { $0.labels[Self.hashLabel] != hash && !$0.isBeingDeleted }
        for pod in old where !PodState.isReady(pod) { delete(pod, for: set) }
        let isDisturbed = pods.contains { $0.isBeingDeleted || !PodState.isReady($0) }
        if !isDisturbed, let next = old.first { delete(next, for: set) }
    }

    private func updateStatus(_ key: ObjectKey, hash: String, nodes: [String]) {
        guard let set = cluster.get(.daemonSets, key: key) else { return }
        let pods = pods(set).filter { !$0.isBeingDeleted }
        let ready = pods.count(where: PodState.isReady)
        let updated = pods.count { $0.labels[Self.hashLabel] == hash }
        func count(_ value: Int) -> JSONValue? { value == 0 ? nil : JSONValue(value) }
        cluster.update(.daemonSets, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = .compact([
                "currentNumberScheduled": JSONValue(pods.count), "numberMisscheduled": 0,
                "desiredNumberScheduled": JSONValue(nodes.count), "numberReady": JSONValue(ready),
                "observedGeneration": JSONValue(object.generation), "updatedNumberScheduled": count(updated),
                "numberAvailable": count(ready), "numberUnavailable": count(nodes.count - ready),
            ])
        }
    }
}
