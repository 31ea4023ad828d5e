import KubeModel
import KubeSchema

/// Where the server of an API is. One without a service is served by the API server itself, and available at once.
struct APIServiceStrategy: ResourceStrategy {
    func nameProblem(_ name: String) -> String? { MetadataValidation.pathSegmentProblem(name) }

    func setDefaults(_ object: inout KubeObject) {
        guard object["spec", "service"] != nil, object["spec", "service", "port"] == nil else { return }
        object["spec", "service", "port"] = 443
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
        guard object["spec", "service"] == nil else { return }
        object["status", "conditions"] = [
            [
                "type": "Available", "status": "True", "reason": "Local",
                "message": "Local APIServices are always available",
                "lastTransitionTime": .string(KubeTime.now().description),
            ]
        ]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let spec = object.json["spec"] ?? .object([:])
        let required = "\(spec["version"]?.string ?? "").\(spec["group"]?.string ?? "")"
        var errors: [FieldError] = []
        if object.name != required {
            errors.append(
                .invalid(
                    "metadata.name", value: .string(object.name),
                    detail: "must be `spec.version+\".\"+spec.group`: \"\(required)\""))
        }
        for (member, limit) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
            let value = spec[member]?.int ?? 0
            if !(1...limit).contains(value) {
                errors.append(
                    .invalid(
                        "spec.\(member)", value: JSONValue(value), detail: "must be positive and less than \(limit)"))
            }
        }
        guard let service = spec["service"] else { return errors }
        for member in ["namespace", "name"] where service[member]?.string?.isEmpty ?? true {
            errors.append(.required("spec.service.\(member)"))
        }
        if spec["insecureSkipTLSVerify"]?.bool == true, !(spec["caBundle"]?.string?.isEmpty ?? true) {
            errors.append(
                .invalid("spec.insecureSkipTLSVerify", value: true, detail: "may not be true if caBundle is present"))
        }
        return errors
    }
}

struct RuntimeClassStrategy: ResourceStrategy {
    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let handler = object.json["handler"]?.string ?? ""
        if let old, old.json["handler"] != object.json["handler"] {
            return [.invalid("handler", value: .string(handler), detail: "field is immutable")]
        }
        return MetadataValidation.labelProblem(handler)
            .map { [.invalid("handler", value: .string(handler), detail: $0)] } ?? []
    }
}

struct CSIDriverStrategy: ResourceStrategy {
    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "attachRequired", value: true)
        PodTemplateDefaults.fill(&spec, member: "fsGroupPolicy", value: "ReadWriteOnceWithFSType")
        for member in ["podInfoOnMount", "requiresRepublish", "seLinuxMount", "storageCapacity"] {
            PodTemplateDefaults.fill(&spec, member: member, value: false)
        }
        if spec["volumeLifecycleModes"]?.array?.isEmpty ?? true { spec["volumeLifecycleModes"] = ["Persistent"] }
        object.json["spec"] = spec
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors = WebhookStrategy.choiceErrors(
            object["spec", "fsGroupPolicy"], of: ["File", "None", "ReadWriteOnceWithFSType"],
            path: "spec.fsGroupPolicy")
        for (position, mode) in (object["spec", "volumeLifecycleModes"]?.array ?? []).enumerated() {
            errors += WebhookStrategy.choiceErrors(
                mode, of: ["Ephemeral", "Persistent"], path: "spec.volumeLifecycleModes[\(position)]")
        }
        if let old, old["spec", "attachRequired"] != object["spec", "attachRequired"] {
            errors.append(
                .invalid(
                    "spec.attachRequired", value: object["spec", "attachRequired"] ?? .null,
                    detail: "field is immutable"))
        }
        return errors
    }
}

struct FlowSchemaStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard object.json["spec"] != nil, object["spec", "matchingPrecedence"]?.int ?? 0 == 0 else { return }
        object["spec", "matchingPrecedence"] = 1000
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let spec = object.json["spec"] ?? .object([:])
        var errors: [FieldError] = []
        let precedence = spec["matchingPrecedence"]?.int ?? 0
        if precedence < 1 {
            errors.append(
                .invalid(
                    "spec.matchingPrecedence", value: JSONValue(precedence), detail: "must be a positive value"))
        } else if precedence > 10_000 {
            errors.append(
                .invalid(
                    "spec.matchingPrecedence", value: JSONValue(precedence),
                    detail: "must not be greater than 10000"))
        }
        errors += WebhookStrategy.choiceErrors(
            spec["distinguisherMethod", "type"], of: ["ByNamespace", "ByUser"], path: "spec.distinguisherMethod")
        if spec["priorityLevelConfiguration", "name"]?.string?.isEmpty ?? true {
            errors.append(
                .required("spec.priorityLevelConfiguration.name", detail: "must reference a priority level"))
        }
        for (position, rule) in (spec["rules"]?.array ?? []).enumerated() {
            let path = "spec.rules[\(position)]"
            if rule["subjects"]?.array?.isEmpty ?? true {
                errors.append(.required("\(path).subjects", detail: "subjects must contain at least one value"))
            }
            if ["resourceRules", "nonResourceRules"].allSatisfy({ rule[$0]?.array?.isEmpty ?? true }) {
                errors.append(
                    .required(path, detail: "at least one of resourceRules and nonResourceRules has to be non-empty"))
            }
        }
        return errors
    }
}

struct PriorityLevelStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        if spec["type"]?.string == "Exempt" {
            var exempt = spec["exempt"] ?? .object([:])
            PodTemplateDefaults.fill(&exempt, member: "nominalConcurrencyShares", value: 0)
            PodTemplateDefaults.fill(&exempt, member: "lendablePercent", value: 0)
            spec["exempt"] = exempt
        }
        if var limited = spec["limited"] {
            PodTemplateDefaults.fill(&limited, member: "nominalConcurrencyShares", value: 30)
            PodTemplateDefaults.fill(&limited, member: "lendablePercent", value: 0)
            if var queuing = limited["limitResponse", "queuing"] {
                PodTemplateDefaults.fill(&queuing, member: "queues", value: 64)
                PodTemplateDefaults.fill(&queuing, member: "handSize", value: 8)
                PodTemplateDefaults.fill(&queuing, member: "queueLengthLimit", value: 50)
                limited["limitResponse", "queuing"] = queuing
            }
            spec["limited"] = limited
        }
        object.json["spec"] = spec
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = .object([:])
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let type = object["spec", "type"] ?? ""
        let limited = object["spec", "limited"]
        switch type.string {
        case "Exempt":
            guard limited != nil else { return [] }
            return [.forbidden("spec.limited", detail: "must be nil if the type is not Limited")]
        case "Limited":
            guard let limited else {
                return [.required("spec.limited", detail: "must not be empty when type is Limited")]
            }
            return WebhookStrategy.choiceErrors(
                limited["limitResponse", "type"] ?? "", of: ["Queue", "Reject"],
                path: "spec.limited.limitResponse.type")
        default: return [.notSupported("spec.type", value: type, supported: ["Exempt", "Limited"])]
        }
    }
}
