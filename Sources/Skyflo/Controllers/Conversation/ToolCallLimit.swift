import Concurrency
import ToolKit
import Writes

/// How long a tool may take for what it does before an approval. A call that hangs would keep its worker, and the turn.
enum ToolCallLimit {
    /// A tool's requests have limits of their own; of many in a row a call takes no longer than this.
    static let standard: Duration = .seconds(120)

    /// - Throws: ``ToolFailure`` where it takes longer, after the work was cancelled; what the work throws.
    static func run(
        _ tool: String, within limit: Duration = standard, work: @escaping @Sendable () async throws -> ToolOutcome
    ) async throws -> ToolOutcome {
        let start = ContinuousClock.now
        defer { ConversationMetrics.toolRan(tool, for: start.duration(to: .now)) }
        return try await withDeadline(
            start + limit,
            failure: ToolFailure("no result within \(limit.components.seconds) s; ask for less at once"), work: work)
    }
}
