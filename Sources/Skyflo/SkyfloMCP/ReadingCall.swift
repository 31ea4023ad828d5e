import Concurrency
import KubeModel
import MCP
import ToolKit
import Writes

/// A call of a tool that reads, to its end: also of one that waits for something.
struct ReadingCall: Sendable {
    let registry: ToolRegistry
    let tool: String
    let arguments: String
    var context: ToolContext
    let now: @Sendable () -> KubeTime

    /// A client that hangs up cancels the call; one that just stays away is given up at this time.
    private static let limit: Duration = .seconds(240)
    private static let pause: Duration = .seconds(2)

    func result(progress: ProgressReporter) async throws -> ToolResult {
        let call = self
        return try await withDeadline(
            .now + Self.limit,
            failure: ToolFailure("no result within \(Self.limit.components.seconds) s; ask for less at once")
        ) { try await call.run(progress) }
    }

    private func run(_ progress: ProgressReporter) async throws -> ToolResult {
        var call = self
        let start = now()
        var end: Double?
        var looks = 0
        while true {
            switch try await registry.call(name: tool, arguments: arguments, in: call.context) {
            case .output(let text): return ToolResult(text: text)
            case .proposal: throw ToolFailure("\(tool) would change something: ask for it with conversation_ask")
            case .waiting(let wait):
                looks += 1
                progress.report(looks, wait.title)
                if end == nil { end = Double(wait.seconds) }
                let left = max(0, (end ?? 0) - now().seconds(since: start))
                try await sleep(for: wait.isWatched ? min(Self.pause, .seconds(left)) : .seconds(left))
                let passed = now().seconds(since: start)
                call.context.waited = WaitProgress(
                    seconds: passed, isOver: passed >= (end ?? 0), memory: wait.memory)
            }
        }
    }
}
