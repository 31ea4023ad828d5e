import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct AutoscaleTool: KubernetesTool {
    let name = "k8s_autoscale"
    let title = "Autoscale Kubernetes Workload"
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), .create("horizontalpodautoscalers.autoscaling")]
    let description = "Propose a HorizontalPodAutoscaler for a workload; by default for 80 percent of the CPU requests."
    let parameters = ToolParameters([
        .resourceType, .name, .namespace,
        .optional(
            "min", kind: .integer(1...10_000), default: 1, description: "Least number of replicas", obvious: true),
        .required("max", kind: .integer(1...10_000), description: "Greatest number of replicas", obvious: true),
        .optional(
            "cpu_percent", kind: .integer(1...1000), description: "Target, in percent of what the pods request",
            obvious: true),
        .optional(
            "memory_percent", kind: .integer(1...1000), description: "Target, in percent of what the pods request",
            obvious: true),
    ])

    private static let defaultCPUPercent = 80

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let (least, most) = (try arguments.requiredInteger("min"), try arguments.requiredInteger("max"))
        guard least <= most else { throw ToolFailure("max: \(most) is less than min, which is \(least)") }
        let target = try await context.target(arguments)
        guard target.resource.subresources.contains("scale") else {
            throw ToolFailure(
                "kind: \(target.resource.qualifiedName) can't be autoscaled: there is no scale subresource")
        }
        if let other = try await autoscaler(of: target, context) {
            throw ToolFailure(
                "\(target.text) is scaled by horizontalpodautoscaler \(other.name) already (\(Self.range(of: other))): "
                    + "change that one, by k8s_patch")
        }
        var metrics = [("cpu", arguments.integer("cpu_percent")), ("memory", arguments.integer("memory_percent"))]
            .compactMap { name, percent in percent.map { (name: name, percent: $0) } }
        if metrics.isEmpty { metrics = [("cpu", Self.defaultCPUPercent)] }
        let autoscaler = Self.autoscaler(of: target, from: least, to: most, metrics: metrics)
        let planned = try await context.creation(of: autoscaler, in: .autoscalers, parameter: "name")
        let texts = metrics.map { "\($0.percent) % \($0.name)" }.joined(separator: " and ")
        return .proposal(
            WriteProposal(
                "Autoscale \(target.text) from \(least) to \(most) replicas, at \(texts)", planned: planned,
                risk: .baseline(target.resource, namespace: target.namespace),
                warnings: Self.warnings(target, from: least, to: most, metrics: metrics.map(\.name)),
                postConditions: [
                    .exists(
                        PostCondition.Subject(
                            resource: .autoscalers, namespace: target.namespace, name: autoscaler.name))
                ]))
    }

    /// Two of them would work against each other.
    private func autoscaler(of target: LiveTarget, _ context: ToolContext) async throws -> KubeObject? {
        try await context.api.listAll(.autoscalers, namespace: target.namespace).items.first { autoscaler in
            let reference = autoscaler["spec", "scaleTargetRef"]
            let version = KubeObject(["apiVersion": reference?["apiVersion"] ?? "v1"]).groupVersion
            return reference?["kind"]?.string == target.resource.kind
                && reference?["name"]?.string == target.object.name && version?.group == target.resource.group
        }
    }

    private static func range(of autoscaler: KubeObject) -> String {
        "\(autoscaler["spec", "minReplicas"]?.int ?? 1) to \(autoscaler["spec", "maxReplicas"]?.int ?? 0) replicas"
    }

    private static func autoscaler(
        of target: LiveTarget, from least: Int, to most: Int, metrics: [(name: String, percent: Int)]
    ) -> KubeObject {
        KubeObject([
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": .compact([
                "name": .string(target.object.name), "namespace": target.namespace.map(JSONValue.string),
            ]),
            "spec": [
                "scaleTargetRef": [
                    "apiVersion": .string(target.resource.apiVersion), "kind": .string(target.resource.kind),
                    "name": .string(target.object.name),
                ],
                "minReplicas": JSONValue(least), "maxReplicas": JSONValue(most),
                "metrics": .array(
                    metrics.map { metric in
                        [
                            "type": "Resource",
                            "resource": [
                                "name": .string(metric.name),
                                "target": ["type": "Utilization", "averageUtilization": JSONValue(metric.percent)],
                            ],
                        ]
                    }),
            ],
        ])
    }

    private static func warnings(
        _ target: LiveTarget, from least: Int, to most: Int, metrics: [String]
    ) -> [String] {
        var warnings: [String] = []
        if let count = target.object["spec", "replicas"]?.int, !(least...most).contains(count) {
            warnings.append("it has \(count) replicas now, and is brought between \(least) and \(most) at once")
        }
        let path = PodTemplate.path(in: target.resource).map { $0 + ["spec", "containers"] }
        for container in path.flatMap({ target.object.json[path: $0]?.array }) ?? [] {
            let resources = container["resources"]
            let missing = metrics.filter { resources?["requests", $0] == nil && resources?["limits", $0] == nil }
            guard !missing.isEmpty else { continue }
            warnings.append(
                "container \(container["name"]?.string ?? "") requests no \(missing.joined(separator: " and no ")): without "
                    + "that its use has no percentage, and nothing is scaled by it")
        }
        return warnings
    }
}
