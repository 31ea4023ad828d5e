import KubeModel

/// The status that the simulated kubelet gives a pod.
enum SimulatedPodStatus {
    static func json(_ pod: KubeObject, containers: [JSONValue], now: KubeTime) -> JSONValue {
        let phase = phase(containers)
        let isOver = ["Succeeded", "Failed"].contains(phase)
        let isReady = !isOver && containers.allSatisfy { $0["ready"]?.bool == true }
        let address = "10.244.0.\(StableHash.value(pod.uid) % 253 + 1)"
        let now = JSONValue.string(now.description)
        let waiting = containers.filter { $0["ready"]?.bool != true }.compactMap { $0["name"]?.string }
        func condition(_ type: String, isTrue: Bool, explained: Bool = false) -> JSONValue {
            var condition: JSONValue = [
                "type": .string(type), "status": isTrue ? "True" : "False", "lastProbeTime": .null,
                "lastTransitionTime": transition(type, isTrue: isTrue, for: pod) ?? now,
            ]
            // That one is the scheduler's.
            if type != "PodScheduled" { condition["observedGeneration"] = JSONValue(pod.generation) }
            guard !isTrue, explained else { return condition }
            condition["reason"] = .string(
                phase == "Succeeded" ? "PodCompleted" : phase == "Failed" ? "PodFailed" : "ContainersNotReady")
            if !isOver {
                condition["message"] = .string(
                    "containers with unready status: [\(waiting.joined(separator: " "))]")
            }
            return condition
        }
        let ephemeral = ephemeral(of: pod, at: now)
        return .compact([
            "phase": .string(phase), "observedGeneration": JSONValue(pod.generation),
            "conditions": [
                condition("PodScheduled", isTrue: true), condition("PodReadyToStartContainers", isTrue: !isOver),
                condition("Initialized", isTrue: true), condition("Ready", isTrue: isReady, explained: true),
                condition("ContainersReady", isTrue: isReady, explained: true),
            ], "hostIP": "10.0.0.1", "hostIPs": [["ip": "10.0.0.1"]], "podIP": .string(address),
            "podIPs": [["ip": .string(address)]], "startTime": pod["status", "startTime"] ?? now,
            "containerStatuses": .array(containers), "qosClass": pod["status", "qosClass"] ?? "BestEffort",
            "ephemeralContainerStatuses": ephemeral.isEmpty ? nil : .array(ephemeral),
        ])
    }

    /// They run from when they are first seen.
    private static func ephemeral(of pod: KubeObject, at now: JSONValue) -> [JSONValue] {
        let known = pod["status", "ephemeralContainerStatuses"]?.array ?? []
        return (pod["spec", "ephemeralContainers"]?.array ?? []).map { container in
            if let status = known.first(where: { $0["name"] == container["name"] }) { return status }
            let image = container["image"]?.string ?? ""
            let id = StableHash.hex("\(pod.uid)/\(container["name"]?.string ?? "")")
            return [
                "name": container["name"] ?? "", "image": .string(image), "ready": false, "restartCount": 0,
                "imageID": .string("\(ContainerImageName(image).withoutTag)@sha256:\(StableHash.hex(image))"),
                "containerID": .string("containerd://\(id)"), "lastState": .object([:]),
                "state": ["running": ["startedAt": now]],
            ]
        }
    }

    private static func phase(_ containers: [JSONValue]) -> String {
        let codes = containers.map { $0["state", "terminated", "exitCode"]?.int }
        if codes.contains(where: { ($0 ?? 0) != 0 }) { return "Failed" }
        if codes.allSatisfy({ $0 == 0 }) { return "Succeeded" }
        // A container that has run once makes the pod Running, even while it waits to be restarted.
        let hasStarted = containers.allSatisfy {
            $0["state", "running"] != nil || $0["state", "terminated"] != nil || $0["lastState", "terminated"] != nil
        }
        return hasStarted ? "Running" : "Pending"
    }

    private static func transition(_ type: String, isTrue: Bool, for pod: KubeObject) -> JSONValue? {
        let before = Conditions.find(type, object: pod)
        return before?["status"]?.string == (isTrue ? "True" : "False") ? before?["lastTransitionTime"] : nil
    }
}
