import KubeModel
import ToolKit
import Writes

/// Deployments, StatefulSets, DaemonSets and ReplicaSets.
enum WorkloadDescription {
    static func write(_ object: KubeObject, outline: inout Outline) {
        outline.field("Selector", value: selector(object))
        if object.kind == "DaemonSet" {
            nodes(object, outline: &outline)
        } else {
            outline.field("Replicas", value: replicas(object))
        }
        outline.field("Paused", value: object["spec", "paused"])
        strategy(object, outline: &outline)
        let isDeployment = object.kind == "Deployment"
        outline.field("Min ready seconds", value: object["spec", "minReadySeconds"] ?? (isDeployment ? 0 : nil))
        if ["Deployment", "StatefulSet", "DaemonSet"].contains(object.kind) {
            outline.field("Rollout", value: RolloutStatus(object).text)
        }
        TemplateDescription.write(object["spec", "template"], outline: &outline)
        let claims = object["spec", "volumeClaimTemplates"]?.array ?? []
        outline.list("Volume claims", values: claims.map(claim))
        ConditionList.write(object, outline: &outline)
    }

    /// `data: capacity 1Gi, access modes ReadWriteOnce, storage class fast`
    private static func claim(_ claim: JSONValue) -> String {
        let (metadata, spec) = (claim["metadata"], claim["spec"])
        let parts = [
            ("capacity", spec?["resources", "requests", "storage"]),
            ("access modes", spec?["accessModes"].map { "[\(Outline.inline($0))]" }),
            ("storage class", spec?["storageClassName"]), ("labels", metadata?["labels"]),
            ("annotations", metadata?["annotations"]),
        ].compactMap { title, value in value.map { "\(title) \(Outline.inline($0))" } }
        return "\(metadata?["name"]?.string ?? ""): \(parts.joined(separator: ", "))"
    }

    private static func selector(_ object: KubeObject) -> String? {
        object["spec", "selector"].flatMap { LabelSelector($0) }?.description
    }

    private static func replicas(_ object: KubeObject) -> String {
        let status = object["status"] ?? .null
        func count(_ field: String) -> Int { status[field]?.int ?? 0 }
        var text = "\(object["spec", "replicas"]?.int ?? 1) desired"
        let isReplicaSet = object.kind == "ReplicaSet"
        if !isReplicaSet { text += " | \(count("updatedReplicas")) updated" }
        return text
            + " | \(count("replicas")) \(isReplicaSet ? "current" : "total") | \(count("readyReplicas")) ready | "
            + "\(count("availableReplicas")) available | \(count("unavailableReplicas")) unavailable"
    }

    /// Of a DaemonSet, in kubectl's words.
    private static func nodes(_ object: KubeObject, outline: inout Outline) {
        for (field, title) in [
            ("desiredNumberScheduled", "Desired Number of Nodes Scheduled"),
            ("currentNumberScheduled", "Current Number of Nodes Scheduled"),
            ("updatedNumberScheduled", "Number of Nodes Scheduled with Up-to-date Pods"),
            ("numberAvailable", "Number of Nodes Scheduled with Available Pods"),
            ("numberReady", "Number of Nodes with Ready Pods"), ("numberMisscheduled", "Number of Nodes Misscheduled"),
        ] {
            outline.field(title, value: object["status", field] ?? 0)
        }
    }

    private static func strategy(_ object: KubeObject, outline: inout Outline) {
        guard let strategy = object["spec", "strategy"] ?? object["spec", "updateStrategy"] else { return }
        outline.field("Strategy type", value: strategy["type"])
        guard let rolling = strategy["rollingUpdate"] else { return }
        let parts = [("maxUnavailable", "max unavailable"), ("maxSurge", "max surge"), ("partition", "partition")]
            .compactMap { field, title in rolling[field].map { "\(Outline.inline($0)) \(title)" } }
        outline.field("Rolling update strategy", value: parts.joined(separator: ", "))
    }
}

enum JobDescription {
    static func write(_ job: KubeObject, outline: inout Outline) {
        outline.field("Selector", value: job["spec", "selector"].flatMap { LabelSelector($0) }?.description)
        outline.field("Parallelism", value: job["spec", "parallelism"])
        outline.field("Completions", value: job["spec", "completions"])
        outline.field("Completion mode", value: job["spec", "completionMode"])
        outline.field("Suspend", value: job["spec", "suspend"])
        outline.field("Backoff limit", value: job["spec", "backoffLimit"])
        outline.field("TTL seconds after finished", value: job["spec", "ttlSecondsAfterFinished"])
        outline.field("Start time", value: job["status", "startTime"])
        outline.field("Completed at", value: job["status", "completionTime"])
        if let start = job["status", "startTime"]?.string.flatMap({ KubeTime($0) }),
            let end = job["status", "completionTime"]?.string.flatMap({ KubeTime($0) })
        {
            outline.field("Duration", value: HumanDuration.text(from: start, to: end))
        }
        outline.field(
            "Active deadline seconds", value: job["spec", "activeDeadlineSeconds"].map { "\(Outline.inline($0))s" })
        func count(_ field: String) -> Int { job["status", field]?.int ?? 0 }
        outline.field(
            "Pods statuses",
            value: "\(count("active")) Active (\(count("ready")) Ready) / \(count("succeeded")) Succeeded / "
                + "\(count("failed")) Failed")
        outline.field("Completed indexes", value: job["status", "completedIndexes"])
        outline.field("Failed indexes", value: job["status", "failedIndexes"])
        TemplateDescription.write(job["spec", "template"], outline: &outline)
        ConditionList.write(job, outline: &outline)
    }
}

