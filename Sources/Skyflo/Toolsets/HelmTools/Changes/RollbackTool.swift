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
        .namespace,
        .optional(
            "wait", kind: .boolean, default: true, description: "Wait until the objects are ready", obvious: true),
        .timeout, .noHooks,
        .optional(
            "force_conflicts", kind: .boolean, default: false, description: "Take over fields that others own",
            obvious: true),
        .optional(
            "history_max", kind: .integer(0...1000), default: 10,
            description: "Keep so many revisions at most; 0 for all of them", obvious: true),
        .description,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let revisions = try await context.revisions(by: arguments)
        let newest = revisions[0]
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
        planner.createRecord(
            revision: next, firstDeployed: current.time("first_deployed"),
            message: arguments.string("description") ?? "Rollback to \(wanted)")
        try await planner.findManager(of: try Self.objects(of: current))
        let runsHooks = !arguments.bool("no_hooks")
        if runsHooks { try await planner.run(hooksOf: "pre-rollback") }
        try await Self.change(&planner, from: current)
        if runsHooks { try await planner.run(hooksOf: "post-rollback") }
        try await finish(&planner, revisions, to: next, arguments: arguments, in: context)
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

    /// First what is created and changed, then what goes.
    private static func change(_ planner: inout ReleasePlanner, from current: ReleaseRecord) async throws {
        planner.nextStage()
        var wanted: Set<[String]> = []
        var unchanged = 0
        for (part, object) in try objects(of: planner.record).enumerated() {
            guard let place = try await planner.place(of: object) else {
                throw ToolFailure(
                    "revision \(planner.record.revision) has \(object.kind) \(object.name) of \(object.apiVersion), which the API "
                        + "server doesn't serve (any more)")
            }
            guard wanted.insert(place.key).inserted else { continue }
            if try await !planner.bring(object, part: part, at: place) { unchanged += 1 }
        }
        for object in try objects(of: current).reversed() {
            guard let place = try await planner.place(of: object) else {
                planner.warnings.append("\(object.kind) \(object.name) is no longer served, and is left as it is")
                continue
            }
            if wanted.insert(place.key).inserted { _ = try await planner.delete(object, at: place) }
        }
        if unchanged > 0 {
            let verb = unchanged == 1 ? "is" : "are"
            planner.warnings.append("\(unchanged.counted(as: "object")) \(verb) like that already, and not written")
        }
    }

    private static func objects(of record: ReleaseRecord) throws(ToolFailure) -> [KubeObject] {
        try ToolFailure.ofHelm { () throws(HelmError) in try record.objects() }
    }

    /// The records as Helm leaves them.
    private func finish(
        _ planner: inout ReleasePlanner, _ revisions: [ReleaseHead], to next: Int, arguments: ToolArguments,
        in context: ToolContext
    ) async throws {
        planner.nextStage()
        for head in revisions where head.status == ReleaseStatus.deployed.rawValue {
            let digest = ReleaseContent.digest(of: try await context.record(of: head), by: context.redactor)
            planner.mark(head, digest: digest, as: .superseded, from: [head.status])
        }
        var made = planner.head
        made.revision = next
        let digest = planner.digest
        let pending = [ReleaseStatus.pendingRollback.rawValue]
        planner.nextStage()
        planner.mark(made, digest: digest, as: .deployed, from: pending, isNew: true)
        planner.mark(
            made, digest: digest, as: .failed, from: pending, message: "Rollback \"\(made.name)\" failed", isNew: true,
            isOnFailure: true)
        planner.nextStage()
        let most = try arguments.requiredInteger("history_max")
        guard most > 0, revisions.count + 1 > most else { return }
        // Never the one that was brought back: it is told by its number.
        let spare = revisions.dropFirst().filter { $0.revision != planner.head.revision }
        for head in spare.suffix(revisions.count + 1 - most).reversed() { planner.deleteRecord(head) }
    }
}
