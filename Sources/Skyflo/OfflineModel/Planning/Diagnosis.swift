/// What is wrong with a pod, in plain words, with the evidence.
struct Diagnosis: Sendable, Hashable {
    private let pod: String
    private let description: Description
    /// The container that explains most.
    private let container: Description.Container?

    init(pod: String, _ description: Description) {
        self.pod = pod
        self.description = description
        let isStarting = description.fields["Status"]?.hasPrefix("Init:") == true
        let initial =
            isStarting ? description.initContainers.first { $0.state != "Terminated" || $0.reason != "Completed" } : nil
        container =
            initial
            ?? description.containers.first { $0.state == "Waiting" && $0.reason != "ContainerCreating" }
            ?? description.containers.first { $0.state == "Terminated" && $0.reason != "Completed" }
            ?? description.containers.first { $0.lastReason != nil } ?? description.containers.first
    }

    private var reason: String { container?.reason ?? description.fields["Reason"] ?? "" }

    private static let imageReasons: Set<String> = [
        "ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
    ]

    private var isImageTrouble: Bool { Self.imageReasons.contains(reason) }

    private var hasCrashed: Bool {
        reason == "CrashLoopBackOff" || container?.state == "Terminated" && reason != "Completed"
            || container?.lastReason != nil && container?.lastReason != "Completed"
    }

    var wantsLog: Bool { hasCrashed && !isImageTrouble }
    var containerForLog: String? { description.containers.count > 1 ? container?.name : nil }

    func text(log: String?) -> String {
        var parts = [cause]
        if !evidence.isEmpty { parts.append(evidence.map { "> \($0)" }.joined(separator: "\n")) }
        if let log { parts.append("The last lines of its log:\n\n" + Answers.block(log, lastLines: 10)) }
        if let advice { parts.append(advice) }
        if let unseen = description.unseenEvents { parts.append(unseen) }
        return parts.joined(separator: "\n\n")
    }

    private var cause: String {
        let container = container.map { "container **\($0.name)**" } ?? "its container"
        let restarts = self.container?.restarts ?? 0
        let often = restarts > 0 ? " It has been restarted \(restarts) \(restarts == 1 ? "time" : "times")." : ""
        if isImageTrouble {
            let image = self.container?.image.map { " `\($0)`" } ?? ""
            return "Pod **\(pod)** can't start: the image\(image) of \(container) can't be pulled (\(reason))."
        }
        if reason == "OOMKilled" || self.container?.lastReason == "OOMKilled" {
            return
                "Pod **\(pod)** keeps running out of memory: \(container) was killed at its memory limit (OOMKilled)."
                + often
        }
        if reason == "CreateContainerConfigError" || reason == "CreateContainerError" {
            return "Pod **\(pod)** can't start: \(container) can't be created (\(reason))."
        }
        if reason == "CrashLoopBackOff" || hasCrashed {
            let code = self.container?.exitCode.map { ", exit code \($0)" } ?? ""
            let name = reason.isEmpty ? self.container?.lastReason ?? "" : reason
            return "Pod **\(pod)** crashes: \(container) starts and ends again (\(name)\(code)).\(often)"
        }
        return statusText
    }

    private var statusText: String {
        let status = description.fields["Status"] ?? "unknown"
        if status == "Pending", !events("FailedScheduling").isEmpty {
            return "Pod **\(pod)** is pending: no node can take it."
        }
        if status == "Pending" { return "Pod **\(pod)** is pending\(reason.isEmpty ? "" : " (\(reason))")." }
        let notReady = description.conditions.contains { $0.type == "Ready" && $0.status == "False" }
        if status == reason, let state = container?.state {
            return "Pod **\(pod)** is not running: \(state), \(reason)."
        }
        if status.hasPrefix("Running"), notReady { return "Pod **\(pod)** runs but isn't ready." }
        if status.hasPrefix("Running"), description.warnings.isEmpty { return "Pod **\(pod)** runs and is healthy." }
        return "Pod **\(pod)** has the status \(status)\(reason.isEmpty ? "" : " (\(reason))")."
    }

    private func events(_ reason: String) -> [Description.Event] { description.events.filter { $0.reason == reason } }