enum CronJobDescription {
    static func write(_ cronJob: KubeObject, outline: inout Outline) {
        let spec = cronJob["spec"] ?? .null
        outline.field("Schedule", value: spec["schedule"])
        outline.field("Time zone", value: spec["timeZone"])
        outline.field("Concurrency policy", value: spec["concurrencyPolicy"])
        outline.field("Suspend", value: spec["suspend"])
        outline.field("Successful job history limit", value: spec["successfulJobsHistoryLimit"])
        outline.field("Failed job history limit", value: spec["failedJobsHistoryLimit"])
        outline.field(
            "Starting deadline seconds", value: spec["startingDeadlineSeconds"].map { "\(Outline.inline($0))s" })
        let job = spec["jobTemplate", "spec"]
        outline.field("Selector", value: job?["selector"].flatMap { LabelSelector($0) }?.description)
        outline.field("Parallelism", value: job?["parallelism"])
        outline.field("Completions", value: job?["completions"])
        outline.field("Backoff limit", value: job?["backoffLimit"])
        outline.field(
            "Active deadline seconds", value: job?["activeDeadlineSeconds"].map { "\(Outline.inline($0))s" })
        TemplateDescription.write(job?["template"], outline: &outline)
        outline.field("Last schedule time", value: cronJob["status", "lastScheduleTime"])
        outline.field("Last successful time", value: cronJob["status", "lastSuccessfulTime"])
        let active = (cronJob["status", "active"]?.array ?? []).compactMap { $0["name"]?.string }
        outline.field("Active jobs", value: active.isEmpty ? "none" : active.joined(separator: ", "))
    }
}

enum ServiceDescription {
    static func write(_ service: KubeObject, outline: inout Outline) {
        outline.field("Type", value: service["spec", "type"])
        outline.field("IP family policy", value: service["spec", "ipFamilyPolicy"])
        outline.field("IP families", value: service["spec", "ipFamilies"])
        outline.field("Cluster IP", value: service["spec", "clusterIP"])
        if (service["spec", "clusterIPs"]?.array ?? []).count > 1 {
            outline.field("Cluster IPs", value: service["spec", "clusterIPs"])
        }
        outline.field("External IPs", value: service["spec", "externalIPs"])
        outline.field("Session affinity", value: service["spec", "sessionAffinity"])
        outline.field("External traffic policy", value: service["spec", "externalTrafficPolicy"])
        outline.field("Internal traffic policy", value: service["spec", "internalTrafficPolicy"])
        outline.field("Health check node port", value: service["spec", "healthCheckNodePort"])
        outline.field("Load balancer source ranges", value: service["spec", "loadBalancerSourceRanges"])
        outline.field("External name", value: service["spec", "externalName"])
        outline.field("Selector", value: service["spec", "selector"])
        let ingress = (service["status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        }
        outline.field("Load balancer", value: ingress.joined(separator: ", "))
        outline.list("Ports", values: (service["spec", "ports"]?.array ?? []).map(port))
    }

    /// `http 80/TCP to web/TCP, node port 30080/TCP`
    private static func port(_ port: JSONValue) -> String {
        let transport = port["protocol"]?.string ?? "TCP"
        var text = "\(port["name"]?.string.map { "\($0) " } ?? "")\(port["port"]?.int ?? 0)/\(transport)"
        if let target = port["targetPort"] { text += " to \(Outline.inline(target))/\(transport)" }
        if let node = port["nodePort"]?.int { text += ", node port \(node)/\(transport)" }
        if let application = port["appProtocol"]?.string { text += ", \(application)" }
        return text
    }
}

/// The pods that a workload makes.
enum TemplateDescription {
    static func write(_ template: JSONValue?, outline: inout Outline) {
        outline.section("Pod template") { outline in
            outline.field("Labels", value: template?["metadata", "labels"])
            outline.field("Annotations", value: template?["metadata", "annotations"])
            SchedulingDescription.write(template?["spec"], outline: &outline)
            ContainerList.write(template?["spec"], status: nil, outline: &outline)
            outline.list("Volumes", values: (template?["spec", "volumes"]?.array ?? []).map(VolumeText.text))
        }
    }
}
