import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension RedactedCall {
    /// A call as people may see it, from when it was asked for.
    init(of call: Call, redactor: Redactor) {
        let requests = call.approval?.requests ?? []
        let shown = call.approval?.shown
        self.init(
            arguments: call.arguments, requests: requests, shownArguments: shown?.arguments ?? call.arguments,
            shownRequests: shown?.requests ?? requests, redactor: redactor)
    }
}

// What the tools made of an approval, as far as this version can read it. The engine carries it as JSON: digests are over
// every member of it.
extension ApprovalRequest {
    /// nil in place of a request that can't be read.
    var writes: [PlannedWrite?] { requests.map { PlannedWrite(json: $0) } }

    /// What must hold when the write has done what it is for.
    var checks: [PostCondition] { postConditions.compactMap { PostCondition(json: $0) } }

    /// What the dry run said that a request would change, as far as it was kept.
    func change(at position: Int) -> ChangeRecord? {
        changes.indices.contains(position) ? ChangeRecord(json: changes[position]) : nil
    }
}

extension Call {
    /// What is said of its write when all of it was done.
    var doneText: String { approval.map { "done: \($0.summary)" } ?? "done" }

    /// Whether the requests are those that the fingerprint in the approval was made of.
    func matchesFingerprint(_ redactor: Redactor) -> Bool {
        guard let approval, let shown = approval.shown else { return true }
        return redactor.fingerprint(arguments: arguments, requests: approval.requests) == shown.fingerprint
    }

    /// The requests that were asked for.
    func plannedWrites() throws(ToolFailure) -> [PlannedWrite] {
        try (approval?.writes ?? []).map { planned throws(ToolFailure) in
            guard let planned else {
                throw ToolFailure("the approved request of \(id) can't be read by this version")
            }
            return planned
        }
    }

    /// A write of the sequence, aimed at what an earlier step has created where it is about that.
    func plannedStep(_ step: Int) throws(ToolFailure) -> PlannedWrite {
        let writes = try plannedWrites()
        let planned = writes[step]
        guard let creator = planned.creator(among: writes[..<step]), let sequence else { return planned }
        let end = sequence.steps[creator].progress.state
        // What depends on how the other ended has nothing to do where that didn't.
        if case .release(let release) = planned.action, !release.appliesAfter(end) { return planned }
        return planned.aimed(atUID: sequence.steps[creator].progress.uid)
    }

    /// What the steps of its sequence have found out for the model.
    var stepResults: [String] {
        guard let sequence, let writes = try? plannedWrites() else { return [] }
        return zip(writes, sequence.steps).compactMap { write, step in
            write.isResult && step.progress.state == .done ? step.progress.message : nil
        }
    }

    /// What the dry run said that a request would change, as far as it was kept.
    func plannedChange(at position: Int) -> ChangeRecord? { approval?.change(at: position) }
}
