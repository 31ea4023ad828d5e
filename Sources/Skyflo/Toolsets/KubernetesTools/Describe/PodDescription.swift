import KubeModel
import ToolKit

enum PodDescription {
    static func write(_ pod: KubeObject, outline: inout Outline) {
        outline.field("Status", value: PodStatus(pod).reason)
        outline.field("Reason", value: pod["status", "reason"])
        outline.field("Message", value: pod["status", "message"])
        let host = pod["status", "hostIP"]?.string.map { "/\($0)" } ?? ""
        outline.field("Node", value: pod["spec", "nodeName"]?.string.map { $0 + host })
        outline.field("Start time", value: pod["status", "startTime"])
        outline.field("IP", value: pod["status", "podIP"])
        let others = (pod["status", "podIPs"]?.array ?? []).compactMap { $0["ip"]?.string }
        if others.count > 1 { outline.field("IPs", value: others.joined(separator: ", ")) }
        outline.field("Nominated node", value: pod["status", "nominatedNodeName"])
        outline.field("QoS class", value: pod["status", "qosClass"])
        SchedulingDescription.write(pod["spec"], outline: &outline)
        ContainerList.write(pod["spec"], status: pod["status"], outline: &outline)
        ConditionList.write(pod, outline: &outline)
        outline.list("Volumes", values: (pod["spec", "volumes"]?.array ?? []).map(VolumeText.text))
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
