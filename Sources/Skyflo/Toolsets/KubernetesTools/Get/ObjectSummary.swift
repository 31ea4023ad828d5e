import KubeModel
import Writes

/// What is essential of an object in one line.
enum ObjectSummary {
    static func full(_ object: KubeObject) -> JSONValue {
        if object.kind == "Event" { return event(object) }
        let metadata: JSONValue = .compact([
            "name": .string(object.name), "namespace": object.namespace.map(JSONValue.string),
            "labels": object.labels.isEmpty ? nil : JSONValue(object.labels),
            "deletionTimestamp": object.metadata["deletionTimestamp"],
        ])
        let template = object["spec", "template", "spec"] ?? object["spec"]
        let images = (template?["containers"]?.array ?? []).compactMap(\.["image"])
        let spec: JSONValue = .compact([
            "replicas": object["spec", "replicas"], "nodeName": object["spec", "nodeName"],
            "images": images.isEmpty ? nil : .array(images),
        ])
        let status = states(object) + conditions(object)
        return .compact([
            "kind": .string(object.kind), "metadata": metadata, "spec": spec.object?.isEmpty == false ? spec : nil,
            "status": status.isEmpty ? nil : .array(status.map(JSONValue.string)),
        ])
    }

    /// - Parameter summary: a full one.
    static func brief(_ summary: KubeObject) -> JSONValue {
        guard summary.kind != "Event" else { return summary.json }
        let lines = (summary["status"]?.array ?? []).compactMap(\.string)
            .filter { !(summary.kind == "Pod" && $0.contains("=True")) }
            .map { line in line.firstRange(of: "): ").map { String(line[..<$0.lowerBound]) + ")" } ?? line }
        return .compact([
            "name": .string(summary.namespace.map { "\($0)/\(summary.name)" } ?? summary.name),
            "images": summary["spec", "images"], "replicas": summary["spec", "replicas"],
            "status": lines.isEmpty ? nil : .string(lines.joined(separator: ", ")),
        ])
    }

    /// What is wrong with a pod; nil where nothing is.
    static func trouble(_ object: KubeObject) -> String? {
        guard object.kind == "Pod" else { return nil }
        let pod = PodStatus(object)
        let parts = pod.ready.split(separator: "/")
        let isWell =
            ["Completed", "Succeeded"].contains(pod.reason) || pod.reason == "Running" && parts.first == parts.last
        return isWell ? nil : "\(pod.reason), ready \(pod.ready), restarts \(pod.restarts)"
    }

    private static func states(_ object: KubeObject) -> [String] {
        if object.kind == "Pod" {
            let pod = PodStatus(object)
            return ["\(pod.reason), ready \(pod.ready), restarts \(pod.restarts)"]
        }
        return object["status", "phase"]?.string.map { [$0] } ?? []
    }

    /// `Ready=False (BadCert): the certificate has expired`
    private static func conditions(_ object: KubeObject) -> [String] {
        (object["status", "conditions"]?.array ?? []).map { condition in
            let reason = condition["reason"]?.string.map { " (\($0))" } ?? ""
            let message = condition["message"]?.string.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
            return "\(condition["type"]?.string ?? "")=\(condition["status"]?.string ?? "")\(reason)\(message)"
        }
    }

    private static func event(_ event: KubeObject) -> JSONValue {
        let object = event["involvedObject"] ?? event["regarding"] ?? .null
        return .compact([
            "kind": "Event", "metadata": .compact(["name": .string(event.name)]), "type": event["type"],
            "reason": event["reason"], "message": event["message"] ?? event["note"],
            "object": .string("\(object["kind"]?.string ?? "")/\(object["name"]?.string ?? "")"),
            "last": .string(event.eventTime.description), "count": event["series", "count"] ?? event["count"],
        ])
    }
}
