import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// `k8s_cordon` and `k8s_uncordon`.
struct CordonTool: KubernetesTool {
    /// Whether new pods are to be kept away, or let in again.
    let cordons: Bool

    var name: String { cordons ? "k8s_cordon" : "k8s_uncordon" }
    var title: String { cordons ? "Cordon Kubernetes Node" : "Uncordon Kubernetes Node" }
    var description: String {
        cordons
            ? "Propose to keep new pods away from a node. Those that run there stay: see k8s_drain."
            : "Propose to let new pods onto a node again."
    }
    let isDestructive = false
    let isIdempotent = true
    let requests: [ToolRequest]? = [.read("nodes"), .patch("nodes")]
    let parameters = ToolParameters([.nodeName])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let node = try await context.node(arguments)
        guard Self.isCordoned(node.object) != cordons else {
            return .output("Nothing to do: \(node.text) is \(cordons ? "cordoned already" : "not cordoned").")
        }
        return .proposal(
            WriteProposal(
                "\(cordons ? "Cordon" : "Uncordon") \(node.text)", planned: Self.planned(node, cordons: cordons),
                risk: .high,
                postConditions: [.stored(node.subject)]))
    }

    static func isCordoned(_ node: KubeObject) -> Bool { node["spec", "unschedulable"]?.bool ?? false }

    static func planned(_ node: LiveTarget, cordons: Bool) -> PlannedRequest {
        // null takes the field away, as kubectl does.
        node.patch(.strategic(["spec": ["unschedulable": cordons ? .bool(true) : .null]]))
    }
}

extension ToolParameter {
    static let nodeName = ToolParameter.required(
        "name", aliases: ["node_name"], kind: .string(.objectName), description: "Name of the node", obvious: true)
}

extension ToolContext {
    /// The node that `name` names.
    func node(_ arguments: ToolArguments) async throws -> LiveTarget {
        let match = try await match("nodes")
        let name = try arguments.requiredString("name")
        try Names.check(name, of: match.resource)
        return LiveTarget(
            resource: match.resource, namespace: nil, object: try await object(match, namespace: nil, name: name))
    }
}
