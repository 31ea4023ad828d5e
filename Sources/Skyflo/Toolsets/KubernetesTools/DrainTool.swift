import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct DrainTool: KubernetesTool {
    let name = "k8s_drain"
    let title = "Drain Kubernetes Node"
    let requests: [ToolRequest]? = [
        .read("nodes", "pods", "daemonsets.apps"), .patch("nodes"), .create("pods/eviction"),
    ]
    let description = """
        Propose to cordon a node and evict its pods as far as disruption budgets allow, trying again until the time is over. \
        The node stays cordoned: see k8s_uncordon.
        """
    let parameters = ToolParameters([
        .nodeName,
        .optional(
            "ignore_daemonsets", kind: .boolean, default: true, description: "Leave pods of DaemonSets where they are",
            obvious: true),
        .optional(
            "delete_emptydir_data", kind: .boolean, default: false,
            description: "Also evict pods whose emptyDir data is lost then", obvious: true),
        .optional("force", kind: .boolean, default: false, description: "Also pods without a controller"),
        .gracePeriod,
        .optional(
            "timeout_seconds", kind: .integer(10...3600), default: 600, description: "How long all of it may take",
            obvious: true),
    ])

    /// A person has to read all of them, and a status to hold them.
    static let podLimit = 64

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let node = try await context.node(arguments)
        let plan = try await plan(of: node, arguments, in: context)
        guard plan.obstacles.isEmpty else {
            throw ToolFailure("\(node.text) can't be drained like this:\n- " + plan.obstacles.joined(separator: "\n- "))
        }
        guard plan.evicted.count <= Self.podLimit else {
            throw ToolFailure(
                "\(node.text) has \(plan.evicted.count) pods to evict, more than the \(Self.podLimit) that can be approved "
                    + "at once: cordon it, and move some of them away by other means first")
        }
        let writes = try Self.writes(node, pods: plan.evicted, arguments: arguments)
        guard !writes.isEmpty else {
            return .output("Nothing to do: \(node.text) is cordoned and has no pods to evict.")
        }
        let pods = plan.evicted.count == 1 ? "1 pod" : "\(plan.evicted.count) pods"
        return .proposal(
            WriteProposal(
                summary: "Drain \(node.text): cordon it and evict \(pods)", writes: writes, risk: .high,
                warnings: plan.warnings, postConditions: [.stored(node.subject)]))
    }

    private func plan(
        of node: LiveTarget, _ arguments: ToolArguments, in context: ToolContext
    ) async throws -> DrainPlan {
        let pods = try await context.api.listAll(
            .pods, namespace: nil, options: ListOptions(fieldSelector: "spec.nodeName=\(node.object.name)")
        ).items
        let owned = pods.filter { $0.controller?.kind == "DaemonSet" }
        let daemonSets =
            owned.isEmpty
            ? []
            : try await context.api.listAll(try await context.match("daemonsets.apps").resource, namespace: nil).items
        return DrainPlan(
            pods: pods, daemonSets: Set(daemonSets.map(DrainPlan.text)),
            .init(
                ignoresDaemonSets: arguments.bool("ignore_daemonsets"),
                deletesEmptyDirData: arguments.bool("delete_emptydir_data"), force: arguments.bool("force")))
    }

    /// First the node is cordoned, so that no pod comes back to it; then each pod is evicted for itself.
    private static func writes(
        _ node: LiveTarget, pods: [KubeObject], arguments: ToolArguments
    ) throws -> [PlannedWrite] {
        let seconds = try arguments.requiredInteger("timeout_seconds")
        let cordon = PlannedWrite(
            CordonTool.planned(node, cordons: true),
            step: WriteStep(title: "cordon \(node.text)", stage: 1, deadlineSeconds: seconds))
        let evictions = pods.map { pod in
            let target = LiveTarget(resource: .pods, namespace: pod.namespace, object: pod)
            return PlannedWrite(
                PlannedRequest.eviction(of: target, grace: arguments.integer("grace_period_seconds")),
                step: WriteStep(
                    title: "evict \(target.text)", stage: 2, deadlineSeconds: seconds, isRetried: true,
                    awaits: PostCondition.gone(target.subject, uid: pod.uid).json))
        }
        return (CordonTool.isCordoned(node.object) ? [] : [cordon]) + evictions
    }

}
