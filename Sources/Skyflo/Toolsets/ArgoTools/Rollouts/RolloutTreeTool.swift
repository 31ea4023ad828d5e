import KubeClient
import KubeModel
import ToolKit
import Writes

struct RolloutTreeTool: ArgoTool {
    let name = "argo_get_rollout"
    let title = "Get Argo Rollout Tree"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = """
        Show an Argo Rollout with the tree of its revisions: replica sets, pods, analysis runs and experiments. The first \
        thing to look at when a rollout doesn't go on.
        """
    let parameters = ToolParameters([.rolloutName, .namespace])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        var outline = Outline()
        RolloutSummary(context.redactor.redact(target.object)).write(to: &outline)
        let tree = try await RolloutTree(of: target, context, now: now())
        let rows = TextColumns.align([["NAME", "KIND", "STATUS", "AGE", "INFO"]] + tree.rows)
        let text = ([outline.text] + rows + tree.notes).joined(separator: "\n")
        let rest = "for the pods alone: k8s_get pods with the label selector of the rollout"
        return .output(
            OutputLimit.cutMiddle(context.redactor.redact(text: text), to: context.outputLimit, rest: rest))
    }
}

/// What belongs to a Rollout, by revision, in the form of `kubectl argo rollouts get rollout`.
struct RolloutTree {
    private struct Node {
        var cells: [String]
        var children: [Node] = []
    }

    private(set) var rows: [[String]] = []
    /// What couldn't be read.
    private(set) var notes: [String] = []

    init(of target: LiveTarget, _ context: ToolContext, now: KubeTime) async throws {
        let revisions = try await RolloutRevisions(of: target, context)
        let selector = LabelSelector(podsOf: target.object)
        var notes: [String] = []
        let pods = try await Self.read("pods", in: context, notes: &notes) {
            try await context.api.listAll(
                .pods, namespace: target.namespace, options: ListOptions(labelSelector: selector)
            ).items
        }
        let runs = try await Self.owned(.analysisRuns, by: target, in: context, notes: &notes)
        let experiments = try await Self.owned(.experiments, by: target, in: context, notes: &notes)
        let rollout = target.object
        var root = Node(cells: [
            rollout.name, "Rollout", ArgoRolloutStatus(rollout).phase.rawValue,
            HumanDuration.text(since: rollout.creationTimestamp, now: now), "",
        ])
        for revision in revisions.list.reversed() {
            var node = Node(cells: ["revision:\(revision.number)", "", "", "", ""])
            let own = pods.filter { $0.controller?.uid == revision.set.uid }
            node.children.append(Self.set(revision, pods: own, of: rollout, now: now))
            let others = (runs + experiments).filter {
                $0.annotations[RolloutRevisions.key] == String(revision.number)
                    || ($0.annotations[RolloutRevisions.key] == nil
                        && $0.labels[RolloutRevisions.hashLabel] == revision.hash)
            }
            node.children += others.map { Self.run($0, now: now) }
            root.children.append(node)
        }
        self.notes = notes
        append(root, prefix: "", branch: "")
    }

    private static func read(
        _ what: String, in context: ToolContext, notes: inout [String], body: () async throws -> [KubeObject]
    ) async throws -> [KubeObject] {
        switch try await context.api.readable(body) {
        case .success(let found): return found
        case .failure(let unreadable):
            notes.append("(The \(what) can't be listed: \(unreadable.reason))")
            return []
        }
    }

    private static func owned(
        _ resource: DeliveryResource, by target: LiveTarget, in context: ToolContext, notes: inout [String]
    ) async throws -> [KubeObject] {
        try await read(resource.nouns, in: context, notes: &notes) {
            let match = try await context.match(resource)
            return try await context.api.listAll(match.resource, namespace: target.namespace).items
                .filter { object in object.ownerReferences.contains { $0.uid == target.object.uid } }
        }
    }

    private static let podLimit = 20

    private static func set(
        _ revision: RolloutRevisions.Revision, pods: [KubeObject], of rollout: KubeObject, now: KubeTime
    ) -> Node {
        let set = revision.set
        let wanted = set["spec", "replicas"]?.int ?? 0
        let available = set["status", "availableReplicas"]?.int ?? 0
        let state = wanted == 0 ? "ScaledDown" : available < wanted ? "Progressing" : "Healthy"
        let info = (revision.roles(in: rollout) + ["\(available)/\(wanted) available"]).joined(separator: ",")
        var node = Node(cells: [
            set.name, "ReplicaSet", state, HumanDuration.text(since: set.creationTimestamp, now: now), info,
        ])
        node.children = pods.prefix(podLimit).map { pod in
            let states = pod["status", "containerStatuses"]?.array ?? []
            let ready = states.count { $0["ready"]?.bool == true }
            let restarts = states.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
            let waiting = states.compactMap { $0["state", "waiting", "reason"]?.string }.first
            let phase = pod.isBeingDeleted ? "Terminating" : waiting ?? pod["status", "phase"]?.string ?? "Unknown"
            let info = "ready:\(ready)/\(states.count)" + (restarts > 0 ? ",restarts:\(restarts)" : "")
            return Node(cells: [
                pod.name, "Pod", phase, HumanDuration.text(since: pod.creationTimestamp, now: now), info,
            ])
        }
        if pods.count > podLimit {
            node.children.append(Node(cells: ["… \(pods.count - podLimit) more pods", "", "", "", ""]))
        }
        return node
    }

    private static func run(_ object: KubeObject, now: KubeTime) -> Node {
        let results = object["status", "metricResults"]?.array ?? []
        func total(_ field: String) -> Int { results.reduce(0) { $0 + ($1[field]?.int ?? 0) } }
        let info = results.isEmpty ? "" : "ok:\(total("successful")),failed:\(total("failed")),error:\(total("error"))"
        return Node(cells: [
            object.name, object.kind, object["status", "phase"]?.string ?? "Pending",
            HumanDuration.text(since: object.creationTimestamp, now: now), info,
        ])
    }

    private mutating func append(_ node: Node, prefix: String, branch: String) {
        rows.append([prefix + branch + (node.cells.first ?? "")] + node.cells.dropFirst())
        let inner = prefix + (branch.isEmpty ? "" : branch.hasPrefix("└") ? "   " : "│  ")
        for (position, child) in node.children.enumerated() {
            append(child, prefix: inner, branch: position == node.children.count - 1 ? "└──" : "├──")
        }
    }
}
