import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct ScaleTool: KubernetesTool {
    let name = "k8s_scale"
    let title = "Scale Kubernetes Resource"
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("*"), ToolRequest(["get", "patch"], of: ["*/scale"])]
    let description = "Propose to set the number of replicas of a workload, or of anything else with a scale."
    let parameters = ToolParameters([
        .resourceType, .name,
        .required("replicas", kind: .integer(0...10_000), description: "Number of replicas", obvious: true), .namespace,
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let replicas = try arguments.requiredInteger("replicas")
        var target = try await context.target(arguments)
        guard target.resource.subresources.contains("scale") else {
            throw ToolFailure("\(target.resource.qualifiedName) cannot be scaled: it has no scale subresource")
        }
        var scale: KubeObject?
        if !Self.keepsReplicasInSpec(target.resource) {
            scale = try await context.api.get(
                target.resource, namespace: target.namespace, name: target.object.name, subresource: "scale")
        }
        let current = (scale ?? target.object)["spec", "replicas"]?.int ?? 0
        guard current != replicas else {
            return .output("Nothing to do: \(target.text) already has \(replicas.counted(as: "replica")).")
        }
        let text = target.text
        let subject = target.subject
        let podsGone = replicas == 0 ? PodTemplate.podsGone(with: target) : []
        // A kind may keep its number elsewhere than in spec.replicas; then the Scale itself shows what changes.
        if let scale, target.object["spec", "replicas"]?.int != current { target.object = scale }
        let planned = target.patch(.merge(["spec": ["replicas": JSONValue(replicas)]]), subresource: "scale")
        return .proposal(
            WriteProposal(
                "Scale \(text) from \(current) to \(replicas.counted(as: "replica"))", planned: planned,
                risk: replicas == 0 ? .high : replicas < current ? .medium : .low,
                postConditions: [.replicas(subject, count: replicas)] + podsGone))
    }

    /// Of these the scale says nothing that the object doesn't.
    private static func keepsReplicasInSpec(_ resource: APIResource) -> Bool {
        resource.group == "apps" && ["deployments", "replicasets", "statefulsets"].contains(resource.plural)
            || resource.group.isEmpty && resource.plural == "replicationcontrollers"
    }
}
