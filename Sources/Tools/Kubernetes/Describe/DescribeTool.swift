import KubeClient
import KubeModel

struct DescribeTool: KubernetesTool {
    let onlyReads = true
    let name = "k8s_describe"
    let title = "Describe Kubernetes Resource"
    let description = """
        Show the state of one object with its conditions, its pods and its recent events. The first thing to look at when \
        something doesn't work.
        """
    let parameters = ToolParameters([.name, .resourceType, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(arguments)
        target.object = context.redactor.redact(target.object)
        var outline = Outline()
        var related = Outline()
        Self.header(target.object, &outline)
        switch (target.resource.group, target.resource.plural) {
        case ("", "pods"): PodDescription.write(target.object, &outline)
        case ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"):
            WorkloadDescription.write(target.object, &outline)
            let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
            try await PodList.write(of: target, selector, context, &related)
        case ("", "services"):
            ServiceDescription.write(target.object, &outline)
            let selector = target.object["spec", "selector"].flatMap { LabelSelector(["matchLabels": $0]) }
            try await PodList.write(of: target, selector, context, &related)
        case ("batch", "jobs"):
            JobDescription.write(target.object, &outline)
            let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
            try await PodList.write(of: target, selector, context, &related)
        case ("", "nodes"): NodeDescription.write(target.object, &outline)
        default: Self.generic(target.object, &outline)
        }
        try await EventList.write(about: target, room: context.outputLimit / 3, context, &related)
        let rest = "for all of the object: k8s_get with its name and output yaml"
        let room = context.outputLimit - related.text.utf8.count
        return .output(OutputLimit.cutMiddle(outline.text, to: room - 1, rest: rest).endingLine + related.text)
    }

    private static func header(_ object: KubeObject, _ outline: inout Outline) {
        outline.field("Name", object.name)
        outline.field("Namespace", object.namespace)
        outline.field("Kind", "\(object.kind) (\(object.apiVersion))")
        outline.field("Created", object.creationTimestamp?.description)
        if object.isBeingDeleted {
            outline.field("Terminating since", object.deletionTimestamp?.description)
            outline.field("Finalizers", object.finalizers.joined(separator: ", "))
        }
        outline.field("Controlled by", object.controller.map { "\($0.kind)/\($0.name)" })
        outline.list("Labels", object.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let annotations = object.annotations.filter { $0.key != "kubectl.kubernetes.io/last-applied-configuration" }
        outline.list(
            "Annotations",
            annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\(OutputLimit.shorten($0.value, to: 256))" })
    }

    private static func generic(_ object: KubeObject, _ outline: inout Outline) {
        for (key, value) in object.json.object ?? [:] where !["apiVersion", "kind", "metadata"].contains(key) {
            let title = key.prefix(1).uppercased() + key.dropFirst()
            if value.object == nil, value.array == nil {
                outline.field(title, value)
            } else {
                // A long text in it would take the place of all else.
                outline.section(title) { $0.yaml(Pruning(fields: [], text: 2048).apply(value)) }
            }
        }
    }
}

extension String {
    fileprivate var endingLine: String { hasSuffix("\n") ? self : self + "\n" }
}
