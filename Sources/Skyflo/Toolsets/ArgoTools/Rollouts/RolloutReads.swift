import KubeClient
import KubeModel
import ToolKit
import Writes

struct RolloutListTool: ArgoTool {
    let name = "argo_list_rollouts"
    let title = "List Argo Rollouts"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "List Argo Rollouts with their strategy, status and step."
    let parameters = ToolParameters([.namespace, .allNamespaces, .labelSelector])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let listing = try await context.listing(.rollouts, by: arguments)
        let columns = [
            "NAME", "STRATEGY", "STATUS", "STEP", "SET-WEIGHT", "READY", "DESIRED", "UP-TO-DATE", "AVAILABLE",
        ]
        return context.table(of: listing, columns: columns) { rollout in
            let summary = RolloutSummary(rollout)
            return [
                rollout.name, summary.strategy, summary.status.phase.rawValue, summary.step ?? "-",
                summary.setWeight.map(String.init) ?? "-", "\(summary.count("readyReplicas"))/\(summary.wanted)",
                String(summary.wanted), String(summary.count("updatedReplicas")),
                String(summary.count("availableReplicas")),
            ]
        }
    }
}

struct ArgoRolloutStatusTool: ArgoTool {
    let name = "argo_status"
    let title = "Get Argo Rollout Status"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = """
        Say how far an Argo Rollout is: Healthy, Progressing, Paused or Degraded, why, and what it waits for. Answers at \
        once.
        """
    let parameters = ToolParameters([
        .rolloutName, .namespace,
        .optional(
            "watch", kind: .boolean, default: false,
            description: "Has no effect: the state now is told, nothing is waited for"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        let status = ArgoRolloutStatus(target.object)
        let next = status.phase == .paused ? status.next.map { "\n\($0)" } ?? "" : ""
        return .output(context.redactor.redact(text: status.text + next))
    }
}

struct RolloutDescribeTool: ArgoTool {
    let name = "argo_describe"
    let title = "Describe Argo Rollout"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "Show an Argo Rollout with its strategy, steps, analysis, conditions and recent events."
    let parameters = ToolParameters([.rolloutName, .namespace])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(.rollouts, by: arguments)
        target.object = context.redactor.redact(target.object)
        let summary = RolloutSummary(target.object)
        var outline = Outline()
        summary.write(to: &outline)
        Self.steps(of: summary, to: &outline)
        outline.section("Strategy in full") {
            $0.yaml(target.object["spec", "strategy"] ?? .null)
        }
        for name in ["canary", "blueGreen"] {
            guard let state = target.object["status", name], state.object?.isEmpty == false else { continue }
            outline.section("State of the \(name == "canary" ? "canary" : "blue-green")") { $0.yaml(state) }
        }
        ConditionList.write(target.object, outline: &outline)
        let room = max(context.outputLimit / 3, context.outputLimit - outline.text.utf8.count) - 200
        var events = Outline()
        try await EventList.write(about: target, room: room, in: context, outline: &events)
        let rest = "for all of the object: k8s_get with its name and output yaml"
        let head = OutputLimit.cutMiddle(
            outline.text, to: context.outputLimit - events.text.utf8.count - 1, rest: rest)
        return .output(context.redactor.redact(text: head + events.text))
    }

    private static func steps(of summary: RolloutSummary, to outline: inout Outline) {
        outline.section("Steps") { outline in
            for (position, step) in summary.status.steps.enumerated() {
                let state =
                    position < summary.status.step
                    ? "done" : position == summary.status.step && !summary.isFullyPromoted ? "now" : ""
                let text = "\(position + 1). \(JSONWriter.string(step))"
                outline.line(state.isEmpty ? text : "\(text) (\(state))")
            }
        }
    }
}

struct ArgoRolloutHistoryTool: ArgoTool {
    let name = "argo_history"
    let title = "Get Argo Rollout History"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = """
        List the revisions of an Argo Rollout that are kept, with their images; with revision, show the pod template of one.
        """
    let parameters = ToolParameters([
        .rolloutName, .namespace,
        .optional("revision", kind: .integer(1...1_000_000), description: "Show the pod template of this revision"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        let revisions = try await RolloutRevisions(of: target, context)
        guard let number = arguments.integer("revision") else {
            return .output(list(revisions, of: target, in: context))
        }
        let revision = try revisions.revision(number)
        let template = context.redactor.redact(KubeObject(["kind": "PodTemplate", "template": revision.template]))
        let text = "\(target.text), revision \(number) (\(revision.set.name)):\n"
        return .output(text + YAML.format(template["template"] ?? .null))
    }

    private func list(_ revisions: RolloutRevisions, of target: LiveTarget, in context: ToolContext) -> String {
        guard !revisions.list.isEmpty else {
            return "No revisions found: \(target.text) has no replica set yet."
        }
        let rows = revisions.list.map { revision in
            [
                String(revision.number), revision.set.name, revision.images.joined(separator: ","),
                revision.cause ?? "<none>", revision.roles(in: target.object).joined(separator: ","),
            ]
        }
        let lines = TextColumns.align([["REVISION", "REPLICASET", "IMAGES", "CHANGE-CAUSE", "INFO"]] + rows)
        return context.redactor.redact(text: lines.joined(separator: "\n"))
    }
}
