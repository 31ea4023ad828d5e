import KubeModel
import ToolKit

enum PodDescription {
    static func write(_ pod: KubeObject, outline: inout Outline) {
        outline.field("Status", value: PodStatus(pod).reason)
        outline.field("Reason", value: pod["status", "reason"])
        outline.field("Message", value: pod["status", "message"])
        outline.field("Node", value: pod["spec", "nodeName"])
        outline.field("IP", value: pod["status", "podIP"])
        outline.field("QoS class", value: pod["status", "qosClass"])
        SchedulingDescription.write(pod["spec"], outline: &outline)
        ContainerList.write(pod["spec"], status: pod["status"], outline: &outline)
        ConditionList.write(pod, outline: &outline)
        outline.list("Volumes", values: (pod["spec", "volumes"]?.array ?? []).map(volume))
    }

    /// `data: persistentVolumeClaim claimName=db`
    private static func volume(_ volume: JSONValue) -> String {
        let name = volume["name"]?.string ?? ""
        guard let source = volume.object?.pairs.first(where: { $0.key != "name" }) else { return name }
        let details = (source.value.object ?? [:]).filter { $0.value.object == nil && $0.value.array == nil }
        let text = details.map { "\($0.key)=\(Outline.inline($0.value))" }.joined(separator: " ")
        return "\(name): \(source.key)\(text.isEmpty ? "" : " \(text)")"
    }
}

/// What `kubectl get pods` prints of a pod.
struct PodStatus {
    /// `Running`, `CrashLoopBackOff`, `Init:0/1`, …
    var reason: String
    /// `1/2`
    var ready: String
    var restarts: Int

    init(_ pod: KubeObject) {
        let statuses = pod["status", "containerStatuses"]?.array ?? []
        let containers = pod["spec", "containers"]?.array ?? []
        ready = "\(statuses.count { $0["ready"]?.bool == true })/\(containers.count)"
        restarts = statuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
        let phase = pod["status", "reason"]?.string ?? pod["status", "phase"]?.string ?? "Unknown"
        if pod.isBeingDeleted {
            reason = "Terminating"
        } else if let initialising = Self.initialising(pod) {
            reason = initialising
        } else {
            reason = statuses.compactMap(Self.trouble).first ?? phase
        }
    }

    private static func initialising(_ pod: KubeObject) -> String? {
        let statuses = pod["status", "initContainerStatuses"]?.array ?? []
        for (at, status) in statuses.enumerated() {
            // A sidecar (an init container that keeps running) is done once it has started.
            if status["state", "terminated", "exitCode"]?.int == 0 || status["started"]?.bool == true { continue }
            if let trouble = trouble(status), trouble != "PodInitializing" { return "Init:\(trouble)" }
            return "Init:\(at)/\(pod["spec", "initContainers"]?.array?.count ?? statuses.count)"
        }
        return nil
    }

    private static func trouble(_ status: JSONValue) -> String? {
        if let reason = status["state", "waiting", "reason"]?.string { return reason }
        guard let terminated = status["state", "terminated"] else { return nil }
        return terminated["reason"]?.string ?? "ExitCode:\(terminated["exitCode"]?.int ?? 0)"
    }
}
