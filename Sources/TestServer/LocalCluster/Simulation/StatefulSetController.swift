import KubeModel

/// StatefulSet → Pods with ordinals, and PersistentVolumeClaims as mere objects.
struct StatefulSetController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "statefulset-controller"
    private static let revisionLabel = "controller-revision-hash"

    func sync(_ key: ObjectKey) {
        guard let set = cluster.get(.statefulSets, key: key), !set.isBeingDeleted else { return }
        let revisions = ControllerRevisions(
            cluster: cluster, owner: set, hashLabel: "controller.kubernetes.io/hash")
        guard let update = revisions.current()?.name else { return }
        let current = set["status", "currentRevision"]?.string ?? update
        var plan = StatefulSetPlan(set, pods: pods(set).map { StatefulSetPlan.Pod($0, of: set) })
        plan.currentRevision = current
        plan.updateRevision = update
        for action in plan.actions { perform(action, for: set) }
        updateStatus(key, plan: plan)
        let used = pods(set).compactMap { $0.labels[Self.revisionLabel] }
        revisions.trim(inUse: Set(used + [current, update]))
    }

    private func pods(_ set: KubeObject) -> [KubeObject] { cluster.controlled(.pods, by: set) }

    private func perform(_ action: StatefulSetPlan.Action, for set: KubeObject) {
        switch action {
        case .create(let ordinal, let revision): create(ordinal, revision: revision, for: set)
        case .delete(let ordinal):
            let name = "\(set.name)-\(ordinal)"
            guard let pod = cluster.get(.pods, key: ObjectKey(namespace: set.namespace, name: name)) else { return }
            cluster.delete(.pods, object: pod)
            record("SuccessfulDelete", message: "delete Pod \(name) in StatefulSet \(set.name) successful", about: set)
        }
    }

    private func record(_ reason: String, message: String, about set: KubeObject) {
        cluster.record(.normal, reason: reason, message: message, about: set, by: Self.component)
    }

    private func create(_ ordinal: Int, revision: String, for set: KubeObject) {
        let name = "\(set.name)-\(ordinal)"
        let key = ObjectKey(namespace: set.namespace, name: revision)
        var owner = set
        // An ordinal below the partition gets the template as it was.
        if let old = cluster.get(.controllerRevisions, key: key)?["data", "spec", "template"] {
            owner["spec", "template"] = old
            owner["spec", "template", "$patch"] = nil
        }
        var pod = PodState.new(from: owner)
        pod["metadata", "generateName"] = .string("\(set.name)-")
        pod["metadata", "name"] = .string(name)
        pod.labels = pod.labels.merging([
            Self.revisionLabel: revision, "statefulset.kubernetes.io/pod-name": name,
            "apps.kubernetes.io/pod-index": String(ordinal),
        ]) { $1 }
        pod["spec", "hostname"] = .string(name)
        if let service = set["spec", "serviceName"], service.string?.isEmpty == false {
            pod["spec", "subdomain"] = service
        }
        claim(set, for: &pod)
        _ = cluster.createPod(
            pod, for: set, of: .statefulSets, by: Self.component,
            succeeded: { "create Pod \($0) in StatefulSet \(set.name) successful" },
            failed: { "create Pod \(name) in StatefulSet \(set.name) failed error: \($0)" })
    }

    /// Claims outlive their pods: the next pod of the ordinal gets the same ones.
    private func claim(_ set: KubeObject, for pod: inout KubeObject) {
        var volumes = pod["spec", "volumes"]?.array ?? []
        for template in set["spec", "volumeClaimTemplates"]?.array ?? [] {
            let volume = KubeObject(template).name
            var claim = KubeObject(template)
            claim["metadata", "name"] = .string("\(volume)-\(pod.name)")
            claim.labels = claim.labels.merging(
                KubeObject(["metadata": ["labels": set["spec", "selector", "matchLabels"] ?? [:]]]).labels
            ) { $1 }
            claim.json["status"] = nil
            volumes.removeAll { $0["name"]?.string == volume }
            volumes.append([
                "name": .string(volume), "persistentVolumeClaim": ["claimName": .string(claim.name)],
            ])
            guard cluster.get(.claims, key: ObjectKey(namespace: set.namespace, name: claim.name)) == nil else {
                continue
            }
            let created = cluster.create(
                claim.json, resource: .claims, namespace: set.namespace ?? "", by: DeploymentController.manager)
            if created != nil {
                record(
                    "SuccessfulCreate",
                    message: "create Claim \(claim.name) Pod \(pod.name) in StatefulSet \(set.name) success", about: set
                )
            }
        }
        if !volumes.isEmpty { pod["spec", "volumes"] = .array(volumes) }
    }

    private func updateStatus(_ key: ObjectKey, plan: StatefulSetPlan) {
        guard let set = cluster.get(.statefulSets, key: key) else { return }
        var now = StatefulSetPlan(set, pods: pods(set).map { StatefulSetPlan.Pod($0, of: set) })
        now.currentRevision = plan.currentRevision
        now.updateRevision = plan.updateRevision
        cluster.update(.statefulSets, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = now.status(generation: object.generation)
        }
    }
}
