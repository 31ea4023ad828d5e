import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct RolloutUndoTool: KubernetesTool {
    let name = "k8s_rollout_undo"
    let title = "Rollback Kubernetes Resource"
    let isDestructive = false
    let requests: [ToolRequest]? = [
        .read(
            "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "controllerrevisions.apps",
            "namespaces"), .patch("deployments.apps", "statefulsets.apps", "daemonsets.apps"),
    ]
    let description = "Propose to put back the pod template of an earlier revision; by default of the one before."
    let parameters = ToolParameters([
        .name, .rolloutType, .namespace,
        .optional(
            "to_revision", kind: .integer(1...1_000_000_000),
            description: "Revision to go back to, as k8s_rollout_history lists them", obvious: true),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        guard target.object["spec", "paused"]?.bool != true else {
            throw ToolFailure("can't roll back \(target.text): its rollout is paused; resume it first")
        }
        let history = try await RevisionHistory(of: target, in: context)
        let annotated = target.object.annotations[ReplicaSetRevision.deploymentKey].flatMap { Int($0) }
        let current = history.current ?? annotated ?? history.revisions.last?.number ?? 0
        let chosen = try Self.choose(
            arguments.integer("to_revision"), before: current, from: history.revisions, target: target)
        guard chosen.stored != target.object["spec", "template"] else {
            return .output("Nothing to do: \(target.text) already has the template of revision \(chosen.number).")
        }
        var rolledBack = target.object
        rolledBack["spec", "template"] = chosen.stored
        let patch: JSONValue = [["op": "replace", "path": "/spec/template", "value": chosen.stored]]
        let isOnDelete = target.object["spec", "updateStrategy", "type"]?.string == "OnDelete"
        return .proposal(
            WriteProposal(
                "Roll back \(target.text) from revision \(current) to revision \(chosen.number)",
                planned: target.patch(.json(patch)), risk: .baseline(target.resource, namespace: target.namespace),
                warnings: isOnDelete ? ["update strategy OnDelete: pods are not replaced until they are deleted"] : [],
                postConditions: target.postConditions(afterChangeTo: rolledBack)))
    }

    private static func choose(
        _ wanted: Int?, before current: Int, from revisions: [RevisionHistory.Revision], target: LiveTarget
    ) throws(ToolFailure) -> RevisionHistory.Revision {
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
