import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct EvictTool: KubernetesTool {
    let name = "k8s_evict"
    let title = "Evict Kubernetes Pod"
    let requests: [ToolRequest]? = [.read("pods", "namespaces"), .create("pods/eviction")]
    let description = "Propose to delete one pod as far as its disruption budgets allow, which k8s_delete doesn't ask."
    let parameters = ToolParameters([.podName, .namespace, .gracePeriod])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        try Names.check(name, of: .pods)
        let namespace = arguments.string("namespace") ?? context.namespace
        let object = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        let pod = LiveTarget(resource: .pods, namespace: namespace, object: object)
        guard !object.isBeingDeleted else {
            return .output("Nothing to do: \(pod.text) is being deleted already.")
        }
        guard object.annotations["kubernetes.io/config.mirror"] == nil else {
            throw ToolFailure(
                "\(pod.text) is the mirror of a static pod, which its node runs from a file; it can't be evicted")
        }
        let isSystem = namespace.hasPrefix("kube-")
        return .proposal(
            WriteProposal(
                "Evict \(pod.text)", planned: .eviction(of: pod, grace: arguments.integer("grace_period_seconds")),
                risk: object.controller == nil || isSystem ? .high : .medium, warnings: Self.warnings(object),
                postConditions: [.gone(pod.subject, uid: object.uid)]))
    }

    private static func warnings(_ pod: KubeObject) -> [String] {
        var warnings: [String] = []
        if pod.controller == nil { warnings.append("no controller makes this pod anew") }
        if pod.controller?.kind == "DaemonSet" { warnings.append("its DaemonSet starts it again on the same node") }
        let volumes = pod["spec", "volumes"]?.array ?? []
        if volumes.contains(where: { $0["emptyDir"] != nil }) {
            warnings.append("data in its emptyDir volumes is lost")
        }
        return warnings
    }
}
