import KubeModel

extension StoredForm {
    /// `autoscaling/v1`, which knows one metric: the CPU. What else there is it carries in annotations.
    static let autoscalers = StoredForm(
        api: .autoscalers,
        show: { json in
            showMetrics(&json)
            toAnnotation(&json, path: ["spec", "behavior"], name: "behavior")
            json[path: ["status", "currentMetrics"]] = nil
            toAnnotation(&json, path: ["status", "conditions"], name: "conditions")
            if json["status", "currentReplicas"] == nil { json[path: ["status", "currentReplicas"]] = 0 }
        },
        store: { json in
            storeMetrics(&json)
            fromAnnotation(&json, path: ["spec", "behavior"], name: "behavior")
            fromAnnotation(&json, path: ["status", "conditions"], name: "conditions")
            json[path: ["status", "currentCPUUtilizationPercentage"]] = nil
            if json["status", "currentReplicas"] == 0 { json[path: ["status", "currentReplicas"]] = nil }
            if json["status"] != nil { json[path: ["status", "currentMetrics"]] = .null }
        })

    private static let prefix = "autoscaling.alpha.kubernetes.io/"

    /// The metric that `v1` has a member for.
    static func cpu(_ percent: JSONValue) -> JSONValue {
        [
            "type": "Resource",
            "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": percent]],
        ]
    }

    private static func showMetrics(_ json: inout JSONValue) {
        var others: [JSONValue] = []
        for metric in json["spec", "metrics"]?.array ?? [] {
            if let percent = metric["resource", "target", "averageUtilization"], metric == cpu(percent) {
                json[path: ["spec", "targetCPUUtilizationPercentage"]] = percent
            } else {
                others.append(metric)
            }
        }
        json[path: ["spec", "metrics"]] = others.isEmpty ? nil : .array(others.map(older))
        toAnnotation(&json, path: ["spec", "metrics"], name: "metrics")
    }

    private static func storeMetrics(_ json: inout JSONValue) {
        fromAnnotation(&json, path: ["spec", "metrics"], name: "metrics")
        let percent = json["spec", "targetCPUUtilizationPercentage"]
        json[path: ["spec", "targetCPUUtilizationPercentage"]] = nil
        let others = (json["spec", "metrics"]?.array ?? []).map(newer)
        // 80 % is what the newer version takes for nothing said.
        let first = percent ?? (others.isEmpty ? 80 : nil)
        json[path: ["spec", "metrics"]] = .array((first.map { [cpu($0)] } ?? []) + others)
    }

    /// How the annotation says what a metric's target is. Metrics of other sources stand there as they are.
    private static func older(_ metric: JSONValue) -> JSONValue {
        guard let resource = metric["resource"], let target = resource["target"] else { return metric }
        return [
            "type": "Resource",
            "resource": .compact([
                "name": resource["name"], "targetAverageUtilization": target["averageUtilization"],
                "targetAverageValue": target["averageValue"],
            ]),
        ]
    }

    private static func newer(_ metric: JSONValue) -> JSONValue {
        guard let resource = metric["resource"], resource["target"] == nil else { return metric }
        let percent = resource["targetAverageUtilization"]
        let target: JSONValue = .compact([
            "type": percent == nil ? "AverageValue" : "Utilization", "averageUtilization": percent,
            "averageValue": resource["targetAverageValue"],
        ])
        return ["type": "Resource", "resource": .compact(["name": resource["name"], "target": target])]
    }

    private static func toAnnotation(_ json: inout JSONValue, path: [String], name: String) {
        guard let value = json[path: path] else { return }
        json[path: path] = nil
        json[path: ["metadata", "annotations", prefix + name]] = .string(JSONWriter.string(value))
    }

    private static func fromAnnotation(_ json: inout JSONValue, path: [String], name: String) {
        let place = ["metadata", "annotations", prefix + name]
        guard let text = json[path: place]?.string, let value = try? JSONParser.parse(text) else { return }
        json[path: place] = nil
        if json["metadata", "annotations"]?.object?.isEmpty ?? false { json[path: ["metadata", "annotations"]] = nil }
        json[path: path] = value
    }
}
