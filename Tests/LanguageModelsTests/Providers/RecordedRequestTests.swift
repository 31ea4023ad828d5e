import Foundation
import KubeModel
import Testing

@testable import LanguageModels

/// The bodies in Fixtures/ModelProviders/requests, which the providers' own SDKs check (hack/peers/model-sdks), are those that are sent.
/// With `SKYFLO_WRITE_RECORDINGS=1` they are written anew.
struct RecordedRequestTests {
    private static let tools = [
        ToolSchema(
            name: "k8s_get", description: "Lists objects.",
            parameters: [
                "type": "object", "additionalProperties": false, "required": ["resource_type"],
                "properties": [
                    "resource_type": ["type": "string", "maxLength": 253, "description": "pods"],
                    "limit": ["type": "integer", "minimum": 1, "maximum": 300],
                    "output": ["type": "string", "enum": ["wide", "yaml"]], "watch": ["type": "boolean"],
                    "labels": ["type": "object", "additionalProperties": ["type": "string"]],
                ],
            ]),
        ToolSchema(
            name: "k8s_cluster_info", description: "Says what the cluster is.",
            parameters: ["type": "object", "properties": [:], "additionalProperties": false]),
    ]

    /// A conversation of the model itself, with its recorded reply, and before that one of another model.
    private static func request(_ recorded: Recorded) throws -> ModelRequest {
        let earlier = ModelToolCall(
            id: "call:of/another__thought__model", name: "k8s_get", arguments: "{\"resource_type\":\"pods\"}")
        let stranger = ProviderData(author: .init(format: "x", host: "h", model: "m"), content: ["secret": "x"])
        let reply = try recorded.api.message(try recorded.decode().reply)
        guard case .assistant(_, let calls, _) = reply else { return ModelRequest(messages: []) }
        let request = ModelRequest(
            messages: [
                .system("You help with a cluster."), .user("What runs?"),
                .assistant("", toolCalls: [earlier], providerData: stranger), .tool(callID: earlier.id, content: "web"),
                .assistant("One pod.", toolCalls: [], providerData: stranger), .user("Scale it."), reply,
            ] + calls.map { .tool(callID: $0.id, content: "done") }, tools: tools, maxTokens: 20_000)
        return request.prepared(for: recorded.api.author, ids: recorded.api.callIDs)
    }

    static let recorded: [(name: String, recorded: Recorded)] = [
        ("anthropic-adaptive", Recorded(TestAPI.anthropic(), "anthropic/thinking.sse")),
        ("anthropic-budget", Recorded(TestAPI.anthropic("claude-sonnet-4-5"), "anthropic/tool-calls.sse")),
        ("gemini-3", Recorded(TestAPI.gemini(), "gemini/tool-calls.sse")),
        ("gemini-2.5", Recorded(TestAPI.gemini("gemini-2.5-flash"), "gemini/signed-text.sse")),
        ("responses-reasoning", Recorded(TestAPI.responses(), "responses/tool-calls.sse")),
        ("responses-plain", Recorded(TestAPI.responses("gpt-4.1"), "responses/text.sse")),
        ("bedrock-claude", Recorded(TestAPI.bedrock(), "bedrock/tool-calls.jsonl")),
        ("bedrock-nova", Recorded(TestAPI.bedrock("amazon.nova-pro-v1:0"), "bedrock/text.jsonl")),
    ]

    @Test(arguments: recorded.map(\.name), [true, false])
    func `the recorded request is what is sent`(name: String, withTools: Bool) throws {
        let recorded = try #require(Self.recorded.first { $0.name == name }).recorded
        var request = try Self.request(recorded)
        if !withTools { request.tools = [] }
        let body = try recorded.api.body(request)
        let file = RecordedStream.folder.appendingPathComponent(
            "requests/\(name)\(withTools ? "" : "-without-tools").json")
        if ProcessInfo.processInfo.environment["SKYFLO_WRITE_RECORDINGS"] == "1" {
            try Data(JSONWriter.bytes(body, options: [.pretty]) + [0x0A]).write(to: file)
        }
        #expect(try JSONParser.parse([UInt8](Data(contentsOf: file))) == body)
        #expect(!JSONWriter.string(body).contains("secret"))
    }
}
