/// Runs `work` and gives up on it when `end` returns.
///
/// `work` is cancelled and awaited before this returns.
/// - Returns: nil where it was given up.
/// - Throws: `CancellationError` when the calling task is cancelled, and what `work` throws.
public func result<Result: Sendable>(
    of work: @escaping @Sendable () async throws -> Result, before end: @escaping @Sendable () async throws -> Void
) async throws -> Result? {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await end()
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}

/// Runs `work` and gives up on it at `deadline`, as ``result(of:before:)`` does.
///
/// - Returns: nil where it was given up.
public func withDeadline<Result: Sendable>(
    _ deadline: ContinuousClock.Instant, work: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    try await result(of: work, before: { try await sleep(until: deadline) })
}

/// Runs `work` and gives up on it at `deadline`, as ``result(of:before:)`` does.
///
/// - Throws: `failure` where it was given up.
public func withDeadline<Result: Sendable>(
    _ deadline: ContinuousClock.Instant, failure: @autoclosure () -> any Error,
    work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    guard let result = try await withDeadline(deadline, work: work) else { throw failure() }
    return result
}
