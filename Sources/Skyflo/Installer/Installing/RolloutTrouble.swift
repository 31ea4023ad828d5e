import KubeModel
import Writes

/// Why a Deployment's pods don't run, in words.
package struct RolloutTrouble: Sendable, Hashable {
    /// A sentence without a full stop.
    package var message: String
    /// What to look at or do.
    package var remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    /// All that is known to be wrong.
    ///
    /// - Parameters:
    ///   - deployment: With its status.
    ///   - pods: Those that its selector finds, of any of its templates.
    ///   - events: Of its namespace; only warnings about its ReplicaSets and pods count.
    package static func all(deployment: KubeObject, pods: [KubeObject], events: [KubeObject]) -> [RolloutTrouble] {
        let warnings = events.filter { $0["type"]?.string == "Warning" }.sorted { $0.eventTime < $1.eventTime }
        let conditions = (deployment["status", "conditions"]?.array ?? []).compactMap { Condition($0) }
        var found: [RolloutTrouble] = []
        let failure = conditions[type: "ReplicaFailure"].flatMap { $0.status == .true ? $0.message : nil }
        let refusal = warnings.last {
            $0.eventReason == "FailedCreate" && $0.eventObject.kind == "ReplicaSet"
                && $0.eventObject.name.hasPrefix(deployment.name + "-")
        }
        if let text = failure ?? (pods.isEmpty ? refusal?.eventMessage : nil) { found.append(ofCreation(text)) }
        for pod in pods.sorted(by: { $0.name < $1.name }) where !pod.isBeingDeleted {
            found += StartingPod(pod: pod, warnings: warnings).troubles
        }
        var seen: Set<RolloutTrouble> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func ofCreation(_ text: String) -> RolloutTrouble {
        let remedy: String
        if text.contains("exceeded quota") {
            remedy = "raise the ResourceQuota, or the requests and limits are too high for it"
        } else if text.contains("serviceaccount") && text.contains("not found") {
            remedy = "install again: skyflo install makes the ServiceAccount"
        } else if text.contains("PodSecurity") {
            remedy = "the namespace's level of Pod Security doesn't allow what the values add to the pod"
        } else {
            remedy = "see the message"
        }
        return RolloutTrouble("the pods are not created: \(text)", remedy: remedy)
    }
}

/// One pod, and what was warned about it.
private struct StartingPod {
    let pod: KubeObject
    let warnings: [KubeObject]

    private var logs: String {
        "kubectl logs -n \(pod.namespace ?? "default") \(pod.name) --previous"
    }

    private func warning(_ reasons: Set<String>) -> String? {
        warnings.last {
            $0.eventObject.kind == "Pod" && $0.eventObject.name == pod.name && reasons.contains($0.eventReason)
        }?
        .eventMessage
    }

    private func condition(_ type: String) -> Condition? {
        (pod["status", "conditions"]?.array ?? []).compactMap { Condition($0) }[type: type]
    }

    var troubles: [RolloutTrouble] {
        if let scheduled = condition("PodScheduled"), scheduled.status == .false {
            return [
                RolloutTrouble(
                    "pod \(pod.name) can't be scheduled: \(scheduled.message)",
                    remedy: "see nodeSelector, tolerations, affinity and resources in the values, and the nodes")
            ]
        }
        if let mount = warning(["FailedMount", "FailedAttachVolume"]), condition("Ready")?.status != .true {
            return [
                RolloutTrouble(
                    "pod \(pod.name) waits for a volume: \(mount)",
                    remedy: "create the Secret or ConfigMap that is named")
            ]
        }
        let statuses =
            (pod["status", "initContainerStatuses"]?.array ?? []) + (pod["status", "containerStatuses"]?.array ?? [])
        let ofContainers = statuses.compactMap(trouble)
        if !ofContainers.isEmpty { return ofContainers }
        if ["Failed"].contains(pod["status", "phase"]?.string ?? "") {
            let why = [pod["status", "reason"]?.string, pod["status", "message"]?.string].compactMap(\.self)
            return [RolloutTrouble("pod \(pod.name) has failed: \(why.joined(separator: ": "))", remedy: logs)]
        }
        return []
    }

    private func trouble(_ status: JSONValue) -> RolloutTrouble? {
        let container = status["name"]?.string ?? ""
        let image = status["image"]?.string ?? ""
        if let waiting = status["state", "waiting"], let reason = waiting["reason"]?.string {
            return trouble(
                reason: reason, message: waiting["message"]?.string ?? "", container: container, image: image,
                status: status)
        }
        if let end = status["state", "terminated"], let code = end["exitCode"]?.int, code != 0 {
            return RolloutTrouble(
                "container \(container) of pod \(pod.name) \(Self.exit(end, code: code))", remedy: logs)
        }
        guard status["ready"]?.bool == false, status["state", "running"] != nil else { return nil }
        let probe = warning(["Unhealthy"]).map { ": \($0)" } ?? ""
        return RolloutTrouble(
            "container \(container) of pod \(pod.name) runs and isn't ready\(probe)",
            remedy: "kubectl logs -n \(pod.namespace ?? "default") \(pod.name)")
    }

    private func trouble(
        reason: String, message: String, container: String, image: String, status: JSONValue
    ) -> RolloutTrouble? {
        let detail = message.isEmpty ? reason : "\(reason): \(message)"
        switch reason {
        case "ContainerCreating", "PodInitializing": return nil
        case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable":
            return RolloutTrouble(
                "the image \(image) of pod \(pod.name) can't be pulled (\(detail))",
                remedy: "name an image that exists with --image, and the registry's credentials in imagePullSecrets")
        case "CreateContainerConfigError":
            return RolloutTrouble(
                "container \(container) of pod \(pod.name) can't be made (\(detail))",
                remedy: "create the Secret or ConfigMap that is named")
        case "CrashLoopBackOff":
            let end = status["lastState", "terminated"]
            let code = end?["exitCode"]?.int ?? 0
            let exit = end.map { Self.exit($0, code: code) } ?? "ends again and again"
            let isMemory = end?["reason"]?.string == "OOMKilled"
            return RolloutTrouble(
                "container \(container) of pod \(pod.name) \(exit) and is started again and again",
                remedy: isMemory ? "raise resources.limits.memory" : logs)
        default:
            return RolloutTrouble(
                "container \(container) of pod \(pod.name) waits (\(detail))", remedy: "see the message")
        }
    }

    private static func exit(_ end: JSONValue, code: Int) -> String {
        "exited with \(code)" + (end["reason"]?.string.map { " (\($0))" } ?? "")
    }
}
