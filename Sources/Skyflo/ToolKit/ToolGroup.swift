/// Tools that are put before the model only once it has asked for them: each description costs tokens in every request.
package struct ToolGroup: Sendable, Hashable {
    /// The word by which a model asks for it: `kubernetes_nodes`.
    package var name: String
    /// The toolset of all its tools.
    package var toolset: String
    /// For the model: what its tools are for.
    package var purpose: String
    /// The names of its tools.
    package var tools: [String]

    package init(_ name: String, toolset: String, purpose: String, tools: [String]) {
        self.name = name
        self.toolset = toolset
        self.purpose = purpose
        self.tools = tools
    }
}
