import Concurrency
import KubeModel
import MCP
import Synchronization

/// Features without a cluster: `echo` says what it is given, `count` reports three times, `hang` ends when it is cancelled.
struct FixedFeatures: ServedFeatures {
    /// Whether a call of `hang` began, and whether it was cancelled.
    final class Hanging: Sendable {
        let began = Mutex(false)
        let wasCancelled = Mutex(false)
    }

    var hanging = Hanging()

    func tools() -> [ServedTool] {
        ["echo", "count", "hang"].map {
            ServedTool(name: $0, title: $0, description: $0, inputSchema: ["type": "object"], annotations: [:])
        }
    }

    func call(tool: String, arguments: JSONObject, request: RequestMeta, progress: ProgressReporter) async throws
        -> ToolResult
    {
        switch tool {
        case "echo": return ToolResult(text: "\(arguments["text"]?.string ?? "") \(request.client ?? "nobody")")
        case "count":
            for step in 1...3 { progress.report(step, "step \(step)") }
            return ToolResult(text: "counted")
        case "hang":
            hanging.began.withLock { $0 = true }
            do {
                try await sleep(for: .seconds(600))
            } catch {
                hanging.wasCancelled.withLock { $0 = true }
                throw error
            }
            return ToolResult(text: "too late")
        default: throw RPCError(.invalidParams, "there is no tool \(tool)")
        }
    }

    func mayWait(_ tool: String) -> Bool { tool == "hang" }

    func resources(after cursor: String?) -> (resources: [ServedResource], next: String?) { ([], nil) }
    func resourceTemplates() -> [ResourceTemplate] { [] }
    func read(resource uri: String) async throws -> [ResourceContents] { [] }
    func prompts() -> [ServedPrompt] { [] }
    func prompt(named name: String, arguments: [String: String]) -> PromptMessages {
        PromptMessages(description: "", text: "")
    }
    func complete(
        _ reference: CompletionReference, argument: String, value: String, context: [String: String]
    ) -> [String] { [] }

    var server: MCPServer {
        MCPServer(.init(name: "test", title: "Test", version: "1", instructions: ""), features: self)
    }
}

enum Modern {
    static func params(_ params: JSONValue = [:], progressToken: JSONValue? = nil) -> JSONValue {
        var params = params
        params["_meta"] = .compact([
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
            "io.modelcontextprotocol/clientInfo": ["name": "tester", "version": "2"],
            "progressToken": progressToken,
        ])
        return params
    }

    static func call(_ tool: String, _ arguments: JSONValue = [:], progressToken: JSONValue? = nil, id: JSONValue = 1)
        -> JSONValue
    {
        [
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": params(["name": .string(tool), "arguments": arguments], progressToken: progressToken),
        ]
    }
}
