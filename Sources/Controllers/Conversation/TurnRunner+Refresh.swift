import KubeClient
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension TurnRunner {
    /// How often a target may move between its dry run and the write.
    private static let refreshes = 5

    /// Sends an approved write under the version that its target has by now, where only the target's status has moved.
    ///
    /// Time passes meanwhile: whether the call may still be written is looked at again right before each attempt.
    /// - Returns: what came of it; nil where nothing was sent, because the write is stale.
    /// - Throws: ``NoLongerApproved``.
    mutating func sendRefreshed(
        _ planned: PlannedWrite, of call: Call, api: ImpersonatingAPI
    ) async throws -> WriteOutcome? {
        for _ in 0..<Self.refreshes {
            guard let moved = try await planned.refresh(api: ReadOnlyAPI(api), redactor: redactor) else { return nil }
            try await readAgain()
            try await recheck(call)
            let outcome = await moved.execute(api: api, redactor: redactor)
            guard case .stale = outcome else { return outcome }
        }
        return nil
    }
}
