/// Runs `background` while `body` runs, and cancels it then.
/// - Throws: what `body` throws, or else what one of `background` threw other than `CancellationError`.
public func running<Result: Sendable>(
    _ background: [@Sendable () async throws -> Void], body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for task in background { group.addTask { try await task() } }
        let result: Result
        do {
            result = try await body()
        } catch {
            group.cancelAll()
            throw error
        }
        group.cancelAll()
        while let end = await group.nextResult() {
            if case .failure(let error) = end, !(error is CancellationError) { throw error }
        }
        return result
    }
}
