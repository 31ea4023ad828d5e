import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct RolloutUndoTool: KubernetesTool {
    let name = "k8s_rollout_undo"
    let title = "Rollback Kubernetes Deployment"
    let description = """
        Put back the pod template of an earlier revision of a deployment; without to_revision, of the one before.
        """
    let parameters = ToolParameters([
        .name, .namespace,
        .optional(
            "to_revision", kind: .integer(1...1_000_000),
            description: "Revision to go back to, as in the deployment's replica sets"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .deployments)
        let namespace = arguments.string("namespace") ?? context.namespace
        let object = try await context.object(ResourceMatch(.deployments), namespace: namespace, name: name)
        let target = LiveTarget(resource: .deployments, namespace: namespace, object: object)
        guard object["spec", "paused"]?.bool != true else {
            throw ToolFailure("can't roll back \(target.text): its rollout is paused; resume it first")
        }
        let revisions = try await revisions(of: target, context)
        let current = Self.revision(of: object) ?? revisions.last?.number ?? 0
        let chosen = try Self.choose(arguments.integer("to_revision"), before: current, from: revisions, target: target)
        guard chosen.template != object["spec", "template"] else {
            return .output("Nothing to do: \(target.text) already has the template of revision \(chosen.number).")
        }
        var rolledBack = object
        rolledBack["spec", "template"] = chosen.template
        let patch: JSONValue = [["op": "replace", "path": "/spec/template", "value": chosen.template]]
        return .proposal(
            WriteProposal(
                "Roll back \(target.text) from revision \(current) to revision \(chosen.number)",
                planned: target.patch(.json(patch)), risk: .baseline(.deployments, namespace: namespace),
                postConditions: target.postConditions(afterChangeTo: rolledBack)))
    }

    private static func revision(of object: KubeObject) -> Int? {
        object.annotations[ReplicaSetRevision.deploymentKey].flatMap { Int($0) }
    }

    /// In ascending order. A Deployment keeps its history in the ReplicaSets that it controls.
    private func revisions(of target: LiveTarget, _ context: ToolContext) async throws -> [ReplicaSetRevision] {
        let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
        let sets = try await context.api.list(
            .replicaSets, namespace: target.namespace, options: ListOptions(labelSelector: selector, limit: 500)
        ).items
        return ReplicaSetRevision.all(in: sets, ofDeployment: target.object)
    }

    private static func choose(
        _ wanted: Int?, before current: Int, from revisions: [ReplicaSetRevision], target: LiveTarget
    ) throws(ToolFailure) -> ReplicaSetRevision {
        let known = revisions.map { String($0.number) }.joined(separator: ", ")
        if let wanted {
            guard let found = revisions.first(where: { $0.number == wanted }) else {
                throw ToolFailure(
                    "\(target.text) has no revision \(wanted); its revisions are: \(known.isEmpty ? "none" : known)")
            }
            return found
        }
        guard let previous = revisions.last(where: { $0.number < current }) else {
            throw ToolFailure("\(target.text) has no revision before \(current)")
        }
        return previous
    }
}
