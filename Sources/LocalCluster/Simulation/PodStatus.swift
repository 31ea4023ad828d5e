import KubeModel

/// The status that the simulated kubelet gives a pod.
enum PodStatus {
    static func json(_ pod: KubeObject, containers: [JSONValue]) -> JSONValue {
        let isReady = containers.allSatisfy { $0["ready"]?.bool == true }
        let phase = phase(containers)
        let address = "10.244.0.\(StableHash.value(pod.uid) % 253 + 1)"
        let now = JSONValue.string(KubeTime.now().description)
        let notReady = phase == "Failed" ? "PodFailed" : "ContainersNotReady"
        let waiting = containers.filter { $0["ready"]?.bool != true }.compactMap { $0["name"]?.string }
        func condition(_ type: String, _ isTrue: Bool) -> JSONValue {
            var condition: JSONValue = [
                "type": .string(type), "status": isTrue ? "True" : "False",
                "lastTransitionTime": transition(type, isTrue, pod) ?? now,
            ]
            if !isTrue {
                condition["reason"] = .string(notReady)
                condition["message"] = .string(
                    "containers with unready status: [\(waiting.joined(separator: " "))]")
            }
            return condition
        }
        return [
            "phase": .string(phase), "observedGeneration": JSONValue(pod.generation),
            "conditions": [
                condition("PodReadyToStartContainers", true), condition("Initialized", true),
                condition("Ready", isReady), condition("ContainersReady", isReady), condition("PodScheduled", true),
            ], "hostIP": "10.0.0.1", "hostIPs": [["ip": "10.0.0.1"]], "podIP": .string(address),
            "podIPs": [["ip": .string(address)]], "startTime": pod["status", "startTime"] ?? now,
            "containerStatuses": .array(containers), "qosClass": pod["status", "qosClass"] ?? "BestEffort",
        ]
    }

    private static func phase(_ containers: [JSONValue]) -> String {
        if containers.contains(where: { $0["state", "terminated", "exitCode"]?.int ?? 0 != 0 }) { return "Failed" }
        // A container that has run once makes the pod Running, even while it waits to be restarted.
        let hasStarted = containers.allSatisfy { $0["state", "running"] != nil || $0["lastState", "terminated"] != nil }
        return hasStarted ? "Running" : "Pending"
    }

    private static func transition(_ type: String, _ isTrue: Bool, _ pod: KubeObject) -> JSONValue? {
        let before = (pod["status", "conditions"]?.array ?? []).first { $0["type"]?.string == type }
        return before?["status"]?.string == (isTrue ? "True" : "False") ? before?["lastTransitionTime"] : nil
    }
}

enum ContainerStatus {
    static func pullError(_ image: String) -> String {
        let reference = ImageReference(image)
        if let host = reference.registryHost, host.hasSuffix(".invalid") {
            return
                "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": failed to do "
                + "request: Head \"https://\(host)/v2/\": dial tcp: lookup \(host): no such host"
        }
        return
            "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": \(image): not found"
    }

    static func json(_ container: JSONValue, in pod: KubeObject) -> JSONValue {
        let image = container["image"]?.string ?? ""
        let now = JSONValue.string(KubeTime.now().description)
        let id = "containerd://\(StableHash.hex(pod.uid))\(StableHash.hex(container["name"]?.string ?? ""))"
        var status: JSONValue = [
            "name": container["name"] ?? "", "image": .string(image), "restartCount": 0, "lastState": .object([:]),
        ]
        switch SimulatedKubelet.Fate(image: image) {
        case .runs:
            status["state"] = ["running": ["startedAt": now]]
            status["containerID"] = .string(id)
        case .crashes:
            let failed: JSONValue = [
                "terminated": [
                    "exitCode": 1, "reason": "Error", "startedAt": now, "finishedAt": now, "containerID": .string(id),
                ]
            ]
            status["containerID"] = .string(id)
            if pod["spec", "restartPolicy"]?.string == "Never" {
                status["state"] = failed
            } else {
                status["state"] = [
                    "waiting": ["reason": "CrashLoopBackOff", "message": .string(backOff(container, pod))]
                ]
                status["lastState"] = failed
                status["restartCount"] = 3
            }
        case .pullFails:
            status["state"] = [
                "waiting": [
                    "reason": "ImagePullBackOff",
                    "message": .string("Back-off pulling image \"\(image)\": ErrImagePull: \(pullError(image))"),
                ]
            ]
        }
        let isRunning = SimulatedKubelet.Fate(image: image) == .runs
        status["ready"] = .bool(isRunning)
        status["started"] = .bool(isRunning)
        status["imageID"] = isRunning ? .string("\(image)@sha256:\(StableHash.hex(image))") : ""
        return status
    }

    private static func backOff(_ container: JSONValue, _ pod: KubeObject) -> String {
        "back-off 40s restarting failed container=\(container["name"]?.string ?? "") "
            + "pod=\(pod.name)_\(pod.namespace ?? "")(\(pod.uid))"
    }
}
