import KubeModel
import KubeSchema

/// Deployments, ReplicaSets, StatefulSets and DaemonSets.
struct WorkloadStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }
    var kind: String

    func setDefaults(_ object: inout KubeObject) {
        guard var spec = object.json["spec"] else { return }
        if kind != "DaemonSet" { PodTemplateDefaults.fill(&spec, member: "replicas", value: 1) }
        if var podSpec = spec["template", "spec"] {
            PodTemplateDefaults.setDefaults(&podSpec)
            spec["template", "spec"] = podSpec
        }
        switch kind {
        case "Deployment": setDeploymentDefaults(&spec)
        case "StatefulSet": Self.setStatefulSetDefaults(&spec)
        case "DaemonSet":
            PodTemplateDefaults.fill(&spec, member: "revisionHistoryLimit", value: 10)
            Self.setUpdateDefaults(&spec, rolling: ["maxUnavailable": 1, "maxSurge": 0])
        default: break
        }
        object.json["spec"] = spec
    }

    private static func setStatefulSetDefaults(_ spec: inout JSONValue) {
        PodTemplateDefaults.fill(&spec, member: "podManagementPolicy", value: "OrderedReady")
        PodTemplateDefaults.fill(&spec, member: "revisionHistoryLimit", value: 10)
        setUpdateDefaults(&spec, rolling: ["partition": 0])
        var retention = spec["persistentVolumeClaimRetentionPolicy"] ?? .object([:])
        PodTemplateDefaults.fill(&retention, member: "whenDeleted", value: "Retain")
        PodTemplateDefaults.fill(&retention, member: "whenScaled", value: "Retain")
        spec["persistentVolumeClaimRetentionPolicy"] = retention
        guard let claims = spec["volumeClaimTemplates"]?.array else { return }
        spec["volumeClaimTemplates"] = .array(
            claims.map { claim in
                var claim = claim
                PodTemplateDefaults.fill(&claim, member: "apiVersion", value: "v1")
                PodTemplateDefaults.fill(&claim, member: "kind", value: "PersistentVolumeClaim")
                if claim["spec", "volumeMode"] == nil { claim["spec", "volumeMode"] = "Filesystem" }
                PodTemplateDefaults.fill(&claim, member: "status", value: ["phase": "Pending"])
                return claim
            })
    }

    private static func setUpdateDefaults(_ spec: inout JSONValue, rolling: JSONValue) {
        var strategy = spec["updateStrategy"] ?? .object([:])
        PodTemplateDefaults.fill(&strategy, member: "type", value: "RollingUpdate")
        if strategy["type"]?.string == "RollingUpdate" {
            var given = strategy["rollingUpdate"] ?? .object([:])
            for (member, value) in rolling.object ?? [:] {
                PodTemplateDefaults.fill(&given, member: member, value: value)
            }
            strategy["rollingUpdate"] = given
        }
        spec["updateStrategy"] = strategy
    }

    private func setDeploymentDefaults(_ spec: inout JSONValue) {
        PodTemplateDefaults.fill(&spec, member: "strategy", value: .object([:]))
        if spec["strategy", "type"] == nil { spec["strategy", "type"] = "RollingUpdate" }
        if spec["strategy", "type"]?.string == "RollingUpdate" {
            if spec["strategy", "rollingUpdate", "maxUnavailable"] == nil {
                spec["strategy", "rollingUpdate", "maxUnavailable"] = "25%"
            }
            if spec["strategy", "rollingUpdate", "maxSurge"] == nil {
                spec["strategy", "rollingUpdate", "maxSurge"] = "25%"
            }
        }
        PodTemplateDefaults.fill(&spec, member: "revisionHistoryLimit", value: 10)
        PodTemplateDefaults.fill(&spec, member: "progressDeadlineSeconds", value: 600)
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        switch kind {
        case "ReplicaSet": object.json["status"] = ["replicas": 0]
        case "StatefulSet": object.json["status"] = ["replicas": 0, "availableReplicas": 0]
        case "DaemonSet":
            object.annotations[Self.templateGeneration] = "1"
            object.json["status"] = [
                "currentNumberScheduled": 0, "numberMisscheduled": 0, "desiredNumberScheduled": 0, "numberReady": 0,
            ]
        default: object.json["status"] = .object([:])
        }
    }

    private static let templateGeneration = "deprecated.daemonset.template.generation"

    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject) {
        guard kind == "DaemonSet" else { return }
        let before = old.annotations[Self.templateGeneration].flatMap { Int($0) } ?? 1
        let isNew = object["spec", "template"] != old["spec", "template"]
        object.annotations[Self.templateGeneration] = String(isNew ? before + 1 : before)
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        if let replicas = object["spec", "replicas"]?.int, replicas < 0 {
            errors.append(
                .invalid("spec.replicas", value: JSONValue(replicas), detail: "must be greater than or equal to 0"))
        }
        let selector = object["spec", "selector"]
        if selector == nil { errors.append(.required("spec.selector")) }
        let labels = object["spec", "template", "metadata", "labels"]
        let template = KubeObject(object["spec", "template"] ?? .object([:]))
        let parsed = selector.flatMap { LabelSelector($0) }
        if !(parsed.map { !$0.requirements.isEmpty && $0.matches(template.labels) } ?? false) {
            errors.append(
                .invalid(
                    "spec.template.metadata.labels", value: labels ?? .null,
                    detail: "`selector` does not match template `labels`"))
        }
        errors += PodTemplateDefaults.validate(object["spec", "template", "spec"], field: "spec.template.spec")
        let policy = object["spec", "template", "spec", "restartPolicy"]
        if let text = policy?.string, text != "Always" {
            errors.append(
                .notSupported("spec.template.spec.restartPolicy", value: .string(text), supported: ["Always"]))
        }
        if let old, kind == "StatefulSet" { return errors + Self.immutable(object, old: old) }
        if let old, old["spec", "selector"] != selector {
            errors.append(.invalid("spec.selector", value: selector ?? .null, detail: "field is immutable"))
        }
        return errors
    }
}

