import KubeModel
import KubeSchema

struct GenerationStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }
}

struct VolumeStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "persistentVolumeReclaimPolicy", value: "Retain")
        PodTemplateDefaults.fill(&spec, member: "volumeMode", value: "Filesystem")
        if spec["hostPath"] != nil, spec["hostPath", "type"] == nil { spec["hostPath", "type"] = "" }
        object.json["spec"] = spec
    }

    /// Nobody binds volumes here, so each stays as it is once it is there.
    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["phase": "Available"]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        ["accessModes", "capacity"].filter { object["spec", $0] == nil }.map { .required("spec.\($0)") }
    }
}

struct PodTemplateStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }
    var returnsDeletedObject: Bool { true }

    func setDefaults(_ object: inout KubeObject) { PodTemplateDefaults.setDefaults(inTemplateOf: &object.json) }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        PodTemplateDefaults.validate(object.json["template", "spec"], field: "template.spec")
    }
}

/// The forerunner of the ReplicaSet: its selector is a plain map, and comes from the template when it isn't given.
struct ReplicationControllerStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "replicas", value: 1)
        PodTemplateDefaults.setDefaults(inTemplateOf: &spec)
        if let labels = spec["template", "metadata", "labels"] {
            PodTemplateDefaults.fill(&spec, member: "selector", value: labels)
            if object.labels.isEmpty { object["metadata", "labels"] = labels }
        }
        object.json["spec"] = spec
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["replicas": 0]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        if let replicas = object["spec", "replicas"]?.int, replicas < 0 {
            errors.append(
                .invalid("spec.replicas", value: JSONValue(replicas), detail: "must be greater than or equal to 0"))
        }
        let selector = object["spec", "selector"]?.object ?? [:]
        if selector.isEmpty { errors.append(.required("spec.selector")) }
        let labels = object["spec", "template", "metadata", "labels"]
        if selector.contains(where: { labels?[$0.key] != $0.value }) {
            errors.append(
                .invalid(
                    "spec.template.metadata.labels", value: labels ?? .null,
                    detail: "`selector` does not match template `labels`"))
        }
        return errors + PodTemplateDefaults.validate(object["spec", "template", "spec"], field: "spec.template.spec")
    }
}

struct IngressStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["loadBalancer": .object([:])]
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let rules = object["spec", "rules"]?.array ?? []
        guard !rules.isEmpty || object["spec", "defaultBackend"] != nil else {
            return [
                .invalid("spec", value: .object([:]), detail: "either `defaultBackend` or `rules` must be specified")
            ]
        }
        return rules.enumerated().flatMap { number, rule in
            (rule["http", "paths"]?.array ?? []).enumerated().flatMap { position, path in
                Self.pathErrors(path, field: "spec.rules[\(number)].http.paths[\(position)]")
            }
        }
    }

    private static func pathErrors(_ path: JSONValue, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        let types = ["Exact", "ImplementationSpecific", "Prefix"]
        let type = path["pathType"]?.string ?? ""
        let text = path["path"]?.string ?? ""
        if type.isEmpty {
            errors.append(.required("\(field).pathType", detail: "pathType must be specified"))
        } else if !types.contains(type) {
            errors.append(.notSupported("\(field).pathType", value: .string(type), supported: types))
        } else if type != "ImplementationSpecific", !text.hasPrefix("/") {
            errors.append(.invalid("\(field).path", value: .string(text), detail: "must be an absolute path"))
        }
        if let service = path["backend", "service"] {
            if service["name"]?.string?.isEmpty ?? true { errors.append(.required("\(field).backend.service.name")) }
            if service["port", "name"] == nil, service["port", "number"] == nil {
                errors.append(.required("\(field).backend.service", detail: "port name or number is required"))
            }
        }
        return errors
    }
}

struct NetworkPolicyStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        PodTemplateDefaults.fill(&spec, member: "podSelector", value: .object([:]))
        PodTemplateDefaults.fill(
            &spec, member: "policyTypes",
            value: spec["egress"]?.array?.isEmpty ?? true ? ["Ingress"] : ["Ingress", "Egress"])
        for direction in ["ingress", "egress"] {
            guard let rules = spec[direction]?.array else { continue }
            spec[direction] = .array(rules.map(Self.withProtocols))
        }
        object.json["spec"] = spec
    }

    private static func withProtocols(_ rule: JSONValue) -> JSONValue {
        guard let ports = rule["ports"]?.array else { return rule }
        var rule = rule
        rule["ports"] = .array(
            ports.map { port in
                var port = port
                PodTemplateDefaults.fill(&port, member: "protocol", value: "TCP")
                return port
            })
        return rule
    }
}

struct PriorityClassStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        PodTemplateDefaults.fill(&object.json, member: "preemptionPolicy", value: "PreemptLowerPriority")
        PodTemplateDefaults.fill(&object.json, member: "value", value: 0)
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let value = object.json["value"]?.int ?? 0
        if let old, old.json["value"] != object.json["value"] {
            return [.forbidden("value", detail: "may not be changed in an update.")]
        }
        if object.name.hasPrefix("system-"), !["system-cluster-critical", "system-node-critical"].contains(object.name)
        {
            return [
                .forbidden(
                    "metadata.name",
                    detail: "priority class names with 'system-' prefix are reserved for system use only. error: "
                        + "\(object.name) is not a known system priority class")
            ]
        }
        guard value > 1_000_000_000, !object.name.hasPrefix("system-") else { return [] }
        return [
            .forbidden("value", detail: "maximum allowed value of a user defined priority is 1000000000")
        ]
    }
}

struct StorageClassStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        PodTemplateDefaults.fill(&object.json, member: "reclaimPolicy", value: "Delete")
        PodTemplateDefaults.fill(&object.json, member: "volumeBindingMode", value: "Immediate")
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        if object.json["provisioner"]?.string?.isEmpty ?? true { return [.required("provisioner")] }
        guard let old else { return [] }
        return ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"]
            .filter { object.json[$0] != old.json[$0] }
            .map { .forbidden($0, detail: "updates to \($0) are forbidden.") }
    }
}
