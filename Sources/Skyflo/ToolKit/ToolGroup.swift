import SkyfloAPI

/// Tools that are put before the model only once it has asked for them: each description costs tokens in every request.
package struct ToolGroup: Sendable, Hashable {
    /// What there has to be for the group's tools to be of any use.
    package enum Need: Sendable, Hashable {
        case nothing
        /// One of these API groups; one that begins with a dot is the end of a group's name.
        case apiGroups([String])
        /// An enabled integration of one of these kinds.
        case integration([IntegrationKind])

        /// - Parameters:
        ///   - groups: those that the API server serves.
        ///   - integrations: the kinds that are configured.
        package func isMet(byAPIGroups groups: Set<String>, integrations: Set<IntegrationKind>) -> Bool {
            switch self {
            case .nothing: true
            case .apiGroups(let wanted):
                wanted.contains { name in
                    name.hasPrefix(".") ? groups.contains { $0.hasSuffix(name) } : groups.contains(name)
                }
            case .integration(let kinds): kinds.contains(where: integrations.contains)
            }
        }
    }

    /// The word by which a model asks for it: `kubernetes_nodes`.
    package var name: String
    /// The toolset of all its tools.
    package var toolset: String
    /// For the model: what its tools are for.
    package var purpose: String
    /// The names of its tools.
    package var tools: [String]
    package var need: Need

    package init(_ name: String, toolset: String, purpose: String, needs need: Need = .nothing, tools: [String]) {
        self.name = name
        self.toolset = toolset
        self.purpose = purpose
        self.tools = tools
        self.need = need
    }
}
