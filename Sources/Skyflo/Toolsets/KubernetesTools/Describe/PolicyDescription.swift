import KubeModel
import ToolKit

/// What limits others: autoscalers, disruption budgets, quotas and ranges of limits.
enum PolicyDescription {
    static func autoscaler(_ autoscaler: KubeObject, outline: inout Outline) {
        let (spec, status) = (autoscaler["spec"] ?? .null, autoscaler["status"] ?? .null)
        let reference = spec["scaleTargetRef"]
        let target = "\(reference?["kind"]?.string ?? "")/\(reference?["name"]?.string ?? "")"
        outline.field("Reference", value: target)
        let current = status["currentMetrics"]?.array ?? []
        var metrics = (spec["metrics"]?.array ?? []).enumerated().map { at, metric in
            Self.metric(metric, now: at < current.count ? current[at] : nil)
        }
        // autoscaling/v1
        if let percent = spec["targetCPUUtilizationPercentage"]?.int {
            let now = status["currentCPUUtilizationPercentage"]?.int.map { "\($0)%" } ?? "<unknown>"
            metrics.append("resource cpu on pods (as a percentage of request): \(now) / \(percent)%")
        }
        outline.list("Metrics (current / target)", values: metrics)
        outline.field("Min replicas", value: spec["minReplicas"] ?? 1)
        outline.field("Max replicas", value: spec["maxReplicas"])
        behavior(spec["behavior"], outline: &outline)
        let counts = "\(status["currentReplicas"]?.int ?? 0) current / \(status["desiredReplicas"]?.int ?? 0) desired"
        outline.field("\(reference?["kind"]?.string ?? "Target") pods", value: counts)
        outline.field("Last scale time", value: status["lastScaleTime"])
        ConditionList.write(autoscaler, outline: &outline)
    }

    /// `resource cpu on pods (as a percentage of request): 12% (24m) / 60%`
    private static func metric(_ metric: JSONValue, now: JSONValue?) -> String {
        let type = metric["type"]?.string ?? ""
        let key = type.prefix(1).lowercased() + type.dropFirst()
        guard let source = metric[key] else { return JSONWriter.string(metric) }
        let target = source["target"] ?? .null
        let value = now?[key]?["current"]
        let isPercent = target["averageUtilization"] != nil
        let amount = ["averageUtilization", "averageValue", "value"].first { target[$0] != nil } ?? "value"
        func text(_ value: JSONValue?) -> String? { value.map { Outline.inline($0) + (isPercent ? "%" : "") } }
        let average = isPercent ? value?["averageValue"].map { " (\(Outline.inline($0)))" } ?? "" : ""
        let name = source["name"]?.string ?? source["metric", "name"]?.string ?? ""
        let place =
            switch type {
            case "Resource": " on pods" + (isPercent ? " (as a percentage of request)" : "")
            case "ContainerResource": " of container \(source["container"]?.string ?? "")"
            case "Pods": " on pods"
            case "Object":
                " on \(source["describedObject", "kind"]?.string ?? "")/\(source["describedObject", "name"]?.string ?? "")"
            default: ""
            }
        return
            "\(key) \(name)\(place): \(text(value?[amount]) ?? "<unknown>")\(average) / \(text(target[amount]) ?? "")"
    }

    private static func behavior(_ behavior: JSONValue?, outline: inout Outline) {
        outline.section("Behavior") { outline in
            for (field, title) in [("scaleUp", "Scale up"), ("scaleDown", "Scale down")] {
                guard let rules = behavior?[field] else { continue }
                outline.section(title) { outline in
                    outline.field(
                        "Stabilization window",
                        value: rules["stabilizationWindowSeconds"].map { "\(Outline.inline($0)) seconds" })
                    outline.field("Select policy", value: rules["selectPolicy"])
                    outline.field("Tolerance", value: rules["tolerance"])
                    outline.section("Policies") { outline in
                        for policy in rules["policies"]?.array ?? [] {
                            outline.line(
                                "- Type: \(policy["type"]?.string ?? "")  Value: \(policy["value"]?.int ?? 0)  "
                                    + "Period: \(policy["periodSeconds"]?.int ?? 0) seconds")
                        }
                    }
                }
            }
        }
    }

    static func disruptionBudget(_ budget: KubeObject, outline: inout Outline) {
        outline.field("Min available", value: budget["spec", "minAvailable"])
        outline.field("Max unavailable", value: budget["spec", "maxUnavailable"])
        outline.field("Unhealthy pod eviction policy", value: budget["spec", "unhealthyPodEvictionPolicy"])
        outline.field("Selector", value: budget["spec", "selector"].flatMap { LabelSelector($0) }?.description)
        for (field, title) in [
            ("disruptionsAllowed", "Allowed disruptions"), ("currentHealthy", "Current"), ("desiredHealthy", "Desired"),
            ("expectedPods", "Total"),
        ] {
            outline.field(title, value: budget["status", field])
        }
        ConditionList.write(budget, outline: &outline)
    }

    static func quota(_ quota: KubeObject, outline: inout Outline) {
        outline.field("Scopes", value: quota["spec", "scopes"])
        outline.field("Scope selector", value: quota["spec", "scopeSelector"].map { JSONWriter.string($0) })
        rows(ofQuota: quota).forEach { outline.line($0) }
    }

    /// `RESOURCE   USED   HARD`
    static func rows(ofQuota quota: KubeObject) -> [String] {
        let hard = quota["status", "hard"] ?? quota["spec", "hard"]
        let rows = (hard?.object ?? [:]).map { resource, limit in
            [resource, quota["status", "used", resource].map(Outline.inline) ?? "0", Outline.inline(limit)]
        }.sorted { $0[0] < $1[0] }
        return rows.isEmpty ? [] : TextColumns.align([["RESOURCE", "USED", "HARD"]] + rows)
    }

    static func limitRange(_ range: KubeObject, outline: inout Outline) {
        rows(ofLimits: range).forEach { outline.line($0) }
    }

    static func rows(ofLimits range: KubeObject) -> [String] {
        let kinds = ["min", "max", "defaultRequest", "default", "maxLimitRequestRatio"]
        let rows = (range["spec", "limits"]?.array ?? []).flatMap { item in
            Set(kinds.flatMap { item[$0]?.object?.keys ?? [] }).sorted().map { resource in
                [item["type"]?.string ?? "", resource] + kinds.map { item[$0, resource].map(Outline.inline) ?? "-" }
            }
        }
        let header = ["TYPE", "RESOURCE", "MIN", "MAX", "DEFAULT REQUEST", "DEFAULT LIMIT", "MAX LIMIT/REQUEST RATIO"]
        return rows.isEmpty ? [] : TextColumns.align([header] + rows)
    }
}
