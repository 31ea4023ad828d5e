import Concurrency

/// Runs `work` and gives up on it at `deadline`.
///
/// The HTTP client's own timeout ends with the answer's head; a body that never ends would hold its caller for ever.
/// `work` is cancelled and awaited before this returns.
/// - Throws: `CancellationError` when the calling task is cancelled, `failure` at the deadline, and what `work` throws.
func withDeadline<Result: Sendable>(
    _ deadline: ContinuousClock.Instant, failure: @autoclosure () -> KubeClientError,
    work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let result: Result? = try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Concurrency.sleep(until: deadline)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
    guard let result else { throw failure() }
    return result
}
