import KubeModel
import KubeSchema

/// HorizontalPodAutoscalers, in `v2` or in the older form.
struct AutoscalerStrategy: ResourceStrategy {
    var isV2 = true

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "minReplicas", value: 1)
        if isV2 { PodTemplateDefaults.fill(&spec, member: "metrics", value: [StoredForm.cpu(80)]) }
        object.json["spec"] = spec
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] =
            isV2 ? ["desiredReplicas": 0, "currentMetrics": .null] : ["currentReplicas": 0, "desiredReplicas": 0]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        for member in ["kind", "name"] where object["spec", "scaleTargetRef", member]?.string?.isEmpty ?? true {
            errors.append(.required("spec.scaleTargetRef.\(member)"))
        }
        let minimum = object["spec", "minReplicas"]?.int ?? 1
        if minimum < 1 {
            errors.append(
                .invalid("spec.minReplicas", value: JSONValue(minimum), detail: "must be greater than or equal to 1"))
        }
        let maximum = object["spec", "maxReplicas"]?.int ?? 0
        if maximum < 1 {
            errors.append(.invalid("spec.maxReplicas", value: JSONValue(maximum), detail: "must be greater than 0"))
        }
        if maximum < minimum {
            errors.append(
                .invalid(
                    "spec.maxReplicas", value: JSONValue(maximum),
                    detail: "must be greater than or equal to `minReplicas`"))
        }
        return errors
    }
}
