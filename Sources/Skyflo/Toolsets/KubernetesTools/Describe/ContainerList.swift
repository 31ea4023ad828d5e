import KubeModel
import ToolKit

/// Containers of a pod or of a pod template.
enum ContainerList {
    /// - Parameter status: of the pod; nil for templates.
    static func write(_ spec: JSONValue?, status: JSONValue?, outline: inout Outline) {
        for (list, statuses, title) in [
            ("initContainers", "initContainerStatuses", "Init containers"),
            ("containers", "containerStatuses", "Containers"),
            ("ephemeralContainers", "ephemeralContainerStatuses", "Ephemeral containers"),
        ] {
            outline.section(title) { outline in
                for container in spec?[list]?.array ?? [] {
                    let name = container["name"]?.string ?? ""
                    let own = status?[statuses]?.array?.first { $0["name"]?.string == name }
                    outline.section(name) { write(container, status: own, outline: &$0) }
                }
            }
        }
    }

    private static func write(_ container: JSONValue, status: JSONValue?, outline: inout Outline) {
        outline.field("Image", value: container["image"])
        outline.field("Command", value: container["command"])
        outline.field("Args", value: container["args"])
        let ports = (container["ports"]?.array ?? []).map {
            "\($0["containerPort"]?.int ?? 0)/\($0["protocol"]?.string ?? "TCP")"
        }
        outline.field("Ports", value: ports.joined(separator: ", "))
        if let status { state(status, outline: &outline) }
        outline.field("Requests", value: container["resources", "requests"])
        outline.field("Limits", value: container["resources", "limits"])
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            outline.field(probe, value: container[probe].map { JSONWriter.string($0) })
        }
        outline.list("Environment", values: (container["env"]?.array ?? []).map(variable) + sources(container))
        let mounts = (container["volumeMounts"]?.array ?? []).map {
            "\($0["mountPath"]?.string ?? "") from \($0["name"]?.string ?? "")"
        }
        outline.list("Mounts", values: mounts)
    }

    private static func state(_ status: JSONValue, outline: inout Outline) {
        outline.field("State", value: status["state"].flatMap(describe))
        outline.field("Last state", value: status["lastState"].flatMap(describe))
        outline.field("Ready", value: status["ready"])
        outline.field("Restarts", value: status["restartCount"])
    }

    /// `Waiting: CrashLoopBackOff, back-off 5m0s …` or `Terminated: OOMKilled, exit code 137, …`
    static func describe(_ state: JSONValue) -> String? {
        guard let (key, details) = state.object?.pairs.first else { return nil }
        var parts: [String] = []
        if let reason = details["reason"]?.string { parts.append(reason) }
        if let code = details["exitCode"]?.int { parts.append("exit code \(code)") }
        if let signal = details["signal"]?.int { parts.append("signal \(signal)") }
        if let message = details["message"]?.string { parts.append(message) }
        if let time = details["startedAt"]?.string { parts.append("started \(time)") }
        if let time = details["finishedAt"]?.string { parts.append("finished \(time)") }
        let name = key.prefix(1).uppercased() + key.dropFirst()
        return parts.isEmpty ? name : "\(name): \(parts.joined(separator: ", "))"
    }

    private static func variable(_ entry: JSONValue) -> String {
        let name = entry["name"]?.string ?? ""
        guard let source = entry["valueFrom"] else { return "\(name)=\(entry["value"]?.string ?? "")" }
        for (kind, title) in [("secretKeyRef", "secret"), ("configMapKeyRef", "configmap")] {
            guard let reference = source[kind] else { continue }
            return "\(name) from key \(reference["key"]?.string ?? "") of \(title) \(reference["name"]?.string ?? "")"
        }
        return "\(name) from \(JSONWriter.string(source))"
    }

    private static func sources(_ container: JSONValue) -> [String] {
        (container["envFrom"]?.array ?? []).map { source in
            if let name = source["secretRef", "name"]?.string { return "all keys of secret \(name)" }
            return "all keys of configmap \(source["configMapRef", "name"]?.string ?? "")"
        }
    }
}
