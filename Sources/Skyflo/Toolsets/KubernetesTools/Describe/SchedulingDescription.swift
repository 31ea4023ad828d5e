import KubeModel
import ToolKit

/// Where pods may run, as whom, and before which others: of a pod or of a pod template.
enum SchedulingDescription {
    static func write(_ spec: JSONValue?, outline: inout Outline) {
        guard let spec else { return }
        outline.field("Service account", value: spec["serviceAccountName"])
        outline.field("Priority class", value: spec["priorityClassName"])
        outline.field("Priority", value: spec["priority"])
        outline.field("Runtime class", value: spec["runtimeClassName"])
        if spec["schedulerName"]?.string != "default-scheduler" {
            outline.field("Scheduler", value: spec["schedulerName"])
        }
        for (field, title) in [("hostNetwork", "Host network"), ("hostPID", "Host PID")] where spec[field]?.bool == true
        {
            outline.field(title, value: "true")
        }
        outline.list(
            "Image pull secrets", values: (spec["imagePullSecrets"]?.array ?? []).compactMap { $0["name"]?.string })
        outline.field("Node selector", value: spec["nodeSelector"])
        outline.list("Tolerations", values: (spec["tolerations"]?.array ?? []).map(toleration))
        outline.section("Affinity") { outline in
            if let affinity = spec["affinity"], affinity.object?.isEmpty == false { outline.yaml(affinity) }
        }
        outline.list(
            "Topology spread", values: (spec["topologySpreadConstraints"]?.array ?? []).map { JSONWriter.string($0) })
    }

    /// As kubectl writes it: `gpu=yes:NoSchedule`, `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s`.
    private static func toleration(_ toleration: JSONValue) -> String {
        let value = toleration["value"]?.string.flatMap { $0.isEmpty ? nil : "=\($0)" } ?? ""
        var text = "\(toleration["key"]?.string ?? "all")\(value)"
        if let effect = toleration["effect"]?.string, !effect.isEmpty { text += ":\(effect)" }
        if toleration["operator"]?.string == "Exists" { text += " op=Exists" }
        if let seconds = toleration["tolerationSeconds"]?.int { text += " for \(seconds)s" }
        return text
    }
}
