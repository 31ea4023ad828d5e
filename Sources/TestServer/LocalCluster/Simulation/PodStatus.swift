import KubeModel

/// The status that the simulated kubelet gives a pod.
enum PodStatus {
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
        return [
            "phase": .string(phase), "observedGeneration": JSONValue(pod.generation),
            "conditions": [
                condition("PodScheduled", isTrue: true), condition("PodReadyToStartContainers", isTrue: !isOver),
                condition("Initialized", isTrue: true), condition("Ready", isTrue: isReady, explained: true),
                condition("ContainersReady", isTrue: isReady, explained: true),
            ], "hostIP": "10.0.0.1", "hostIPs": [["ip": "10.0.0.1"]], "podIP": .string(address),
            "podIPs": [["ip": .string(address)]], "startTime": pod["status", "startTime"] ?? now,
            "containerStatuses": .array(containers), "qosClass": pod["status", "qosClass"] ?? "BestEffort",
        ]
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
