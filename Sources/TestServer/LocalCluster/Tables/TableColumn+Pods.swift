import KubeModel

extension TableColumn {
    static let pods: [TableColumn] = [
        name,
        TableColumn(name: "Ready", description: "The aggregate readiness state of this pod for accepting traffic.") {
            pod, _ in
            let ready = statuses(pod).count { $0["ready"]?.bool == true }
            return .string("\(ready)/\(pod["spec", "containers"]?.array?.count ?? 0)")
        },
        TableColumn(name: "Status", description: "The aggregate status of the containers in this pod.") { pod, _ in
            .string(podStatus(pod))
        },
        TableColumn(
            name: "Restarts", description: "The number of times the containers in this pod have been restarted."
        ) { pod, now in
            .string(restarts(pod, now: now))
        }, age,
        TableColumn(name: "IP", description: "podIP address allocated to the pod.", priority: 1) { pod, _ in
            pod["status", "podIP"] ?? "<none>"
        },
        TableColumn(name: "Node", description: "NodeName indicates in which node this pod is scheduled.", priority: 1) {
            pod, _ in pod["spec", "nodeName"] ?? "<none>"
        },
        TableColumn(
            name: "Nominated Node", description: "nominatedNodeName is set only when this pod preempts other pods.",
            priority: 1
        ) { pod, _ in pod["status", "nominatedNodeName"] ?? "<none>" },
        TableColumn(
            name: "Readiness Gates", description: "If specified, all readiness gates will be evaluated for readiness.",
            priority: 1
        ) { _, _ in "<none>" },
    ]

    private static func statuses(_ pod: KubeObject) -> [JSONValue] { pod["status", "containerStatuses"]?.array ?? [] }

    /// The worst of what the containers say, as `kubectl get pods` shows it.
    private static func podStatus(_ pod: KubeObject) -> String {
        var status = pod["status", "reason"]?.string ?? pod["status", "phase"]?.string ?? ""
        for container in statuses(pod).reversed() {
            let state = container["state"]
            if let reason = state?["waiting", "reason"]?.string, !reason.isEmpty {
                status = reason
            } else if let reason = state?["terminated", "reason"]?.string, !reason.isEmpty {
                status = reason
            } else if let code = state?["terminated", "exitCode"]?.int {
                status = "ExitCode:\(code)"
            }
        }
        return pod.isBeingDeleted ? "Terminating" : status
    }

    private static func restarts(_ pod: KubeObject, now: KubeTime) -> String {
        let count = statuses(pod).reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
        let last = statuses(pod).compactMap {
            $0["lastState", "terminated", "finishedAt"]?.string.flatMap { KubeTime($0) }
        }.max()
        guard count > 0, let last else { return String(count) }
        return "\(count) (\(HumanDuration.text(since: last, now: now)) ago)"
    }
}
