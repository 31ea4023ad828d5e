import Concurrency
import Hummingbird
import KubeModel
import LanguageModels
import Logging

/// An endpoint that speaks OpenAI's chat completions and answers at once, for operators in other processes.
package enum ScriptedOpenAI {
    /// The reply to the user's last message; `isNew` until something stands behind that, such as the result of a tool.
    package typealias Script = @Sendable (_ asked: String, _ isNew: Bool) -> ModelReply

    package static func withRunning(
        logger: Logger, _ script: @escaping Script,
        _ body: @escaping @Sendable (_ baseURL: String) async throws -> Void
    ) async throws {
        let router = Router()
        router.post("/v1/chat/completions") { request, _ in
            let body = try await request.body.collect(upTo: 4 << 20)
            let messages = try JSONParser.parse(body.readableBytesView)["messages"]?.array ?? []
            let asked = MessageContext.message(in: messages.last { $0["role"] == "user" }?["content"]?.string ?? "")
            return Self.response(script(asked, messages.last?["role"] == "user"))
        }
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runStoppingGracefully(server, logger: logger) }
            for await port in ports {
                try await body("http://127.0.0.1:\(port)/v1")
                break
            }
            group.cancelAll()
        }
    }

    private static func response(_ reply: ModelReply) -> Response {
        let delta: JSONValue =
            reply.toolCalls.isEmpty
            ? ["content": .string(reply.content)] : ["tool_calls": .array(reply.toolCalls.enumerated().map(call))]
        let finish: JSONValue = reply.toolCalls.isEmpty ? "stop" : "tool_calls"
        let chunks: [JSONValue] = [
            ["choices": [["index": 0, "delta": delta]]],
            ["choices": [["index": 0, "delta": [:], "finish_reason": finish]]],
            ["choices": [], "usage": ["prompt_tokens": 100, "completion_tokens": 10]],
        ]
        let text = chunks.map { "data: \(JSONWriter.string($0))\n\n" }.joined() + "data: [DONE]\n\n"
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream"], body: .init(byteBuffer: .init(string: text)))
    }

    private static func call(_ index: Int, _ call: ModelToolCall) -> JSONValue {
        [
            "index": JSONValue(index), "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
        ]
    }
}
