import KubeModel
import WorkflowEngine
import Writes

extension CallDisplay {
    /// A call as people may see it, from when it was asked for.
    init(of call: Call, redactor: Redactor) {
        let requests = call.approval?.requests ?? []
        let shown = call.approval?.shown
        self.init(
            arguments: call.arguments, requests: requests, shownArguments: shown?.arguments ?? call.arguments,
            shownRequests: shown?.requests ?? requests, redactor: redactor)
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
        try (approval?.requests ?? []).map { json throws(ToolFailure) in
            guard let planned = PlannedWrite(json: json) else {
                throw ToolFailure("the approved request of \(id) can't be read by this version")
            }
            return planned
        }
    }

    /// What the dry run said that a request would change, as far as it was kept.
    func plannedChange(at position: Int) -> ChangeRecord? {
        guard let changes = approval?.changes, position < changes.count else { return nil }
        return ChangeRecord(json: changes[position])
    }
}
