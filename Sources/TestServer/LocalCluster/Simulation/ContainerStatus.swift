import KubeModel

/// An entry of `status.containerStatuses`: how a container begins, and how it goes on by itself.
enum ContainerStatus {
    static func pullError(_ image: String) -> String {
        let reference = ContainerImageName(image)
        if let host = reference.registryHost, host.hasSuffix(".invalid") {
            return
                "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": failed to do "
                + "request: Head \"https://\(host)/v2/\": dial tcp: lookup \(host): no such host"
        }
        return
            "failed to pull and unpack image \"\(image)\": failed to resolve reference \"\(image)\": \(image): not found"
    }

    static func started(_ container: JSONValue, in pod: KubeObject, now: KubeTime) -> JSONValue {
        let image = container["image"]?.string ?? ""
        let reference = ContainerImageName(image)
        let fate = SimulatedContainerBehavior(container, in: pod)
        let isRunning = [.runs, .getsReadySlowly, .neverReady].contains(fate)
        var status: JSONValue = [
            "name": container["name"] ?? "", "image": .string(image), "restartCount": 0, "lastState": .object([:]),
            "ready": .bool(fate == .runs), "started": .bool(isRunning),
            "imageID": fate == .pullFails
                ? "" : .string("\(reference.withoutTag)@sha256:\(StableHash.hex(image))"),
            "resources": container["resources"] ?? .object([:]),
        ]
        if let mounts = container["volumeMounts"]?.array { status["volumeMounts"] = .array(mounts.map(mounted)) }
        if fate != .pullFails { status["containerID"] = .string(identifier(container, for: pod)) }
        switch fate {
        case .runs, .getsReadySlowly, .neverReady:
            status["state"] = ["running": ["startedAt": .string(now.description)]]
        case .completes: status["state"] = exit(0, reason: "Completed", container: container, for: pod, now: now)
        case .crashes where pod["spec", "restartPolicy"]?.string == "Never":
            status["state"] = exit(1, reason: "Error", container: container, for: pod, now: now)
        case .crashes: crash(&status, container: container, for: pod, now: now)
        case .pullFails:
            status["state"] = [
                "waiting": [
                    "reason": "ImagePullBackOff",
                    "message": .string("Back-off pulling image \"\(image)\": ErrImagePull: \(pullError(image))"),
                ]
            ]
        }
        return status
    }

    private static func mounted(_ mount: JSONValue) -> JSONValue {
        .compact([
            "name": mount["name"], "mountPath": mount["mountPath"], "readOnly": mount["readOnly"],
            "recursiveReadOnly": mount["readOnly"]?.bool == true ? "Disabled" : nil,
        ])
    }

    /// The status after its time has come, and until then the time.
    enum Next: Equatable {
        case stays
        case changes(at: KubeTime)
        case becomes(JSONValue)
    }

    static func next(_ status: JSONValue, of container: JSONValue, in pod: KubeObject, now: KubeTime) -> Next {
        var status = status
        if SimulatedContainerBehavior(container, in: pod) == .getsReadySlowly, status["ready"]?.bool == false,
            let start = status["state", "running", "startedAt"]?.string.flatMap({ KubeTime($0) })
        {
            let time = start.adding(seconds: SimulatedContainerBehavior.slowStart)
            if now < time { return .changes(at: time) }
            status["ready"] = true
            return .becomes(status)
        }
        guard status["state", "waiting", "reason"]?.string == "CrashLoopBackOff",
            let end = status["lastState", "terminated", "finishedAt"]?.string.flatMap({ KubeTime($0) })
        else { return .stays }
        let pause = RestartBackOff.seconds(restarts: status["restartCount"]?.int ?? 1)
        let time = end.adding(seconds: Double(pause))
        if now < time { return .changes(at: time) }
        crash(&status, container: container, for: pod, now: now)
        return .becomes(status)
    }

    /// It was started once more and failed at once: now it waits for the next time.
    private static func crash(_ status: inout JSONValue, container: JSONValue, for pod: KubeObject, now: KubeTime) {
        let count = (status["restartCount"]?.int ?? 0) + 1
        let message =
            "back-off \(RestartBackOff.text(restarts: count)) restarting failed "
            + "container=\(container["name"]?.string ?? "") pod=\(pod.name)_\(pod.namespace ?? "")(\(pod.uid))"
        status["restartCount"] = JSONValue(count)
        status["lastState"] = exit(1, reason: "Error", container: container, for: pod, now: now)
        status["state"] = ["waiting": ["reason": "CrashLoopBackOff", "message": .string(message)]]
    }

    private static func exit(
        _ code: Int, reason: String, container: JSONValue, for pod: KubeObject, now: KubeTime
    ) -> JSONValue {
        let time = JSONValue.string(now.description)
        return [
            "terminated": [
                "exitCode": JSONValue(code), "reason": .string(reason), "startedAt": time, "finishedAt": time,
                "containerID": .string(identifier(container, for: pod)),
            ]
        ]
    }

    /// One of another image is another container.
    private static func identifier(_ container: JSONValue, for pod: KubeObject) -> String {
        let name = "\(container["name"]?.string ?? "") \(container["image"]?.string ?? "")"
        return "containerd://\(StableHash.hex(pod.uid))\(StableHash.hex(name))"
    }
}
