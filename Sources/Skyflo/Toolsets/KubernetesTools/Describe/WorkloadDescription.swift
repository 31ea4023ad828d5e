import KubeModel
import ToolKit
import Writes

/// Deployments, StatefulSets, DaemonSets and ReplicaSets.
enum WorkloadDescription {
    static func write(_ object: KubeObject, _ outline: inout Outline) {
        outline.field("Selector", selector(object))
        outline.field("Replicas", replicas(object))
        outline.field("Paused", object["spec", "paused"])
        let strategy = object["spec", "strategy"] ?? object["spec", "updateStrategy"]
        outline.field("Strategy", strategy.map { JSONWriter.string($0) })
        outline.field("Min ready seconds", object["spec", "minReadySeconds"])
        if ["Deployment", "StatefulSet", "DaemonSet"].contains(object.kind) {
            outline.field("Rollout", RolloutStatus(object).text)
        }
        outline.section("Pod template") { outline in
            outline.field("Annotations", object["spec", "template", "metadata", "annotations"])
            SchedulingDescription.write(object["spec", "template", "spec"], &outline)
            ContainerList.write(object["spec", "template", "spec"], status: nil, &outline)
        }
        let claims = object["spec", "volumeClaimTemplates"]?.array ?? []
        outline.list(
            "Volume claims",
            claims.map {
                let size = $0["spec", "resources", "requests", "storage"]?.string ?? ""
                return "\($0["metadata", "name"]?.string ?? "") \(size)"
            })
        ConditionList.write(object, &outline)
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
    static func write(_ job: KubeObject, _ outline: inout Outline) {
        outline.field("Completions", job["spec", "completions"])
        outline.field("Parallelism", job["spec", "parallelism"])
        outline.field("Back-off limit", job["spec", "backoffLimit"])
        outline.field("Started", job["status", "startTime"])
        outline.field("Completed", job["status", "completionTime"])
        let counts = ["active", "succeeded", "failed"].map { "\(job["status", $0]?.int ?? 0) \($0)" }
        outline.field("Pod counts", counts.joined(separator: ", "))
        outline.section("Pod template") { outline in
            SchedulingDescription.write(job["spec", "template", "spec"], &outline)
            ContainerList.write(job["spec", "template", "spec"], status: nil, &outline)
        }
        ConditionList.write(job, &outline)
    }
}

enum ServiceDescription {
    static func write(_ service: KubeObject, _ outline: inout Outline) {
        outline.field("Type", service["spec", "type"])
        outline.field("Cluster IP", service["spec", "clusterIP"])
        outline.field("External name", service["spec", "externalName"])
        outline.field("Selector", service["spec", "selector"])
        let ingress = (service["status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        }
        outline.field("Load balancer", ingress.joined(separator: ", "))
        outline.list("Ports", (service["spec", "ports"]?.array ?? []).map(port))
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
    static func write(_ node: KubeObject, _ outline: inout Outline) {
        outline.field("Unschedulable", node["spec", "unschedulable"])
        outline.list(
            "Taints",
            (node["spec", "taints"]?.array ?? []).map {
                "\($0["key"]?.string ?? "")=\($0["value"]?.string ?? ""):\($0["effect"]?.string ?? "")"
            })
        ConditionList.write(node, &outline)
        outline.list(
            "Addresses",
            (node["status", "addresses"]?.array ?? []).map {
                "\($0["type"]?.string ?? "") \($0["address"]?.string ?? "")"
            })
        outline.field("Capacity", node["status", "capacity"])
        outline.field("Allocatable", node["status", "allocatable"])
        for field in ["kubeletVersion", "osImage", "kernelVersion", "containerRuntimeVersion", "architecture"] {
            outline.field(field, node["status", "nodeInfo", field])
        }
    }
}
