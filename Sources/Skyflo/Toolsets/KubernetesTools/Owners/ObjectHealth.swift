import KubeModel
import Writes

/// How an object is, in a few words.
enum ObjectHealth {
    static func text(_ object: KubeObject) -> String {
        let state = state(object)
        guard object.isBeingDeleted, object.kind != "Pod" else { return state }
        return state.isEmpty ? "being deleted" : "being deleted; \(state)"
    }

    private static func state(_ object: KubeObject) -> String {
        switch (object.groupVersion?.group ?? "", object.kind) {
        case ("apps", "Deployment"), ("apps", "StatefulSet"):
            "\(replicas(object)); \(RolloutStatus(object).text)"
        case ("apps", "DaemonSet"):
            "\(count(object, field: "numberReady"))/\(count(object, field: "desiredNumberScheduled")) ready; "
                + RolloutStatus(object).text
        case ("apps", "ReplicaSet"): replicas(object) + revision(object)
        case ("", "ReplicationController"): replicas(object)
        case ("", "Pod"): pod(object)
        case ("batch", "Job"): job(object)
        case ("batch", "CronJob"): cronJob(object)
        default: other(object)
        }
    }

    private static func count(_ object: KubeObject, field: String) -> Int { object["status", field]?.int ?? 0 }

    private static func replicas(_ object: KubeObject) -> String {
        "\(count(object, field: "readyReplicas"))/\(object["spec", "replicas"]?.int ?? 1) ready"
    }

    private static func revision(_ object: KubeObject) -> String {
        object.annotations["deployment.kubernetes.io/revision"].map { ", revision \($0)" } ?? ""
    }

    private static func pod(_ pod: KubeObject) -> String {
        let status = PodStatus(pod)
        let node = pod["spec", "nodeName"]?.string.map { ", on \($0)" } ?? ""
        return
            "\(status.reason), \(status.ready) ready, \(status.restarts) restart\(status.restarts == 1 ? "" : "s")\(node)"
    }

    private static func job(_ job: KubeObject) -> String {
        let met = (job["status", "conditions"]?.array ?? []).filter { $0["status"]?.string == "True" }
        let counts = "\(count(job, field: "succeeded"))/\(job["spec", "completions"]?.int ?? 1) succeeded"
        let failed = count(job, field: "failed") > 0 ? ", \(count(job, field: "failed")) failed" : ""
        let active = count(job, field: "active") > 0 ? ", \(count(job, field: "active")) active" : ""
        let end = met.first { ["Complete", "Failed", "Suspended"].contains($0["type"]?.string) }
        let reason = end?["reason"]?.string.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        return (end?["type"]?.string.map { "\($0)\($0 == "Failed" ? reason : ""), " } ?? "") + counts + failed + active
    }

    private static func cronJob(_ job: KubeObject) -> String {
        var parts = ["schedule \(job["spec", "schedule"]?.string ?? "")"]
        if job["spec", "suspend"]?.bool == true { parts.append("suspended") }
        if let time = job["status", "lastScheduleTime"]?.string { parts.append("last started \(time)") }
        if let time = job["status", "lastSuccessfulTime"]?.string { parts.append("last succeeded \(time)") }
        return parts.joined(separator: ", ")
    }

    /// By the conventions of the API: a phase, a health, or conditions that say that all is well.
    private static func other(_ object: KubeObject) -> String {
        var parts: [String] = []
        for path in [["status", "phase"], ["status", "state"], ["status", "health", "status"]] {
            if let text = object.json[path: path]?.string, !text.isEmpty { parts.append(text) }
        }
        for condition in object["status", "conditions"]?.array ?? [] {
            guard let type = condition["type"]?.string, ["Ready", "Available", "Healthy", "Synced"].contains(type)
            else {
                continue
            }
            let reason = condition["reason"]?.string.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
            let status = condition["status"]?.string ?? "Unknown"
            parts.append("\(type)=\(status)\(status == "True" ? "" : reason)")
        }
        return parts.joined(separator: ", ")
    }
}