extension WorkloadStrategy {
    private static let mutable: Set<String> = [
        "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    ]

    fileprivate static func immutable(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        func fixed(_ object: KubeObject) -> JSONValue {
            var spec = object.json["spec"] ?? .null
            for member in mutable { spec[member] = nil }
            return spec
        }
        if fixed(object) == fixed(old) { return [] }
        return [
            .forbidden(
                "spec",
                detail: "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                    + "'minReadySeconds' are forbidden")
        ]
    }
}

struct PodStrategy: ResourceStrategy {
    var hasGeneration: Bool { true }
    var generationIgnores: [[String]] { [["spec", "nodeName"]] }
    var returnsDeletedObject: Bool { true }

    func setDefaults(_ object: inout KubeObject) {
        var spec = object.json["spec"] ?? .object([:])
        PodTemplateDefaults.setDefaults(&spec)
        PodTemplateDefaults.fill(&spec, member: "enableServiceLinks", value: true)
        object.json["spec"] = spec
        guard let conditions = object["status", "conditions"]?.array else { return }
        // A time without a value is written, too.
        object["status", "conditions"] = .array(
            conditions.map { condition in
                var condition = condition
                PodTemplateDefaults.fill(&condition, member: "lastProbeTime", value: .null)
                return condition
            })
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["status"] = ["phase": "Pending", "qosClass": .string(Self.qualityOfService(object))]
        var spec = object.json["spec"] ?? .object([:])
        let account = spec["serviceAccountName"]?.string ?? "default"
        let namespace = object.namespace ?? ""
        guard context.exists(.serviceAccounts, namespace, account) else {
            throw APIStatus.forbidden(
                context.resource, name: Self.nameAsAsked(object),
                why: "error looking up service account \(namespace)/\(account): serviceaccount \"\(account)\" not found"
            )
        }
        spec["serviceAccountName"] = .string(account)
        spec["serviceAccount"] = .string(account)
        PodTemplateDefaults.fill(
            &spec, member: "tolerations", value: .array(["not-ready", "unreachable"].map(Self.toleration)))
        try Self.setPriority(&spec, for: object, in: context)
        if spec["automountServiceAccountToken"]?.bool != false {
            Self.mountToken(&spec, suffix: context.randomSuffix())
        }
        object.json["spec"] = spec
    }

    /// Names are generated after this admission plugin has looked.
    private static func nameAsAsked(_ pod: KubeObject) -> String {
        let prefix = pod.metadata["generateName"]?.string ?? ""
        let isGenerated = !prefix.isEmpty && pod.name.hasPrefix(prefix) && pod.name.count == prefix.count + 5
        return isGenerated ? prefix : pod.name
    }

    /// What the Priority admission plugin resolves.
    private static func setPriority(
        _ spec: inout JSONValue, for pod: KubeObject, in context: StrategyContext
    ) throws(APIStatus) {
        let classes = context.list(.priorityClasses)
        let name = spec["priorityClassName"]?.string ?? ""
        let found = classes.first { name.isEmpty ? $0.json["globalDefault"]?.bool == true : $0.name == name }
        if found == nil, !name.isEmpty {
            throw .forbidden(context.resource, name: pod.name, why: "no PriorityClass with name \(name) was found")
        }
        if let found { spec["priorityClassName"] = .string(found.name) }
        let value = found?.json["value"] ?? 0
        if let given = spec["priority"], given != value {
            throw .forbidden(
                context.resource, name: pod.name,
                why:
                    "the integer value of priority (\(given)) must not be provided in pod spec; priority admission controller "
                    + "computed \(value) from the given PriorityClass name")
        }
        spec["priority"] = value
        PodTemplateDefaults.fill(
            &spec, member: "preemptionPolicy", value: found?.json["preemptionPolicy"] ?? "PreemptLowerPriority")
    }

    private static func toleration(_ taint: String) -> JSONValue {
        [
            "key": .string("node.kubernetes.io/\(taint)"), "operator": "Exists", "effect": "NoExecute",
            "tolerationSeconds": 300,
        ]
    }

    /// What the ServiceAccount admission plugin adds.
    private static func mountToken(_ spec: inout JSONValue, suffix: String) {
        let path = "/var/run/secrets/kubernetes.io/serviceaccount"
        let volume = "kube-api-access-\(suffix)"
        let containers = spec["containers"]?.array ?? []
        var isUsed = false
        spec["containers"] = .array(
            containers.map { container in
                var container = container
                var mounts = container["volumeMounts"]?.array ?? []
                if mounts.contains(where: { $0["mountPath"]?.string == path }) { return container }
                mounts.append(["name": .string(volume), "readOnly": true, "mountPath": .string(path)])
                container["volumeMounts"] = .array(mounts)
                isUsed = true
                return container
            })
        guard isUsed else { return }
        let sources: [JSONValue] = [
            ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
            [
                "downwardAPI": [
                    "items": [
                        ["path": "namespace", "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"]]
                    ]
                ]
            ],
        ]
        let projected: JSONValue = ["sources": .array(sources), "defaultMode": 420]
        spec["volumes"] = .array(
            (spec["volumes"]?.array ?? []) + [["name": .string(volume), "projected": projected]])
    }

    private static func qualityOfService(_ pod: KubeObject) -> String {
        let containers = pod["spec", "containers"]?.array ?? []
        let resources = containers.map { ($0["resources", "requests"]?.object, $0["resources", "limits"]?.object) }
        if resources.allSatisfy({ ($0.0?.isEmpty ?? true) && ($0.1?.isEmpty ?? true) }) { return "BestEffort" }
        let isGuaranteed = resources.allSatisfy { requests, limits in
            guard let limits, limits.contains("cpu"), limits.contains("memory") else { return false }
            return requests.map { $0.allSatisfy { limits[$0.key] == $0.value } } ?? true
        }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors = PodTemplateDefaults.validate(object["spec"], field: "spec")
        guard let old, errors.isEmpty else { return errors }
        if Self.comparable(object) != Self.comparable(old) {
            errors.append(
                .forbidden(
                    "spec",
                    detail: "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
                        + "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
                        + "was previously negative)"))
        }
        return errors
    }

    /// The spec without what may change. The node is set once, by the scheduler.
    private static func comparable(_ pod: KubeObject) -> JSONValue {
        var spec = pod.json["spec"] ?? .null
        for list in ["containers", "initContainers"] {
            guard let containers = spec[list]?.array else { continue }
            spec[list] = .array(
                containers.map { container in
                    var container = container
                    container["image"] = nil
                    return container
                })
        }
        for member in ["activeDeadlineSeconds", "tolerations", "nodeName"] { spec[member] = nil }
        return spec
    }
}
