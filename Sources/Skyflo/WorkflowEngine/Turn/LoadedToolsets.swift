import KubeModel

/// How a model gets tools that it isn't shown from the start: by a call of this tool, for the rest of the conversation.
package enum LoadedToolsets {
    package static let tool = "load_toolset"
    /// There are hardly so many; a status has room for no more.
    package static let most = 32

    /// The group that a call asked for.
    static func group(of call: Call) -> String? {
        guard call.tool == tool, let name = (try? JSONParser.parse(call.arguments))?["name"]?.string else { return nil }
        return name.bounded(to: 64)
    }
}
