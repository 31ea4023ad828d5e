import KubeModel
import LanguageModels

/// A tool call that a plan needs.
struct PlannedCall: Sendable, Hashable {
    var tool: String
    var arguments: JSONValue

    init(_ tool: String, arguments: KeyValuePairs<String, JSONValue?>) {
        self.tool = tool
        self.arguments = .compact(arguments)
    }

    /// Whether it only reads; what isn't known writes.
    var onlyReads: Bool {
        ["k8s_get", "k8s_describe", "k8s_logs", "k8s_rollout_status"].contains(tool)
    }

    init(_ call: ModelToolCall) {
        tool = call.name
        arguments = (try? JSONParser.parse(call.arguments)) ?? .null
    }
}

/// Why a plan can't go on right now.
enum StreamInterruption: Error, Sendable, Hashable {
    /// These results are needed first.
    case needs([PlannedCall])
    /// There is nothing more to do; this is the answer.
    case answer(String)
    /// What was taken for the name of an object is that of a namespace, or may be: other changes of the same message may be
    /// meant for it.
    case namesNamespace(String, String)
}
