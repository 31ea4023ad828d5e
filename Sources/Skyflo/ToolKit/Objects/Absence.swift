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
                "namespace \(namespace) doesn't exist",
                NearNames.sentence(namespace, among: others, what: "namespaces"),
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
