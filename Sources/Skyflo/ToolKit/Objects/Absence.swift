import KubeClient
import KubeModel

/// Sentences about what isn't there, or wasn't seen.
package enum Absence {
    /// nil where the namespace exists: then there is nothing to say about it.
    package static func sentence(_ presence: NamespacePresence, of namespace: String) -> String? {
        switch presence {
        case .exists: nil
        case .isBeingDeleted: "namespace \(namespace) is being deleted"
        case .missing(let others):
            [
                "namespace \(namespace) doesn't exist", near(namespace, among: others),
                Names.allNamespacesHint(namespace),
            ]
            .compactMap { $0 }.joined(separator: "; ")
        case .unknown(let why):
            [
                "namespace \(namespace) may not exist; this cannot be checked: \(why)",
                Names.allNamespacesHint(namespace),
            ]
            .compactMap { $0 }.joined(separator: "; ")
        }
    }

    private static let shown = 10

    /// All names where they are few, else those that share their beginning with `name`, or hold it.
    private static func near(_ name: String, among others: [String]) -> String? {
        if others.isEmpty { return nil }
        if others.count <= shown { return "the namespaces are \(others.joined(separator: ", "))" }
        let beginning = name.prefix(3)
        let alike = others.filter { $0.hasPrefix(beginning) || $0.contains(name) || name.contains($0) }.prefix(shown)
        return alike.isEmpty ? nil : "similar names are \(alike.joined(separator: ", "))"
    }

    /// Resources that hold the same objects as the built-in ones, or figures about them: nobody looks for them by that name.
    private static let doubles: Set<String> = ["events.k8s.io", "extensions", "metrics.k8s.io"]

    /// Those of the others that have objects of their own to list.
    package static func others(_ match: ResourceMatch) -> [APIResource] {
        match.others.filter { other in
            !doubles.contains(other.group) && !(other.group.isEmpty && doubles.contains(match.resource.group))
                && (other.verbs.isEmpty || other.verbs.contains("list"))
        }
    }
}
