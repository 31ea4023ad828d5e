import Hummingbird
import KubeModel
import Logging

/// An endpoint that speaks OpenAI's chat completions and answers at once: the model's own time is none of ours.
///
/// It reads the task from the user's last message (`read`, or `scale NAME REPLICAS`), asks for one tool, and answers when
/// it has the result.
enum ScriptedOpenAI {
    static func withRunning(
        logger: Logger, _ body: @escaping @Sendable (_ baseURL: String) async throws -> Void
    ) async throws {
        let router = Router()
        router.post("/v1/chat/completions") { request, _ in
            let body = try await request.body.collect(upTo: 4 << 20)
            return Self.response(to: try JSONParser.parse(body.readableBytesView))
        }
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await port in ports {
                try await body("http://127.0.0.1:\(port)/v1")
                break
            }
            group.cancelAll()
        }
    }

    private static func response(to request: JSONValue) -> Response {
        let messages = request["messages"]?.array ?? []
        let hasResult = messages.last?["role"] == "tool"
        let task = (messages.last { $0["role"] == "user" }?["content"]?.string ?? "").split(separator: " ")
        let delta: JSONValue = hasResult ? ["content": "Done."] : ["tool_calls": [call(for: task)]]
        let finish: JSONValue = hasResult ? "stop" : "tool_calls"
        let chunks: [JSONValue] = [
            ["choices": [["index": 0, "delta": delta]]],
            ["choices": [["index": 0, "delta": [:], "finish_reason": finish]]],
            ["choices": [], "usage": ["prompt_tokens": 100, "completion_tokens": 10]],
        ]
        let text = chunks.map { "data: \(JSONWriter.string($0))\n\n" }.joined() + "data: [DONE]\n\n"
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream"], body: .init(byteBuffer: .init(string: text)))
    }

    private static func call(for task: [Substring]) -> JSONValue {
        let (tool, arguments): (String, JSONValue) =
            if task.first == "scale", task.count == 3 {
                (
                    "k8s_scale",
                    [
                        "name": .string(String(task[1])), "resource_type": "deployment",
                        "replicas": JSONValue(Int(task[2]) ?? 1),
                    ]
                )
            } else {
                ("k8s_get", ["resource_type": "deployments"])
            }
        return [
            "index": 0, "id": "call_1", "type": "function",
            "function": ["name": .string(tool), "arguments": .string(JSONWriter.string(arguments))],
        ]
    }
}
