import KubeModel

/// Stands in for the controller of HorizontalPodAutoscalers: keeps replicas between their bounds, and says whether it could
/// go by the metrics. The use itself moves nothing here.
struct AutoscalerController: Sendable {
    let cluster: SimulatedCluster

    func sync(_ key: ObjectKey) {
        guard let autoscaler = cluster.get(.autoscalers, key: key) else { return }
        let plan = AutoscalerPlan(autoscaler, target: target(of: autoscaler, key))
        if let scaled = plan.scaled, let resource = Self.resource(of: autoscaler) {
            let name = autoscaler["spec", "scaleTargetRef", "name"]?.string ?? ""
            cluster.update(
                resource, key: ObjectKey(namespace: key.namespace, name: name),
                by: DeploymentController.manager
            ) { $0["spec", "replicas"] = JSONValue(scaled) }
        }
        cluster.update(.autoscalers, key: key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = plan.status(of: object, now: cluster.now())
        }
    }

    private func target(of autoscaler: KubeObject, _ key: ObjectKey) -> KubeObject? {
        guard let resource = Self.resource(of: autoscaler),
            let name = autoscaler["spec", "scaleTargetRef", "name"]?.string
        else { return nil }
        return cluster.get(resource, key: ObjectKey(namespace: key.namespace, name: name))
    }

    /// What can be scaled here.
    static let targets: [APIResource] = [.deployments, .statefulSets, .replicaSets]

    private static func resource(of autoscaler: KubeObject) -> APIResource? {
        let kind = autoscaler["spec", "scaleTargetRef", "kind"]?.string
        return targets.first { $0.kind == kind }
    }
}

/// What an autoscaler makes of its target.
struct AutoscalerPlan: Sendable {
    private var conditions: [(type: String, status: Bool, reason: String, message: String)] = []
    private var current = 0
    private var desired = 0
    /// What the target is to be scaled to; nil where it stays.
    private(set) var scaled: Int?

    init(_ autoscaler: KubeObject, target: KubeObject?) {
        guard let target else {
            let reference = autoscaler["spec", "scaleTargetRef"]
            let name = "\(reference?["kind"]?.string ?? "") \"\(reference?["name"]?.string ?? "")\" not found"
            let text = "the HPA controller was unable to get the target's current scale: \(name)"
            conditions = [("AbleToScale", false, "FailedGetScale", text)]
            return
        }
        conditions = [
            ("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size")
        ]
        current = target["spec", "replicas"]?.int ?? 1
        desired = current
        guard current > 0 else {
            let text = "scaling is disabled since the replica count of the target is zero"
            conditions.append(("ScalingActive", false, "ScalingDisabled", text))
            return
        }
        let metrics = (autoscaler["spec", "metrics"]?.array ?? []).compactMap { $0["resource", "name"]?.string }
        if let missing = Self.missing(metrics, in: target) {
            let text =
                "the HPA was unable to compute the replica count: failed to get \(missing.metric) utilization: "
                + "missing request for \(missing.metric) in container \(missing.container)"
            conditions.append(("ScalingActive", false, "FailedGetResourceMetric", text))
            return
        }
        let metric = metrics.first ?? "cpu"
        conditions.append(
            (
                "ScalingActive", true, "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count from \(metric) resource utilization "
                    + "(percentage of request)"
            ))
        let least = autoscaler["spec", "minReplicas"]?.int ?? 1
        desired = min(max(current, least), max(least, autoscaler["spec", "maxReplicas"]?.int ?? least))
        if desired != current { scaled = desired }
    }

    private static func missing(_ metrics: [String], in target: KubeObject) -> (metric: String, container: String)? {
        for container in target["spec", "template", "spec", "containers"]?.array ?? [] {
            for metric in metrics
            where container["resources", "requests", metric] == nil && container["resources", "limits", metric] == nil {
                return (metric, container["name"]?.string ?? "")
            }
        }
        return nil
    }

    func status(of autoscaler: KubeObject, now: KubeTime) -> JSONValue {
        let before = autoscaler["status", "conditions"]?.array ?? []
        return [
            "observedGeneration": JSONValue(autoscaler.generation), "currentReplicas": JSONValue(current),
            "desiredReplicas": JSONValue(desired),
            "conditions": .array(
                conditions.map { condition in
                    let status: JSONValue = condition.status ? "True" : "False"
                    let known = before.first { $0["type"]?.string == condition.type && $0["status"] == status }
                    return [
                        "type": .string(condition.type), "status": status, "reason": .string(condition.reason),
                        "message": .string(condition.message),
                        "lastTransitionTime": known?["lastTransitionTime"] ?? .string(now.description),
                    ]
                }),
        ]
    }
}
