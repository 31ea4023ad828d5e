import KubeModel

/// The status of a Job. A verdict stands there first as SuccessCriteriaMet or FailureTarget, and as Complete or Failed
/// when the last pod has ended (KEP-3998, KEP-3939).
struct JobStatus: Sendable {
    let plan: JobPlan

    private var time: JSONValue { .string(plan.now.description) }

    var json: JSONValue {
        func count(_ value: Int) -> JSONValue? { value == 0 ? nil : JSONValue(value) }
        let conditions = conditions
        let old = plan.job["status"]
        let isComplete = conditions.contains { $0["type"]?.string == "Complete" }
        return .compact([
            "conditions": conditions.isEmpty ? nil : .array(conditions),
            "startTime": plan.isSuspended ? nil : old?["startTime"],
            "completionTime": isComplete ? old?["completionTime"] ?? time : nil, "active": count(plan.active.count),
            "succeeded": count(plan.succeeded), "failed": count(plan.failed),
            "completedIndexes": plan.isIndexed ? .string(IndexRanges.text(plan.completedIndexes)) : nil,
            "terminating": JSONValue(plan.terminating), "uncountedTerminatedPods": .object([:]),
            "ready": JSONValue(plan.ready),
        ])
    }

    private var conditions: [JSONValue] {
        var conditions = plan.job["status", "conditions"]?.array ?? []
        suspend(&conditions)
        let hasEnded = plan.active.isEmpty && plan.terminating == 0
        switch plan.verdict {
        case .goesOn: break
        case .succeeded:
            let reason = "CompletionsReached"
            let message = "Reached expected number of succeeded pods"
            add("SuccessCriteriaMet", isTrue: true, reason: reason, message: message, conditions: &conditions)
            if hasEnded { add("Complete", isTrue: true, reason: reason, message: message, conditions: &conditions) }
        case .failed(let reason, let message):
            add("FailureTarget", isTrue: true, reason: reason, message: message, conditions: &conditions)
            if hasEnded { add("Failed", isTrue: true, reason: reason, message: message, conditions: &conditions) }
        }
        return conditions
    }

    private func suspend(_ conditions: inout [JSONValue]) {
        if plan.isSuspended {
            add("Suspended", isTrue: true, reason: "JobSuspended", message: "Job suspended", conditions: &conditions)
        } else if conditions.contains(where: { $0["type"]?.string == "Suspended" }) {
            add("Suspended", isTrue: false, reason: "JobResumed", message: "Job resumed", conditions: &conditions)
        }
    }

    private func add(
        _ type: String, isTrue: Bool, reason: String, message: String, conditions: inout [JSONValue]
    ) {
        let new: JSONValue = [
            "type": .string(type), "status": isTrue ? "True" : "False", "lastProbeTime": time,
            "lastTransitionTime": time, "reason": .string(reason), "message": .string(message),
        ]
        guard let at = conditions.firstIndex(where: { $0["type"]?.string == type }) else {
            return conditions.append(new)
        }
        if conditions[at]["status"] != new["status"] { conditions[at] = new }
    }
}
