import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct PromoteTool: ArgoTool {
    let name = "argo_promote"
    let title = "Promote Argo Rollout"
    let isDestructive = false
    let requests: [ToolRequest]? = [.readsRollouts, .patchesRollouts]
    let description = """
        Propose to let an Argo Rollout go on to its next step; of a blue-green rollout, make the preview active. With full, skip all \
        steps, pauses and analysis.
        """
    let parameters = ToolParameters([
        .rolloutName, .namespace,
        .optional(
            "full", kind: .boolean, default: false,
            description: "Go to the new version at once, without steps and analysis"),
        .optional(
            "skip_current_step", kind: .boolean, default: false,
            description: "Of a canary: go on behind the step where it is"),
        .optional(
            "skip_all_steps", kind: .boolean, default: false, description: "Of a canary: go on behind the last step"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let ways = ["full", "skip_current_step", "skip_all_steps"].filter { arguments.bool($0) }
        guard ways.count < 2 else {
            throw ToolFailure("\(ways.joined(separator: " and ")): only one of them can be true")
        }
        let target = try await context.target(.rollouts, by: arguments)
        let promotion = Promotion(target)
        guard !promotion.summary.isAborted else {
            throw ToolFailure(
                "\(target.text) is aborted: argo_retry_rollout begins again, argo_undo goes back to an earlier revision"
            )
        }
        if let nothing = promotion.nothing {
            return .output("Nothing to do: \(target.text) \(nothing).")
        }
        switch ways.first {
        case "full": return .proposal(promotion.full)
        case .some(let way): return .proposal(try promotion.skip(all: way == "skip_all_steps"))
        case nil:
            guard let proposal = promotion.next else {
                return .output(
                    "Nothing to do: \(target.text) isn't paused and has no step to skip (\(promotion.summary.status.text))."
                )
            }
            return .proposal(proposal)
        }
    }
}

/// The ways to promote a Rollout, by the rules of `kubectl argo rollouts promote`.
private struct Promotion {
    let target: LiveTarget
    let summary: RolloutSummary

    init(_ target: LiveTarget) {
        self.target = target
        summary = RolloutSummary(target.object)
    }

    private var steps: [JSONValue] { summary.status.steps }
    private var position: Int { summary.status.step }

    var nothing: String? {
        guard summary.isFullyPromoted, !summary.isPausedBySpec else { return nil }
        return "is fully promoted already (\(summary.status.text))"
    }

    /// What is promoted already has nothing to skip: then only its pause ends.
    var full: WriteProposal {
        guard !summary.isFullyPromoted else {
            return proposal("Resume \(target.text)", status: nil, risk: target.baseline)
        }
        return proposal(
            "Promote \(target.text) fully", status: ["promoteFull": true], risk: .high,
            warnings: ["all steps, pauses and analysis that are left are skipped"])
    }

    func skip(all: Bool) throws(ToolFailure) -> WriteProposal {
        guard !summary.isBlueGreen, !steps.isEmpty else {
            throw ToolFailure("\(target.text) has no steps to skip: it is a \(summary.strategy) rollout without steps")
        }
        guard position < steps.count else { throw ToolFailure("\(target.text) has done all its steps") }
        let next = all ? steps.count : position + 1
        return proposal(
            "Skip \(all ? "all steps" : "step \(position + 1)") of \(target.text)",
            status: ["currentStepIndex": JSONValue(next)], risk: .high,
            warnings: ["skipped: \(steps[position..<next].map { JSONWriter.string($0) }.joined(separator: ", "))"])
    }

    /// nil where nothing holds it up, and there is no step to go on from.
    var next: WriteProposal? {
        let way = "Promote \(target.text)" + (steps.isEmpty ? "" : " past step \(position + 1) of \(steps.count)")
        let isInconclusive =
            target.object["status", "canary", "currentStepAnalysisRunStatus", "status"]?.string == "Inconclusive"
        let isPaused = !summary.pauseConditions.isEmpty
        if isInconclusive, isPaused, target.object["status", "controllerPause"]?.bool == true {
            return proposal(
                way,
                status: [
                    "pauseConditions": .null, "controllerPause": false, "currentStepIndex": JSONValue(position + 1),
                ],
                risk: target.baseline, warnings: ["the analysis of this step was inconclusive"])
        }
        if isPaused { return proposal(way, status: ["pauseConditions": .null], risk: target.baseline) }
        if !summary.isBlueGreen, position < steps.count {
            let skipped = JSONWriter.string(steps[position])
            return proposal(
                way, status: ["pauseConditions": .null, "currentStepIndex": JSONValue(position + 1)],
                risk: target.baseline,
                warnings: summary.isPausedBySpec ? [] : ["it isn't paused: this skips its step \(skipped)"])
        }
        guard summary.isPausedBySpec else { return nil }
        return proposal("Resume \(target.text)", status: nil, risk: target.baseline)
    }

    /// The status first: the spec alone would let it go on from where it is.
    private func proposal(
        _ text: String, status: JSONValue?, risk: Risk, warnings: [String] = []
    ) -> WriteProposal {
        var requests = status.map { [target.patchStatus($0)] } ?? []
        if summary.isPausedBySpec { requests.append(target.patchSpec(["paused": false])) }
        return WriteProposal(
            summary: "\(text) (\(summary.status.text))", requests: requests, risk: risk, warnings: warnings,
            postConditions: [target.delivery(.rollsOut)])
    }
}
