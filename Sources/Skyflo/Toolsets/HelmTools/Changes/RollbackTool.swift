import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct RollbackTool: HelmChangeTool {
    let name = "helm_rollback"
    let title = "Roll Back Helm Release"
    let description = """
        Propose to bring a release back to what an earlier revision had: its objects, with its hooks, as a new revision. What \
        the newest revision has beyond that is deleted. It also ends what a dead client has left pending.
        """
    let parameters = ToolParameters([
        .releaseName,
        .optional(
            "revision", kind: .integer(1...1_000_000),
            description: "The revision to go back to; by default the one before"),
        .ifRevision,
        .namespace,
        .wait, .timeout, .noHooks, .forceConflicts,
        .historyMax, .description,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let revisions = try await context.revisions(by: arguments)
        let newest = revisions[0]
        try newest.requireNewest(by: arguments)
        let wanted = arguments.integer("revision") ?? newest.revision - 1
        guard let source = revisions.first(where: { $0.revision == wanted }) else {
            let known = revisions.prefix(20).map { String($0.revision) }.joined(separator: ", ")
            throw ToolFailure("release \(newest.name) has no revision \(wanted) to go back to; stored are \(known)")
        }
        let record = try await context.record(of: source)
        let current = source == newest ? record : try await context.record(of: newest)
        var planner = ReleasePlanner(
            context, record: record, head: source,
            options: .init(
                seconds: try arguments.requiredInteger("timeout_seconds"), waits: arguments.bool("wait"),
                takesConflicts: arguments.bool("force_conflicts")))
        let next = newest.revision + 1
        try await planner.prune(
            revisions, to: try arguments.requiredInteger("history_max"),
            // It is told by its number.
            keeping: wanted)
        planner.createRecord(
            revision: next, after: newest, as: .pendingRollback, firstDeployed: current.time("first_deployed"),
            message: arguments.string("description") ?? "Rollback to \(wanted)")
        let (old, new) = (try ReleasePlanner.objects(of: current), try ReleasePlanner.objects(of: record))
        try await planner.findManager(of: old)
        let runsHooks = !arguments.bool("no_hooks")
        if runsHooks { try await planner.run(hooksOf: "pre-rollback") }
        try await planner.change(from: old, to: new)
        if runsHooks { try await planner.run(hooksOf: "post-rollback") }
        try await planner.finish(
            revisions, to: next,
            as: .init(
                pending: .pendingRollback, failure: "Rollback \"\(newest.name)\" failed"))
        if newest.status.hasPrefix("pending-") {
            planner.warnings.insert(
                "revision \(newest.revision) is \(newest.status): if its client still works on it, both write the same objects",
                at: 0)
        }
        planner.warnings.append(
            "stopped half way, the release stays \(ReleaseStatus.pendingRollback.rawValue), which another rollback ends; after a "
                + "failure revision \(next) is marked failed")
        return .proposal(
            planner.proposal(
                "Roll release \(planner.release) back to revision \(wanted) (chart \(record.chart)), as revision \(next)",
                risk: .high))
    }
}
