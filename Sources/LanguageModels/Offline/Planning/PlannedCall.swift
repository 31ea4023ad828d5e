import KubeModel

/// A tool call that a plan needs.
struct PlannedCall: Sendable, Hashable {
    var tool: String
    var arguments: JSONValue

    init(_ tool: String, _ arguments: KeyValuePairs<String, JSONValue?>) {
        self.tool = tool
        self.arguments = .compact(arguments)
    }

    init(_ call: ModelToolCall) {
        tool = call.name
        arguments = (try? JSONParser.parse(call.arguments)) ?? .null
    }
}

/// Why a plan can't go on right now.
enum Interruption: Error, Sendable, Hashable {
    /// These results are needed first.
    case needs([PlannedCall])
    /// There is nothing more to do; this is the answer.
    case answer(String)
}
