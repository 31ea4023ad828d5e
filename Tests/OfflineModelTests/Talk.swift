import KubeModel
import LanguageModels
import Testing

@testable import OfflineModel

/// A conversation with the offline model, with tools that answer from a table.
struct Talk {
    typealias Tool = (JSONValue) -> String

    static let names = [
        "k8s_get", "k8s_describe", "k8s_logs", "k8s_apply", "k8s_patch", "k8s_scale", "k8s_set_image",
        "k8s_rollout_restart", "k8s_rollout_status", "k8s_delete",
    ]

    private(set) var answer = ""
    /// `tool {arguments}`, in order.
    private(set) var calls: [String] = []
    /// The tools of each reply that asked for some.
    private(set) var rounds: [[String]] = []
    private(set) var ids: [String] = []

    init(_ messages: [String], _ tools: [String: Tool], tools offered: [String] = names) async throws {
        var history: [ChatMessage] = []
        for message in messages {
            history.append(.user(message))
            // More rounds than any plan has: one that never ends fails.
            for round in 0..<12 {
                try #require(round < 11, "it never stops")
                let reply = try await OfflineLanguageModel().reply(
                    to: ModelRequest(messages: history, tools: Self.tools(offered)))
                history.append(.assistant(reply.content, toolCalls: reply.toolCalls))
                answer = reply.content
                if reply.toolCalls.isEmpty { break }
                rounds.append(reply.toolCalls.map(\.name))
                for call in reply.toolCalls {
                    calls.append("\(call.name) \(call.arguments)")
                    ids.append(call.id)
                    let result = try tools[call.name]?(JSONParser.parse(call.arguments)) ?? "Error: no such tool"
                    history.append(.tool(callID: call.id, content: result))
                }
            }
        }
    }

    static func tools(_ names: [String]) -> [ToolSchema] {
        names.map { ToolSchema(name: $0, description: "", parameters: ["type": "object"]) }
    }
}
