import KubeClient
import KubeModel
import ToolKit
import Writes

struct DescribeTool: KubernetesTool {
    let onlyReads = true
    let name = "k8s_describe"
    let title = "Describe Kubernetes Resource"
    let requests: [ToolRequest]? = [.read("*")]
    let description =
        "Show one object's state, conditions, pods and recent events: look here first when something fails."
    let parameters = ToolParameters([.resourceType, .name, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(arguments)
        let sizes = SecretSizes(target.object)
        target.object = context.redactor.redact(target.object)
        var related = Outline()
        try await Self.related(to: target, in: context, outline: &related)
        let limit = context.outputLimit
        // Long texts are only shortened where the whole doesn't fit with a third of the room for what belongs to it.
        let texts = [Int.max, 2048, 512].lazy.map { Self.text(of: target, sizes: sizes, longest: $0) }
        let whole = texts.first { $0.utf8.count <= limit * 2 / 3 } ?? Self.text(of: target, sizes: sizes, longest: 512)
        let room = max(limit / 3, limit - whole.utf8.count) - related.text.utf8.count
        try await EventList.write(about: target, room: room - 200, in: context, outline: &related)
        let rest = "for all of the object: k8s_get with its name and output yaml"
        let text = OutputLimit.cutMiddle(whole, to: limit - related.text.utf8.count - 1, rest: rest)
        return .output((text.hasSuffix("\n") ? text : text + "\n") + related.text)
    }

    /// The object itself.
    private static func text(of target: LiveTarget, sizes: SecretSizes, longest: Int) -> String {
        var outline = Outline()
        let (object, resource) = (target.object, target.resource)
        header(object, outline: &outline)
        let isDescribed =
            switch resource.group {
            case "": core(object, plural: resource.plural, sizes: sizes, longest: longest, outline: &outline)
            default: grouped(object, resource: resource, outline: &outline)
            }
        if !isDescribed { generic(object, longest: longest, outline: &outline) }
        return outline.text
    }

    /// - Returns: whether this is a kind of the core group that has a description of its own.
    private static func core(
        _ object: KubeObject, plural: String, sizes: SecretSizes, longest: Int, outline: inout Outline
    ) -> Bool {
        switch plural {
        case "pods": PodDescription.write(object, outline: &outline)
        case "services": ServiceDescription.write(object, outline: &outline)
        case "nodes": NodeDescription.write(object, outline: &outline)
        case "namespaces": ConfigDescription.namespace(object, outline: &outline)
        case "configmaps": ConfigDescription.configMap(object, longest: longest, outline: &outline)
        case "secrets": ConfigDescription.secret(object, sizes: sizes, outline: &outline)
        case "serviceaccounts": ConfigDescription.serviceAccount(object, outline: &outline)
        case "persistentvolumes": StorageDescription.volume(object, outline: &outline)
        case "persistentvolumeclaims": StorageDescription.claim(object, outline: &outline)
        case "resourcequotas": PolicyDescription.quota(object, outline: &outline)
        case "limitranges": PolicyDescription.limitRange(object, outline: &outline)
        case "endpoints": NetworkDescription.endpoints(object, outline: &outline)
        default: return false
        }
        return true
    }

    private static func grouped(_ object: KubeObject, resource: APIResource, outline: inout Outline) -> Bool {
        switch (resource.group, resource.plural) {
        case ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"):
            WorkloadDescription.write(object, outline: &outline)
        case ("batch", "jobs"): JobDescription.write(object, outline: &outline)
        case ("batch", "cronjobs"): CronJobDescription.write(object, outline: &outline)
        case ("autoscaling", "horizontalpodautoscalers"): PolicyDescription.autoscaler(object, outline: &outline)
        case ("policy", "poddisruptionbudgets"): PolicyDescription.disruptionBudget(object, outline: &outline)
        case ("storage.k8s.io", "storageclasses"): StorageDescription.storageClass(object, outline: &outline)
        case ("networking.k8s.io", "ingresses"): NetworkDescription.ingress(object, outline: &outline)
        case ("networking.k8s.io", "networkpolicies"): NetworkDescription.policy(object, outline: &outline)
        case ("discovery.k8s.io", "endpointslices"): NetworkDescription.endpointSlice(object, outline: &outline)
        case ("rbac.authorization.k8s.io", "roles"), ("rbac.authorization.k8s.io", "clusterroles"):
            AccessDescription.role(object, outline: &outline)
        case ("rbac.authorization.k8s.io", "rolebindings"), ("rbac.authorization.k8s.io", "clusterrolebindings"):
            AccessDescription.binding(object, outline: &outline)
        default: return false
        }
        return true
    }

    private static func related(
        to target: LiveTarget, in context: ToolContext, outline: inout Outline
    ) async throws {
        switch (target.resource.group, target.resource.plural) {
        case ("apps", "deployments"):
            try await RelatedObjects.replicaSets(of: target, in: context, outline: &outline)
        case ("", "services"): try await RelatedObjects.endpoints(of: target, in: context, outline: &outline)
        case ("", "persistentvolumeclaims"):
            try await RelatedObjects.users(ofClaim: target, in: context, outline: &outline)
        case ("", "namespaces"):
            try await RelatedObjects.limits(ofNamespace: target.object.name, in: context, outline: &outline)
        case ("", "serviceaccounts"):
            try await RelatedObjects.secrets(ofAccount: target, in: context, outline: &outline)
        case ("networking.k8s.io", "ingresses"):
            try await RelatedObjects.backends(ofIngress: target, in: context, outline: &outline)
        case ("", "nodes"): try await NodeDescription.related(to: target.object, in: context, outline: &outline)
        default: break
        }
        let selector = target.object["spec", "selector"]
        switch (target.resource.group, target.resource.plural) {
        case ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"),
            ("batch", "jobs"):
            try await PodList.write(
                of: target, selector: selector.flatMap { LabelSelector($0) }, in: context, outline: &outline)
        case ("", "services"):
            let selector = selector.flatMap { LabelSelector(["matchLabels": $0]) }
            try await PodList.write(of: target, selector: selector, in: context, outline: &outline)
        default: break
        }
    }

    private static func header(_ object: KubeObject, outline: inout Outline) {
        outline.field("Name", value: object.name)
        outline.field("Namespace", value: object.namespace)
        outline.field("Kind", value: "\(object.kind) (\(object.apiVersion))")
        outline.field("Created", value: object.creationTimestamp?.description)
        if object.isBeingDeleted {
            outline.field("Terminating since", value: object.deletionTimestamp?.description)
        }
        outline.field("Finalizers", value: object.finalizers.joined(separator: ", "))
        outline.field("Controlled by", value: object.controller.map { "\($0.kind)/\($0.name)" })
        outline.list("Labels", values: object.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let annotations = object.annotations.filter { $0.key != "kubectl.kubernetes.io/last-applied-configuration" }
        outline.list(
            "Annotations",
            values: annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\(OutputLimit.shorten($0.value, to: 256))" }
        )
    }

    private static func generic(_ object: KubeObject, longest: Int, outline: inout Outline) {
        for (key, value) in object.json.object ?? [:] where !["apiVersion", "kind", "metadata"].contains(key) {
            let title = key.prefix(1).uppercased() + key.dropFirst()
            if value.object == nil, value.array == nil {
                outline.field(title, value: value)
            } else {
                outline.section(title) { $0.yaml(Pruning(fields: [], text: longest).apply(value)) }
            }
        }
    }
}
