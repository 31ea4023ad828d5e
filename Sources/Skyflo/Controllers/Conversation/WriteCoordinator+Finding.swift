import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension WriteCoordinator {
    /// Looks what became of the writes of a begun call.
    /// - Returns: `.notDone` where the next write didn't happen; with the uids of what was written before.
    func find(
        _ call: Call, api: ReadOnlyAPI, integrations: IntegrationReader
    ) async throws -> (outcome: WriteOutcome, uids: [String]) {
        var uids: [String] = []
        let writes: [PlannedWrite]
        do {
            writes = try call.plannedWrites()
        } catch {
            return (.unknown(error.message), uids)
        }
        var text = "done (found out after an interruption)"
        for (position, planned) in writes.enumerated() {
            let outcome = try await observe(
                planned, of: call, at: position, api: api, integrations: integrations)
            guard case .applied(let result, let uid) = outcome else { return (outcome, uids) }
            // By what it says the effect is watched: which build it became.
            if planned.request == nil { text += ": \(result)" }
            uids.append(uid)
        }
        return (.applied(text), uids)
    }

    /// Who may not look any more finds nothing out by trying again: the turn would hang, and obey no stop.
    func observe(
        _ planned: PlannedWrite, of call: Call, at position: Int, api: ReadOnlyAPI,
        integrations: IntegrationReader = .none
    ) async throws -> WriteOutcome {
        do {
            return try await planned.recover(
                change: call.plannedChange(at: position), api: api, integrations: integrations, redactor: redactor)
        } catch let denied as PermissionDenied {
            return .unknown("\(api.identity.user) may no longer read \(planned.target.text): \(denied.message)")
        } catch let status as APIStatus where status.code == 401 {
            return .unknown("\(api.identity.user) may no longer read \(planned.target.text): \(status.message)")
        }
    }
}
