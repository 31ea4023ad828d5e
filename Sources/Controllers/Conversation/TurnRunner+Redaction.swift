import KubeModel
import Tools
import WorkflowEngine

extension TurnRunner {
    var redactor: Redactor { Redactor(key: dependencies.options.redactionKey) }

    /// A call as people may see it, from when it was asked for.
    func display(of call: Call) -> CallDisplay {
        let requests = call.approval?.requests ?? []
        let shown = call.approval?.shown
        return CallDisplay(
            arguments: call.arguments, requests: requests, shownArguments: shown?.arguments ?? call.arguments,
            shownRequests: shown?.requests ?? requests, redactor: redactor)
    }

    /// Whether the requests are those that the fingerprint in the approval was made of.
    func matchesFingerprint(_ call: Call) -> Bool {
        guard let approval = call.approval, let shown = approval.shown else { return true }
        return redactor.fingerprint(arguments: call.arguments, requests: approval.requests) == shown.fingerprint
    }
}
