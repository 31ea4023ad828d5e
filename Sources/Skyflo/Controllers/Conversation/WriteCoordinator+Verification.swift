import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension WriteCoordinator {
    /// Watches the post-conditions of a write until they hold, can't hold any more, or time is over.
    func verify(
        _ id: String, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws {
        guard let call = store.machine.call(id) else { return }
        let conditions = (call.approval?.checks ?? []).map { $0.bound(toResult: call.result) }
        var verifier = Verifier(
            api: access.acting(for: references.identity), clock: clock, deadline: clock.uptime + verificationTimeout,
            since: call.writtenAt ?? call.startedAt, display: RedactedCall(of: call, redactor: redactor),
            integrations: access.integrations(of: references.skyfloAI, in: store.conversation.namespace))
        verifier.telling = store.telling(of: call)
        let outcome = try await stopWatcher.run(for: store, governedBy: references.skyfloAI) { [verifier] in
            try await verifier.check(conditions)
        }
        // What was done is done: where the watch was cancelled the turn ends with it unverified, and says so.
        guard let checks = try await store.valueOrRefresh(outcome) else { return }
        store.log(.verified(id: id, checks))
    }
}
