import KubeModel
import KubeSchema

struct DisruptionBudgetStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = [
            "disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0,
        ]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        guard object["spec", "minAvailable"] != nil, object["spec", "maxUnavailable"] != nil else { return [] }
        return [
            .invalid(
                "spec", value: object.json["spec"] ?? .null,
                detail: "minAvailable and maxUnavailable cannot be both set")
        ]
    }
}

struct ResourceQuotaStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
    }
}

struct ClaimStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        if object.json["spec"] != nil, object["spec", "volumeMode"] == nil {
            object["spec", "volumeMode"] = "Filesystem"
        }
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["phase": "Pending"]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        if object["spec", "accessModes"]?.array?.isEmpty ?? true {
            errors.append(.required("spec.accessModes", detail: "at least 1 access mode is required"))
        }
        if object["spec", "resources", "requests", "storage"] == nil {
            errors.append(.required("spec.resources[storage]"))
        }
        return errors
    }
}
