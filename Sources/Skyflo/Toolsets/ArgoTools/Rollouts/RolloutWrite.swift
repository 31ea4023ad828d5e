import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

extension LiveTarget {
    /// The subresource that the status is written by; nil for definitions from before it had one.
    var statusSubresource: String? { resource.subresources.contains("status") ? "status" : nil }

    func patchStatus(_ status: JSONValue) -> PlannedRequest {
        patch(.merge(["status": status]), subresource: statusSubresource)
    }

    func patchSpec(_ spec: JSONValue) -> PlannedRequest { patch(.merge(["spec": spec])) }

    /// Of a change that isn't known to be worse.
    var baseline: Risk { .baseline(resource, namespace: namespace) }

    func delivery(_ kind: DeliveryGoal.Kind, mark: String? = nil, operation: JSONValue? = nil) -> PostCondition {
        .delivery(subject, DeliveryGoal(kind, mark: mark, operation: operation))
    }
}

/// A tool that sets a switch of a Rollout.
protocol RolloutSwitch: ArgoTool {
    /// - Returns: nil where the Rollout is so already.
    static func proposal(for target: LiveTarget, summary: RolloutSummary) -> WriteProposal?
    static func nothing(about target: LiveTarget, summary: RolloutSummary) -> String
}

extension RolloutSwitch {
    var isDestructive: Bool { false }
    var isIdempotent: Bool { true }
    var requests: [ToolRequest]? { [.readsRollouts, .patchesRollouts] }
    var parameters: ToolParameters { ToolParameters([.rolloutName, .namespace]) }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        let summary = RolloutSummary(target.object)
        guard let proposal = Self.proposal(for: target, summary: summary) else {
            return .output("Nothing to do: \(target.text) \(Self.nothing(about: target, summary: summary)).")
        }
        return .proposal(proposal)
    }
}

struct PauseTool: RolloutSwitch {
    let name = "argo_pause_rollout"
    let title = "Pause Argo Rollout"
    let description = "Propose to stop an Argo Rollout where it is, until argo_resume_rollout or argo_promote."

    static func proposal(for target: LiveTarget, summary: RolloutSummary) -> WriteProposal? {
        guard !summary.isPausedBySpec else { return nil }
        return WriteProposal(
            "Pause \(target.text) (\(summary.status.text))", planned: target.patchSpec(["paused": true]),
            risk: target.baseline == .high ? .high : .low, postConditions: [target.delivery(.paused)])
    }

    static func nothing(about target: LiveTarget, summary: RolloutSummary) -> String { "is paused already" }
}

struct ResumeTool: RolloutSwitch {
    let name = "argo_resume_rollout"
    let title = "Resume Argo Rollout"
    let description = """
        Propose to let a paused Argo Rollout go on: ends a pause by argo_pause_rollout and the pause of the step where it is.
        """

    static func proposal(for target: LiveTarget, summary: RolloutSummary) -> WriteProposal? {
        var requests: [PlannedRequest] = []
        if !summary.pauseConditions.isEmpty { requests.append(target.patchStatus(["pauseConditions": .null])) }
        if summary.isPausedBySpec { requests.append(target.patchSpec(["paused": false])) }
        guard !requests.isEmpty else { return nil }
        let reasons = summary.pauseConditions.compactMap { $0["reason"]?.string }
        let warnings = reasons.isEmpty ? [] : ["it ends the pause of its step too: \(reasons.joined(separator: ", "))"]
        return WriteProposal(
            summary: "Resume \(target.text) (\(summary.status.text))", requests: requests, risk: target.baseline,
            warnings: warnings, postConditions: [target.delivery(.rollsOut)])
    }

    static func nothing(about target: LiveTarget, summary: RolloutSummary) -> String {
        "isn't paused (\(summary.status.text))"
    }
}

struct AbortTool: RolloutSwitch {
    let name = "argo_abort_rollout"
    let title = "Abort Argo Rollout"
    let isDestructive = true
    let description = """
        Propose to stop an Argo Rollout and send all traffic back to its stable version. The new template stays in the spec: see \
        argo_retry_rollout and argo_undo.
        """

    static func proposal(for target: LiveTarget, summary: RolloutSummary) -> WriteProposal? {
        guard !summary.isAborted, !summary.isFullyPromoted else { return nil }
        let stable = summary.stableHash ?? ""
        return WriteProposal(
            "Abort \(target.text) (\(summary.status.text))", planned: target.patchStatus(["abort": true]),
            risk: target.baseline,
            warnings: stable.isEmpty
                ? ["it has no stable version to go back to: its first rollout isn't complete"] : [],
            postConditions: [target.delivery(.aborted)])
    }

    static func nothing(about target: LiveTarget, summary: RolloutSummary) -> String {
        summary.isAborted
            ? "is aborted already"
            : "is fully promoted, so there is no rollout to abort; argo_undo goes back a revision"
    }
}

struct RetryTool: RolloutSwitch {
    let name = "argo_retry_rollout"
    let title = "Retry Argo Rollout"
    let description = "Propose to begin an aborted Argo Rollout again from its first step."

    static func proposal(for target: LiveTarget, summary: RolloutSummary) -> WriteProposal? {
        guard summary.isAborted else { return nil }
        return WriteProposal(
            "Retry \(target.text) (\(summary.status.text))", planned: target.patchStatus(["abort": false]),
            risk: target.baseline, postConditions: [target.delivery(.rollsOut)])
    }

    static func nothing(about target: LiveTarget, summary: RolloutSummary) -> String {
        "isn't aborted (\(summary.status.text))"
    }
}

struct ArgoRolloutRestartTool: ArgoTool {
    let name = "argo_rollout_restart"
    let title = "Restart Argo Rollout"
    let isDestructive = false
    let requests: [ToolRequest]? = [.readsRollouts, .patchesRollouts]
    let description =
        "Propose to replace all pods of an Argo Rollout by new ones, some at a time, without a new revision."
    let parameters = ToolParameters([
        .rolloutName, .namespace,
        .optional("restart_in", kind: .string(.duration), description: "Begin only after this time: 90s, 5m"),
    ])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.rollouts, by: arguments)
        let delay = arguments.string("restart_in").flatMap { Duration.seconds(ofGoText: $0) } ?? 0
        // The time is part of what is approved: sent later or again, it is the same restart.
        let whole = now().microseconds / 1_000_000 * 1_000_000
        let time = KubeTime(microseconds: whole).adding(seconds: Double(delay)).description
        return .proposal(
            WriteProposal(
                "Restart \(target.text)\(delay > 0 ? " at \(time)" : "")",
                planned: target.patchSpec(["restartAt": .string(time)]), risk: target.baseline,
                postConditions: [target.delivery(.restarted, mark: time)]))
    }
}
