import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// What was on its way when its turn went on: a slow roll-out, a long Job.
extension WriteCoordinator {
    /// Looks once at each check that was still running, and tells what has ended. Nobody waits for the others: the
    /// conversation is taken up again, by whichever worker there is then.
    ///
    /// - Parameter stop: who wants nothing to be done any more: then nothing is looked at either.
    /// - Returns: when to look again; nil where nothing is running any more.
    func checkAgain(stop: String?, in store: inout ConversationStore) async throws -> Duration? {
        let running = store.machine.runningChecks
        guard !running.isEmpty else { return nil }
        var ended: [(call: Call, checks: [CheckResult])] = []
        for (call, checks) in running {
            let found = try await look(at: checks, of: call, stop: stop, in: store.conversation)
            let over = found.filter { $0.verdict != .stillRunning || Self.isProgress($0, since: checks, of: call) }
            if !over.isEmpty { ended.append((call, over)) }
        }
        if !ended.isEmpty {
            for (call, checks) in ended { store.log(.checkedAgain(id: call.id, checks)) }
            try await store.flush()
            try await store.writeStatus()
            for (call, checks) in ended { tell(checks, of: call, in: store.conversation) }
        }
        return store.machine.runningChecks.map { pause(since: $0.call) }.min()
    }

    private func look(
        at checks: [CheckResult], of call: Call, stop: String?, in conversation: Conversation
    ) async throws -> [CheckResult] {
        let user = conversation.identity
        func give(up why: String) -> [CheckResult] {
            checks.map { CheckResult(id: $0.id, check: $0.check, verdict: .notChecked, evidence: why) }
        }
        if let stop { return give(up: "not watched any longer: stopped by \(stop)") }
        guard user != operatorUser else {
            return give(up: "not checked: the conversation's ServiceAccount is the operator's own")
        }
        let conditions = (call.approval?.checks ?? []).filter { condition in
            checks.contains { $0.id.map { $0 == condition.id } ?? ($0.check == condition.title) }
        }
        guard conditions.count == checks.count else {
            return give(up: "this version of the operator does not know this check")
        }
        var integrations = IntegrationReader.none
        if conditions.contains(where: { $0.jenkins != nil }) {
            integrations = access.integrations(of: await governing(conversation), in: conversation.namespace)
        }
        let verifier = Verifier(
            api: access.acting(for: Impersonation(user: user)), clock: clock, deadline: clock.uptime,
            since: call.writtenAt ?? call.startedAt, display: RedactedCall(of: call, redactor: redactor),
            integrations: integrations)
        return try await verifier.checkAgain(conditions.map { $0.bound(toResult: call.result) })
    }

    /// The longer it takes, the more seldom.
    private func pause(since call: Call) -> Duration {
        let age = clock.now.seconds(since: call.writtenAt ?? call.startedAt)
        return .milliseconds(Int64(min(60, max(2, age / 10)) * 1000))
    }

    /// Whether a build has come further, which people see in the status.
    private static func isProgress(_ check: CheckResult, since before: [CheckResult], of call: Call) -> Bool {
        guard (call.approval?.checks ?? []).contains(where: { $0.title == check.check && $0.jenkins != nil }) else {
            return false
        }
        return !before.contains { $0.check == check.check && $0.evidence == check.evidence }
    }

    private func tell(_ checks: [CheckResult], of call: Call, in conversation: Conversation) {
        for check in checks where check.verdict != .stillRunning {
            let text = "\(call.id): \(check.line)"
            switch check.verdict {
            case .passed: events.normal(conversation.object, reason: "Verified", message: text)
            case .failed, .timedOut: events.warning(conversation.object, reason: "VerificationFailed", message: text)
            case .notChecked, .stillRunning: events.normal(conversation.object, reason: "NotVerified", message: text)
            }
        }
    }
}
