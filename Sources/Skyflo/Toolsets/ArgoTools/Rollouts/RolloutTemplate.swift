import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// The object that has the pod template of a Rollout: itself, or the workload that its `workloadRef` names.
struct RolloutTemplate {
    let rollout: LiveTarget
    let holder: LiveTarget
    /// Where the template is in it.
    let path: [String]

    /// - Throws: ``ToolFailure`` where the workload is of a kind that is unknown, or missing.
    init(of rollout: LiveTarget, _ context: ToolContext) async throws {
        self.rollout = rollout
        guard let reference = rollout.object["spec", "workloadRef"] else {
            (holder, path) = (rollout, ["spec", "template"])
            return
        }
        let (kind, name) = (reference["kind"]?.string ?? "", reference["name"]?.string ?? "")
        let known = ["Deployment": "deployments.apps", "ReplicaSet": "replicasets.apps", "PodTemplate": "podtemplates"]
        guard let type = known[kind] else {
            throw ToolFailure("\(rollout.text) has its pod template from a \(kind), which can't be changed here")
        }
        let match: ResourceMatch = try await context.match(type)
        let object = try await context.object(match, namespace: rollout.namespace, name: name)
        holder = LiveTarget(resource: match.resource, namespace: rollout.namespace, object: object)
        path = kind == "PodTemplate" ? ["template"] : ["spec", "template"]
    }

    var template: JSONValue? { holder.object.json[path: path] }
    var isOwn: Bool { holder.resource.isSame(as: rollout.resource) }

    /// A proposal that changes the template and nothing else.
    /// - Parameter operations: with paths inside of the template.
    func proposal(
        _ summary: String, operations: [(operation: String, path: String, value: JSONValue)], warnings: [String] = []
    ) -> WriteProposal {
        let root = "/" + path.joined(separator: "/")
        let patch = operations.map { one -> JSONValue in
            ["op": .string(one.operation), "path": .string(root + one.path), "value": one.value]
        }
        let note = isOwn ? [] : ["the pod template is that of \(holder.text), which \(rollout.text) follows"]
        return WriteProposal(
            summary, planned: holder.patch(.json(.array(patch))), risk: rollout.baseline, warnings: note + warnings,
            postConditions: [rollout.delivery(.rollsOut, mark: isOwn ? nil : String(holder.object.generation + 1))])
    }

    /// What keeps a new template from rolling out at once.
    var standstill: [String] {
        RolloutSummary(rollout.object).isPausedBySpec
            ? ["the rollout is paused: nothing rolls out until it is resumed"] : []
    }
}