    /// The message of the container, then the last warnings; each once.
    private var evidence: [String] {
        var lines = container?.message.map { [$0] } ?? []
        for event in description.warnings.suffix(3) where !event.message.isEmpty {
            lines.append("\(event.reason): \(event.message)")
        }
        var seen: Set<String> = []
        return lines.filter { seen.insert($0).inserted }
    }

    private var advice: String? {
        if isImageTrouble {
            return "Check the name and the tag of the image, and whether the cluster may pull it. "
                + "To change it say: `set the image of … to …`."
        }
        if reason == "OOMKilled" || container?.lastReason == "OOMKilled" {
            return "Give it a higher memory limit, or find out why it needs so much."
        }
        return nil
    }

    // MARK: Workloads and services

    static func summary(_ found: FoundObject, pods: [ObjectRow]) -> String {
        let bad = pods.filter { !$0.isHealthy }.count
        return
            "**\(found.name)** (\(found.kind)) is not healthy: "
            + "\(bad) of its \(pods.count) \(pods.count == 1 ? "pod" : "pods") "
            + "\(bad == 1 ? "is" : "are") not ready."
    }

    /// No pod is unhealthy: then the workload is well, is scaled to zero, or can't make its pods.
    static func workload(_ found: FoundObject, description: Description, pods: [ObjectRow]) -> String {
        let replicas = description.fields["Replicas"] ?? description.fields["Desired Number of Nodes Scheduled"] ?? ""
        let desired = Int(replicas.prefix { $0.isNumber })
        let troubles = description.conditions.filter {
            ($0.type == "ReplicaFailure" && $0.status == "True") || ($0.status == "False" && $0.type != "Failed")
        }
        let quotes =
            troubles.map { "> \($0.type)=\($0.status) \($0.reason)" }
            + description.warnings.suffix(3).map { "> \($0.reason): \($0.message)" }
        let unseen = description.unseenEvents.map { "\n\n\($0)" } ?? ""
        let evidence = (quotes.isEmpty ? "" : "\n\n" + quotes.joined(separator: "\n")) + unseen
        let title = found.title.capitalizedFirst
        if desired == 0, pods.isEmpty { return "\(title) runs no pods because it is scaled to zero." }
        if pods.isEmpty { return "\(title) has no pods." + evidence }
        if !troubles.isEmpty { return "\(title) is not healthy, although its pods are ready." + evidence }
        if let desired, pods.count < desired {
            return "\(title) has only \(pods.count) of \(desired) pods." + evidence
        }
        let count = pods.count == 1 ? "its pod is" : "all \(pods.count) pods are"
        return "\(title) is healthy: \(count) ready." + evidence
    }

    static func service(_ found: FoundObject, description: Description) -> String {
        let endpoints = description.fields["Endpoints"] ?? ""
        let title = found.title.capitalizedFirst
        let ready = description.pods.filter(\.isHealthy).count
        if ready > 0 { return "\(title) is served by \(ready) of \(description.pods.count) pods." }
        if endpoints.isEmpty, description.pods.isEmpty, description.fields["Pods"] != "none" {
            return other(found, description: description)
        }
        if !endpoints.isEmpty, endpoints != "<none>" { return "\(title) has endpoints: `\(endpoints)`." }
        let selector = description.fields["Selector"].map { " `\($0)`" } ?? ""
        let bad = description.pods.map { "\n- `\($0.name)`: \($0.status ?? "?")" }.joined()
        return "\(title) has no endpoints: no ready pod matches its selector\(selector).\(bad)"
    }

    static func other(_ found: FoundObject, description: Description) -> String {
        let warnings = description.warnings.suffix(5).map { "> \($0.reason): \($0.message)" }
        if warnings.isEmpty, let unseen = description.unseenEvents {
            return "I can't tell whether \(found.title) has trouble. \(unseen)"
        }
        if warnings.isEmpty { return "\(found.title.capitalizedFirst) shows no warnings." }
        return "\(found.title.capitalizedFirst) has warnings:\n\n" + warnings.joined(separator: "\n")
    }

    static func healthy(_ place: String, pods: [ObjectRow]) -> String {
        if pods.isEmpty { return "There are no pods in \(place)." }
        return pods.count == 1
            ? "The only pod in \(place) is ready; I see nothing wrong."
            : "All \(pods.count) pods in \(place) are ready or done; I see nothing wrong."
    }
}
