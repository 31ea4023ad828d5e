import KubeClient
import KubeModel
import Tools
import WorkflowEngine

extension TurnRunner {
    /// How often a target may move between its dry run and the write.
    private static let refreshes = 5

    /// Sends an approved request under the version that its target has by now, where only the target's status has moved.
    ///
    /// Time passes meanwhile: whether the call may still be written is looked at again right before each attempt.
    /// - Returns: what came of it; nil where nothing was sent, because the request is stale.
    /// - Throws: ``NoLongerApproved``.
    mutating func sendRefreshed(
        _ planned: PlannedRequest, of call: Call, api: ImpersonatingAPI
    ) async throws -> ExecutionResult? {
        let reader = ReadOnlyAPI(api)
        for _ in 0..<Self.refreshes {
            guard
                case .same(let moved) = try await WriteExecutor.refresh(planned, api: reader, redactor: redactor)
            else { return nil }
            try await readAgain()
            try await recheck(call)
            let result = await WriteExecutor.execute(moved, api: api)
            guard case .stale = result else { return result }
        }
        return nil
    }
}
