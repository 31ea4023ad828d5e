import KubeModel
import ToolKit
import Writes

/// Deployments, StatefulSets, DaemonSets and ReplicaSets.
enum WorkloadDescription {
    static func write(_ object: KubeObject, outline: inout Outline) {
        outline.field("Selector", value: selector(object))
        outline.field("Replicas", value: replicas(object))
        outline.field("Paused", value: object["spec", "paused"])
        let strategy = object["spec", "strategy"] ?? object["spec", "updateStrategy"]
        outline.field("Strategy", value: strategy.map { JSONWriter.string($0) })
        outline.field("Min ready seconds", value: object["spec", "minReadySeconds"])
        if ["Deployment", "StatefulSet", "DaemonSet"].contains(object.kind) {
            outline.field("Rollout", value: RolloutStatus(object).text)
        }
        outline.section("Pod template") { outline in
            outline.field("Annotations", value: object["spec", "template", "metadata", "annotations"])
            SchedulingDescription.write(object["spec", "template", "spec"], outline: &outline)
            ContainerList.write(object["spec", "template", "spec"], status: nil, outline: &outline)
        }
        let claims = object["spec", "volumeClaimTemplates"]?.array ?? []
        outline.list(
            "Volume claims",
            values: claims.map {
                let size = $0["spec", "resources", "requests", "storage"]?.string ?? ""
                return "\($0["metadata", "name"]?.string ?? "") \(size)"
            })
        ConditionList.write(object, outline: &outline)
    }

    private static func selector(_ object: KubeObject) -> String? {
        object["spec", "selector"].flatMap { LabelSelector($0) }?.description
    }

    private static func replicas(_ object: KubeObject) -> String {
        let status = object["status"] ?? .null
        func count(_ field: String) -> Int { status[field]?.int ?? 0 }
        if object.kind == "DaemonSet" {
            return "\(count("desiredNumberScheduled")) desired, \(count("currentNumberScheduled")) current, "
                + "\(count("numberReady")) ready, \(count("updatedNumberScheduled")) updated, "
                + "\(count("numberAvailable")) available, \(count("numberMisscheduled")) misscheduled"
        }
        var text = "\(object["spec", "replicas"]?.int ?? 1) desired, \(count("replicas")) there, "
        if object.kind != "ReplicaSet" { text += "\(count("updatedReplicas")) updated, " }
        return text + "\(count("readyReplicas")) ready, \(count("availableReplicas")) available, "
            + "\(count("unavailableReplicas")) unavailable"
    }
}

enum JobDescription {
    static func write(_ job: KubeObject, outline: inout Outline) {
        outline.field("Completions", value: job["spec", "completions"])
        outline.field("Parallelism", value: job["spec", "parallelism"])
        outline.field("Back-off limit", value: job["spec", "backoffLimit"])
        outline.field("Started", value: job["status", "startTime"])
        outline.field("Completed", value: job["status", "completionTime"])
        let counts = ["active", "succeeded", "failed"].map { "\(job["status", $0]?.int ?? 0) \($0)" }
        outline.field("Pod counts", value: counts.joined(separator: ", "))
        outline.section("Pod template") { outline in
            SchedulingDescription.write(job["spec", "template", "spec"], outline: &outline)
            ContainerList.write(job["spec", "template", "spec"], status: nil, outline: &outline)
        }
        ConditionList.write(job, outline: &outline)
    }
}

enum ServiceDescription {
    static func write(_ service: KubeObject, outline: inout Outline) {
        outline.field("Type", value: service["spec", "type"])
        outline.field("Cluster IP", value: service["spec", "clusterIP"])
        outline.field("External name", value: service["spec", "externalName"])
        outline.field("Selector", value: service["spec", "selector"])
        let ingress = (service["status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        }
        outline.field("Load balancer", value: ingress.joined(separator: ", "))
        outline.list("Ports", values: (service["spec", "ports"]?.array ?? []).map(port))
    }

    /// `http 80/TCP to 8080, node port 30080`
    private static func port(_ port: JSONValue) -> String {
        var text =
            "\(port["name"]?.string.map { "\($0) " } ?? "")\(port["port"]?.int ?? 0)/\(port["protocol"]?.string ?? "TCP")"
        if let target = port["targetPort"] { text += " to \(Outline.inline(target))" }
        if let node = port["nodePort"]?.int { text += ", node port \(node)" }
        return text
    }
}

enum NodeDescription {
    static func write(_ node: KubeObject, outline: inout Outline) {
        outline.field("Unschedulable", value: node["spec", "unschedulable"])
        outline.list(
            "Taints",
            values: (node["spec", "taints"]?.array ?? []).map {
                "\($0["key"]?.string ?? "")=\($0["value"]?.string ?? ""):\($0["effect"]?.string ?? "")"
            })
        ConditionList.write(node, outline: &outline)
        outline.list(
            "Addresses",
            values: (node["status", "addresses"]?.array ?? []).map {
                "\($0["type"]?.string ?? "") \($0["address"]?.string ?? "")"
            })
        outline.field("Capacity", value: node["status", "capacity"])
        outline.field("Allocatable", value: node["status", "allocatable"])
        for field in ["kubeletVersion", "osImage", "kernelVersion", "containerRuntimeVersion", "architecture"] {
            outline.field(field, value: node["status", "nodeInfo", field])
        }
    }
}
