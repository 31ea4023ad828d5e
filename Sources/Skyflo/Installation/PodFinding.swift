import KubeModel

/// What keeps a pod from being ready, in words.
enum PodFinding {
    private static let pulls: Set<String> = [
        "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName",
    ]
    private static let configuration: Set<String> = ["CreateContainerConfigError", "CreateContainerError"]

    static func judge(_ pod: KubeObject, now: KubeTime) -> ComponentCause.Finding {
        if hasFailed(pod) { return .init(cause: failed(pod)) }
        if let unscheduled = unscheduled(pod) { return .init(cause: unscheduled) }
        let statuses =
            (pod["status", "initContainerStatuses"]?.array ?? []) + (pod["status", "containerStatuses"]?.array ?? [])
        var looksAgain: Int?
        for status in statuses where status["ready"]?.bool != true {
            if let cause = waiting(status, in: pod) ?? ended(status, in: pod) { return .init(cause: cause) }
            // Between two crashes it runs for a moment: nothing is better then.
            if crashesOften(status) { return .init(cause: crashing(status, in: pod)) }
            guard let age = runningSeconds(status, now: now) else { continue }
            if age >= ComponentCause.patience {
                return .init(cause: unready(status, in: pod))
            }
            looksAgain = ComponentCause.patience - age
        }
        return .init(looksAgain: looksAgain)
    }

    static func hasFailed(_ pod: KubeObject) -> Bool { pod["status", "phase"]?.string == "Failed" }

    /// Whether it has run only briefly before it was started again: after ten minutes the kubelet forgets former crashes too. A
    /// container that a node's restart has ended is waited for, as one that starts for the first time.
    private static func crashesOften(_ status: JSONValue) -> Bool {
        guard let restarts = status["restartCount"]?.int, restarts > 0, let last = status["lastState", "terminated"],
            status["state", "running"] != nil
        else { return false }
        func time(_ member: String) -> KubeTime? { last[member]?.string.flatMap { KubeTime($0) } }
        guard let start = time("startedAt"), let end = time("finishedAt") else { return true }
        return end.seconds(since: start) < 600
    }

    /// Evicted, most often.
    private static func failed(_ pod: KubeObject) -> ComponentCause {
        let reason = pod["status", "reason"]?.string ?? "PodFailed"
        let message = pod["status", "message"]?.string ?? "all its containers have ended"
        return ComponentCause(reason: reason, message: "the pod \(pod.name) failed: \(message)")
    }

    private static func unscheduled(_ pod: KubeObject) -> ComponentCause? {
        guard let condition = ComponentCause.condition("PodScheduled", of: pod),
            condition["status"]?.string == "False"
        else { return nil }
        let message = condition["message"]?.string ?? "no node takes it"
        return ComponentCause(
            reason: condition["reason"]?.string ?? "Unschedulable",
            message: "the pod \(pod.name) can't be scheduled: \(message)")
    }

    private static func waiting(_ status: JSONValue, in pod: KubeObject) -> ComponentCause? {
        guard let waiting = status["state", "waiting"], let reason = waiting["reason"]?.string else { return nil }
        let message = waiting["message"]?.string ?? reason
        if pulls.contains(reason) {
            let image = status["image"]?.string ?? ""
            return ComponentCause(
                reason: "ImagePullFailed",
                message: "the image \(image) can't be pulled for the pod \(pod.name): \(message)")
        }
        if configuration.contains(reason) {
            return ComponentCause(
                reason: reason, message: "the container of the pod \(pod.name) can't be made: \(message)")
        }
        if reason == "RunContainerError" {
            return ComponentCause(
                reason: reason, message: "the container of the pod \(pod.name) can't be started: \(message)")
        }
        return reason == "CrashLoopBackOff" ? crashing(status, in: pod) : nil
    }

    private static func crashing(_ status: JSONValue, in pod: KubeObject) -> ComponentCause {
        let count = status["restartCount"]?.int ?? 0
        return ComponentCause(
            reason: "CrashLoopBackOff",
            message: "the pod \(pod.name) crashes again and again (\(count.counted(as: "restart")))"
                + (exit(status["state", "terminated"] ?? status["lastState", "terminated"]).map { "; it last \($0)" }
                    ?? ""))
    }

    private static func ended(_ status: JSONValue, in pod: KubeObject) -> ComponentCause? {
        guard let text = exit(status["state", "terminated"]) else { return nil }
        // The same words as while it waits and runs again.
        if let restarts = status["restartCount"]?.int, restarts > 0 { return crashing(status, in: pod) }
        return ComponentCause(reason: "ContainerEnded", message: "the container of the pod \(pod.name) \(text)")
    }

    /// `ended with the exit code 1 (Error): no certificate`
    private static func exit(_ terminated: JSONValue?) -> String? {
        guard let terminated else { return nil }
        var text =
            terminated["signal"]?.int.map { "was ended by the signal \($0)" }
            ?? "ended with the exit code \(terminated["exitCode"]?.int ?? 0)"
        if let reason = terminated["reason"]?.string { text += " (\(reason))" }
        let message = terminated["message"]?.string?.split(separator: "\n").last.map(String.init)
        return text + (message.map { ": \($0)" } ?? "")
    }

    /// For how many seconds it has run; nil where it doesn't.
    private static func runningSeconds(_ status: JSONValue, now: KubeTime) -> Int? {
        guard let start = status["state", "running", "startedAt"]?.string.flatMap({ KubeTime($0) }) else { return nil }
        return Int(max(0, now.seconds(since: start)))
    }

    private static func unready(_ status: JSONValue, in pod: KubeObject) -> ComponentCause {
        let probe = status["started"]?.bool == false ? "startup" : "readiness"
        return ComponentCause(
            reason: "ProbeFails",
            message: "the pod \(pod.name) runs for more than \(ComponentCause.patience) s and is not ready: "
                + "its \(probe) probe fails")
    }
}
