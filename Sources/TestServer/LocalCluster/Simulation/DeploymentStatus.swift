import KubeModel

/// The status of a Deployment, from counts of its pods.
enum DeploymentStatus {
    struct Summary: Sendable {
        var desired: Int
        var maxUnavailable: Int
        var total: Int
        var updated: Int
        var available: Int
        var updatedAvailable: Int
        var terminating: Int
        var newSet: String?
        var isPaused: Bool
        /// The condition of a ReplicaSet whose pods are refused.
        var replicaFailure: JSONValue?

        var isComplete: Bool {
            updated == desired && total == desired && available == desired && updatedAvailable == desired
        }
    }

    static func json(_ summary: Summary, generation: Int, old: JSONValue?) -> JSONValue {
        func count(_ value: Int) -> JSONValue? { value == 0 ? nil : JSONValue(value) }
        return .compact([
            "observedGeneration": JSONValue(generation), "replicas": count(summary.total),
            "updatedReplicas": count(summary.updated), "readyReplicas": count(summary.available),
            "availableReplicas": count(summary.available),
            "unavailableReplicas": count(max(0, max(summary.total, summary.desired) - summary.available)),
            "terminatingReplicas": JSONValue(summary.terminating),
            "conditions": .array(conditions(summary, old: old)),
        ])
    }

    /// One that changes moves to the end, as the real controller has it. A pause is noted before anything else.
    private static func conditions(_ summary: Summary, old: JSONValue?) -> [JSONValue] {
        var conditions = old?["conditions"]?.array ?? []
        let available = available(summary)
        let progressing = progressing(summary, old: old)
        let changes = summary.isPaused ? [progressing, available] : [available, progressing]
        for change in changes.compactMap({ $0 }) {
            let at = conditions.firstIndex { $0["type"] == change["type"] }
            let before = at.map { conditions[$0] }
            if before?["status"] == change["status"], before?["reason"] == change["reason"],
                before?["message"] == change["message"]
            {
                continue
            }
            if let at { conditions.remove(at: at) }
            conditions.append(dated(change, before: before))
        }
        conditions.removeAll { $0["type"]?.string == "ReplicaFailure" }
        if var failure = summary.replicaFailure {
            failure["lastUpdateTime"] = failure["lastTransitionTime"]
            conditions.append(failure)
        }
        return conditions
    }

    private static func condition(_ type: String, isTrue: Bool?, reason: String, message: String) -> JSONValue {
        [
            "type": .string(type), "status": .string(isTrue.map { $0 ? "True" : "False" } ?? "Unknown"),
            "reason": .string(reason), "message": .string(message),
        ]
    }

    private static func available(_ summary: Summary) -> JSONValue {
        summary.available >= summary.desired - summary.maxUnavailable
            ? condition(
                "Available", isTrue: true, reason: "MinimumReplicasAvailable",
                message: "Deployment has minimum availability.")
            : condition(
                "Available", isTrue: false, reason: "MinimumReplicasUnavailable",
                message: "Deployment does not have minimum availability.")
    }

    private static func progressing(_ summary: Summary, old: JSONValue?) -> JSONValue? {
        if summary.isPaused {
            return condition("Progressing", isTrue: nil, reason: "DeploymentPaused", message: "Deployment is paused")
        }
        guard let set = summary.newSet else { return nil }
        if summary.isComplete {
            return condition(
                "Progressing", isTrue: true, reason: "NewReplicaSetAvailable",
                message: "ReplicaSet \"\(set)\" has successfully progressed.")
        }
        // Mere scaling of a finished rollout is no new progress.
        let before = (old?["conditions"]?.array ?? []).first { $0["type"]?.string == "Progressing" }
        if summary.updated == summary.total, before?["reason"]?.string == "NewReplicaSetAvailable",
            before?["message"]?.string?.contains("\"\(set)\"") == true
        {
            return before
        }
        return condition(
            "Progressing", isTrue: true, reason: "ReplicaSetUpdated", message: "ReplicaSet \"\(set)\" is progressing.")
    }

    private static func dated(_ condition: JSONValue, before: JSONValue?) -> JSONValue {
        let now = JSONValue.string(KubeTime.now().description)
        var result = condition
        result["lastUpdateTime"] = now
        result["lastTransitionTime"] =
            before?["status"] == condition["status"] ? before?["lastTransitionTime"] ?? now : now
        return result
    }
}
