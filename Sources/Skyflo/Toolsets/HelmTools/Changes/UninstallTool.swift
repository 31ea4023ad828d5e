import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct UninstallTool: HelmChangeTool {
    let name = "helm_uninstall"
    let title = "Uninstall Helm Release"
    let description = """
        Propose to delete the objects of a release, with its hooks, and its history. With keep_history that stays, and \
        helm_rollback can bring the release back.
        """
    let parameters = ToolParameters([
        .releaseName, .namespace,
        .optional(
            "keep_history", kind: .boolean, default: false, description: "Keep the records, marked uninstalled",
            obvious: true),
        .optional(
            "wait", kind: .boolean, default: false, description: "Wait until the objects are gone", obvious: true),
        .timeout, .noHooks, .ifRevision, .description,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let revisions = try await context.revisions(by: arguments)
        let newest = revisions[0]
        try newest.requireNewest(by: arguments)
        let keepsHistory = arguments.bool("keep_history")
        let record = try await context.record(of: newest)
        var planner = ReleasePlanner(
            context, record: record, head: newest,
            options: .init(seconds: try arguments.requiredInteger("timeout_seconds"), waits: arguments.bool("wait")))
        let isUninstalled = newest.status == ReleaseStatus.uninstalled.rawValue
        if isUninstalled, keepsHistory {
            throw ToolFailure("release \(planner.release) is uninstalled already, and its history is kept")
        }
        if !isUninstalled { try await takeAway(&planner, noHooks: arguments.bool("no_hooks")) }
        planner.nextStage()
        if keepsHistory {
            try await mark(&planner, revisions, message: arguments.string("description"), in: context)
        } else {
            for head in revisions.reversed() { planner.deleteRecord(head) }
        }
        if newest.status.hasPrefix("pending-") {
            planner.warnings.insert(
                "revision \(newest.revision) is \(newest.status): if its client still works on it, objects may come back",
                at: 0)
        }
        planner.warnings.append(
            "stopped half way, or after a failure, the release stays uninstalling; helm_uninstall goes on with it")
        let history = keepsHistory ? "; its history is kept" : " and delete its history"
        return .proposal(
            planner.proposal(
                "Uninstall release \(planner.release) (chart \(record.chart), revision \(newest.revision))\(history)",
                risk: .high))
    }

    private func takeAway(_ planner: inout ReleasePlanner, noHooks: Bool) async throws {
        let record = planner.record
        let objects = try ToolFailure.ofHelm { () throws(HelmError) in try record.uninstallOrder() }
        try await planner.findManager(of: objects.map(\.object))
        if !noHooks { try await planner.run(hooksOf: "pre-delete") }
        planner.nextStage()
        if planner.head.status != ReleaseStatus.uninstalling.rawValue {
            planner.mark(
                planner.head, digest: planner.digest, as: .uninstalling, from: [planner.head.status],
                message: "Deletion in progress (or silently failed)")
        }
        planner.nextStage()
        var seen: Set<[String]> = []
        for (object, isKept) in objects {
            if isKept {
                planner.warnings.append("\(object.kind) \(object.name) stays: helm.sh/resource-policy keeps it")
                continue
            }
            guard let place = try await planner.place(of: object) else {
                planner.warnings.append("\(object.kind) \(object.name) is no longer served, and is left as it is")
                continue
            }
            if seen.insert(place.key).inserted { _ = try await planner.delete(object, at: place) }
        }
        if !noHooks { try await planner.run(hooksOf: "post-delete") }
    }

    private func mark(
        _ planner: inout ReleasePlanner, _ revisions: [ReleaseHead], message: String?, in context: ToolContext
    ) async throws {
        planner.markUninstalled(message: message ?? "Uninstallation complete")
        for head in revisions.dropFirst() where head.status == ReleaseStatus.deployed.rawValue {
            let digest = ReleaseContent.digest(of: try await context.record(of: head), by: context.redactor)
            planner.mark(head, digest: digest, as: .superseded, from: [head.status])
        }
    }
}

extension ReleasePlanner {
    fileprivate mutating func markUninstalled(message: String) {
        mark(
            head, digest: digest, as: .uninstalled, from: [ReleaseStatus.uninstalling.rawValue],
            message: message)
    }
}
