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
        outline.field("Container ID", value: status?["containerID"])
        outline.field("Image", value: container["image"])
        outline.field("Image ID", value: status?["imageID"])
        outline.field("Command", value: container["command"])
        outline.field("Args", value: container["args"])
        for (field, title) in [("containerPort", "Ports"), ("hostPort", "Host ports")] {
            let ports = (container["ports"]?.array ?? []).compactMap { port in
                port[field]?.int.map { "\($0)/\(port["protocol"]?.string ?? "TCP")" }
            }
            outline.field(title, value: ports.joined(separator: ", "))
        }
        if let status { state(status, outline: &outline) }
        outline.field("Requests", value: container["resources", "requests"])
        outline.field("Limits", value: container["resources", "limits"])
        for (probe, title) in [
            ("livenessProbe", "Liveness"), ("readinessProbe", "Readiness"), ("startupProbe", "Startup"),
        ] {
            outline.field(title, value: container[probe].map(ProbeText.text))
        }
        outline.list("Environment variables from", values: (container["envFrom"]?.array ?? []).map(source))
        outline.list("Environment", values: (container["env"]?.array ?? []).map(variable))
        outline.list("Mounts", values: (container["volumeMounts"]?.array ?? []).map(mount))
    }

    private static func state(_ status: JSONValue, outline: inout Outline) {
        outline.field("State", value: status["state"].flatMap(describe))
        outline.field("Last state", value: status["lastState"].flatMap(describe))
        outline.field("Ready", value: status["ready"])
        outline.field("Restart count", value: status["restartCount"])
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

    /// As kubectl writes it: `/conf from conf (ro,path="x")`.
    private static func mount(_ mount: JSONValue) -> String {
        let path = mount["subPath"]?.string.map { ",path=\"\($0)\"" } ?? ""
        let mode = mount["readOnly"]?.bool == true ? "ro" : "rw"
        return "\(mount["mountPath"]?.string ?? "") from \(mount["name"]?.string ?? "") (\(mode)\(path))"
    }

    private static func variable(_ entry: JSONValue) -> String {
        let name = entry["name"]?.string ?? ""
        guard let source = entry["valueFrom"] else { return "\(name)=\(entry["value"]?.string ?? "")" }
        for (kind, title) in [("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map")] {
            guard let reference = source[kind] else { continue }
            return
                "\(name): set to the key '\(reference["key"]?.string ?? "")' \(title) '\(reference["name"]?.string ?? "")'"
                + optional(reference)
        }
        if let path = source["fieldRef", "fieldPath"]?.string { return "\(name): (\(path))" }
        if let resource = source["resourceFieldRef", "resource"]?.string { return "\(name): (\(resource))" }
        return "\(name) from \(JSONWriter.string(source))"
    }

    /// `settings ConfigMap with prefix 'X_'`
    private static func source(_ source: JSONValue) -> String {
        let prefix = source["prefix"]?.string.map { " with prefix '\($0)'" } ?? ""
        for (kind, title) in [("secretRef", "Secret"), ("configMapRef", "ConfigMap")] {
            guard let reference = source[kind] else { continue }
            return "\(reference["name"]?.string ?? "") \(title)\(prefix)\(optional(reference))"
        }
        return JSONWriter.string(source)
    }

    private static func optional(_ reference: JSONValue) -> String {
        reference["optional"]?.bool == true ? ", optional: true" : ""
    }
}
