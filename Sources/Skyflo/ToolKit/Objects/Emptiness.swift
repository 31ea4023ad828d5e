/// The first words about an empty list. A namespace that doesn't exist has an empty list of everything, and the server
/// doesn't tell the difference.
package struct Emptiness: Sendable, Hashable {
    package private(set) var text: String
    /// Whether the reason is known, so that nothing else needs to be looked for.
    package private(set) var isExplained = false

    /// - Parameters:
    ///   - what: `no pods`
    ///   - namespace: nil for cluster-scoped kinds and for all namespaces.
    package init(_ what: String, namespace: String?, in context: ToolContext) async throws {
        guard let namespace else {
            text = "No resources found: \(what)."
            return
        }
        let presence = try await context.presence(ofNamespace: namespace)
        text = "No resources found in \(namespace) namespace: "
        switch presence {
        case .exists: text += "\(what)."
        case .isBeingDeleted: text += "\(what); the namespace is being deleted."
        case .missing:
            text += (Absence.sentence(presence, of: namespace) ?? "") + "."
            isExplained = true
        case .unknown(let why):
            text += "\(what), or namespace \(namespace) doesn't exist: \(why)."
            if let hint = Names.allNamespacesHint(namespace) { text += "\nFor more: \(hint)." }
        }
    }
}
