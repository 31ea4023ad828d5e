import KubeModel

/// Scheduler and kubelet in one: gives pods a node, then the status that their images ask for.
struct SimulatedKubelet: Sendable {
    let cluster: SimulatedCluster

    func sync(_ key: ObjectKey) {
        guard let pod = cluster.get(.pods, key: key) else { return }
        if pod.isBeingDeleted { return stop(pod) }
        if pod["spec", "nodeName"]?.string?.isEmpty ?? true { return schedule(pod) }
        if PodState.isFinished(pod) { return }
        if needsStart(pod) { start(pod) } else { goOn(pod) }
    }

    private func schedule(_ pod: KubeObject) {
        let home = cluster.get(.nodes, key: ObjectKey(name: Bootstrap.nodeName))
        if let why = home.map({ NodeFit.refusal(of: pod, by: $0) }) ?? "no nodes available to schedule pods" {
            return refuse(pod, why: why)
        }
        let node = home?.labels ?? [:]
        cluster.update(.pods, key: pod.key, by: "kube-scheduler") {
            $0["spec", "nodeName"] = .string(Bootstrap.nodeName)
            // What the admission plugin PodTopologyLabels copies when a pod is bound.
            for label in ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"] {
                if let value = node[label] { $0.labels[label] = value }
            }
        }
        cluster.record(
            .normal, reason: "Scheduled", message: "Successfully assigned \(pod.key) to \(Bootstrap.nodeName)",
            about: pod,
            by: "default-scheduler")
    }

    private func refuse(_ pod: KubeObject, why: String) {
        let before = Conditions.find("PodScheduled", object: pod)
        guard before?["message"]?.string != why else { return }
        cluster.update(.pods, key: pod.key, part: .status, by: "kube-scheduler") { object in
            object["status", "conditions"] = [
                [
                    "type": "PodScheduled", "status": "False", "lastProbeTime": .null,
                    "lastTransitionTime": before?["lastTransitionTime"] ?? .string(cluster.now().description),
                    "reason": "Unschedulable", "message": .string(why),
                ]
            ]
        }
        cluster.record(.warning, reason: "FailedScheduling", message: why, about: pod, by: "default-scheduler")
    }

    /// New, or with an image that was changed.
    private func needsStart(_ pod: KubeObject) -> Bool {
        let images = (pod["spec", "containers"]?.array ?? []).compactMap { $0["image"]?.string }
        let started = (pod["status", "containerStatuses"]?.array ?? []).compactMap { $0["image"]?.string }
        return images != started
    }

    private func stop(_ pod: KubeObject) {
        // Finalizers are somebody else's to take off; the containers have stopped already.
        guard (pod.metadata["deletionGracePeriodSeconds"]?.int ?? 0) > 0 else { return }
        for container in pod["spec", "containers"]?.array ?? [] {
            let name = container["name"]?.string ?? ""
            cluster.record(
                .normal, reason: "Killing", message: "Stopping container \(name)", about: pod, by: "kubelet",
                fieldPath: "spec.containers{\(name)}")
        }
        cluster.delete(.pods, object: pod, gracePeriodSeconds: 0)
    }

    private func start(_ pod: KubeObject) {
        let containers = pod["spec", "containers"]?.array ?? []
        for container in containers { announce(container, for: pod) }
        let now = cluster.now()
        write(containers.map { ContainerStatus.started($0, in: pod, now: now) }, to: pod)
    }

    private func write(_ statuses: [JSONValue], to pod: KubeObject) {
        cluster.update(.pods, key: pod.key, part: .status, by: "kubelet") { object in
            object.json["status"] = SimulatedPodStatus.json(object, containers: statuses, now: cluster.now())
        }
    }

    /// Restarts what has waited long enough, and makes ready what has started slowly.
    private func goOn(_ pod: KubeObject) {
        let now = cluster.now()
        var hasChanged = false
        let statuses = zip(
            pod["spec", "containers"]?.array ?? [], pod["status", "containerStatuses"]?.array ?? []
        ).map { container, status in
            switch ContainerStatus.next(status, of: container, in: pod, now: now) {
            case .stays: return status
            case .changes(let time):
                cluster.lookAgain(.pods, key: pod.key, at: time)
                return status
            case .becomes(let next):
                hasChanged = true
                if next["restartCount"] != status["restartCount"] { announce(container, for: pod) }
                return next
            }
        }
        let ephemeral = (pod["spec", "ephemeralContainers"]?.array ?? []).count
        hasChanged = hasChanged || ephemeral != (pod["status", "ephemeralContainerStatuses"]?.array ?? []).count
        if hasChanged { write(statuses, to: pod) }
    }

    private func announce(_ container: JSONValue, for pod: KubeObject) {
        let name = container["name"]?.string ?? ""
        let image = container["image"]?.string ?? ""
        func record(_ type: SimulatedCluster.EventType, reason: String, message: String) {
            cluster.record(
                type, reason: reason, message: message, about: pod, by: "kubelet", fieldPath: "spec.containers{\(name)}"
            )
        }
        let fate = SimulatedContainerBehavior(container, in: pod)
        if fate == .pullFails {
            record(.normal, reason: "Pulling", message: "Pulling image \"\(image)\"")
            record(
                .warning, reason: "Failed",
                message: "Failed to pull image \"\(image)\": \(ContainerStatus.pullError(image))")
            record(.warning, reason: "Failed", message: "Error: ErrImagePull")
            record(.normal, reason: "BackOff", message: "Back-off pulling image \"\(image)\"")
            record(.warning, reason: "Failed", message: "Error: ImagePullBackOff")
            return
        }
        if container["imagePullPolicy"]?.string == "Always" {
            record(.normal, reason: "Pulling", message: "Pulling image \"\(image)\"")
            record(
                .normal, reason: "Pulled",
                message: "Successfully pulled image \"\(image)\" in 1ms (1ms including waiting)")
        } else {
            record(.normal, reason: "Pulled", message: "Container image \"\(image)\" already present on machine")
        }
        record(.normal, reason: "Created", message: "Created container: \(name)")
        record(.normal, reason: "Started", message: "Started container \(name)")
        guard fate == .crashes, pod["spec", "restartPolicy"]?.string != "Never" else { return }
        record(
            .warning, reason: "BackOff",
            message:
                "Back-off restarting failed container \(name) in pod \(pod.name)_\(pod.namespace ?? "")(\(pod.uid))")
    }
}
