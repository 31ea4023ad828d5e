import KubeModel
import LanguageModels

/// A model that takes no time: its own is none of ours.
enum BenchScript {
    /// Reads the task (`read`, or `scale NAME REPLICAS`), asks for one tool, and answers when it has the result.
    static func reply(to asked: String, isNew: Bool) -> ModelReply {
        guard isNew else { return ModelReply(content: "Done.") }
        let task = asked.split(separator: " ").map(String.init)
        guard task.first == "scale", task.count == 3 else {
            return call("k8s_get", ["resource_type": "deployments"])
        }
        return call(
            "k8s_scale",
            ["name": .string(task[1]), "resource_type": "deployment", "replicas": JSONValue(Int(task[2]) ?? 1)])
    }

    private static func call(_ tool: String, _ arguments: JSONValue) -> ModelReply {
        ModelReply(toolCalls: [ModelToolCall(id: "call_1", name: tool, arguments: JSONWriter.string(arguments))])
    }
}
