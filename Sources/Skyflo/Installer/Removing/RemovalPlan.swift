import KubeModel
import Writes

/// What a removal deletes, what it leaves, and why: decided of what was found.
package struct RemovalPlan: Sendable {
    /// What of a person's work goes as well.
    package struct Scope: Sendable, Hashable {
        /// Conversations of all namespaces, with their transcripts, and the accounts of the pages.
        package var conversations: Bool
        /// The CRDs, and with them every SkyfloAI and Conversation.
        package var definitions: Bool

        /// Without the definitions there are no Conversations.
        package init(conversations: Bool = false, definitions: Bool = false) {
            self.conversations = conversations || definitions
            self.definitions = definitions
        }
    }

    /// An object that stays.
    package struct Kept: Sendable, Hashable {
        package var object: InstalledObject
        package var reason: String
    }

    /// In the order in which they are deleted, the namespace not among them.
    package private(set) var deletions: [KubeObject] = []
    /// CRDs, which go last of all.
    package private(set) var definitions: [KubeObject] = []
    package private(set) var kept: [Kept] = []
    /// Secrets with the accounts, sessions and keys of who signs in to the pages, where they stay: they are people's, as
    /// Conversations are.
    package private(set) var accounts: [KubeObject] = []
    /// The managers that others have to use for the removal; nothing is deleted while there is one.
    package private(set) var managers: [Obstacle] = []
    /// The operator's namespace, where it was made by the installation.
    package private(set) var ownNamespace: KubeObject?

    /// - Parameters:
    ///   - found: Every object with our label or a known name, of the cluster and of the operator's namespace.
    ///   - known: What installations consist of.
    ///   - scope: What goes besides.
    package init(found: [KubeObject], known: KnownObjects, scope: Scope) {
        for object in InstallPhase.sorted(found).reversed() {
            guard let name = InstalledObject(object) else { continue }
            if let reason = Self.reasonToKeep(object, known: known) {
                kept.append(Kept(object: name, reason: reason))
                continue
            }
            if let owner = Owner.decisive(of: object, among: found) {
                managers.append(.ofManaged(by: owner))
                continue
            }
            switch InstallPhase(of: object) {
            case .namespaces: ownNamespace = object
            case .definitions where scope.definitions: definitions.append(object)
            case .definitions: continue
            case _ where object.kind == "Secret" && !scope.conversations: accounts.append(object)
            default: deletions.append(object)
            }
        }
        managers = Obstacle.sorted(managers)
    }

    private static func reasonToKeep(_ object: KubeObject, known: KnownObjects) -> String? {
        if let controller = object.controller {
            return "it belongs to \(controller.kind) \(controller.name), and goes with it"
        }
        if object.isInstalledByUs { return nil }
        guard known.contains(object) else { return "no installation of skyflo makes it" }
        return object.isLabelledOurs
            ? nil : "it lacks the label app.kubernetes.io/name=skyflo, so somebody else made it"
    }
}

extension Owner {
    /// Who manages an object, as far as the whole installation bears it out.
    ///
    /// A CRD outlives the release of Helm that brought it, with Helm's marks on it, and so does a Secret with accounts. They count
    /// only while something else has the same: without the release nobody comes back to it.
    static func decisive(of object: KubeObject, among found: [KubeObject]) -> Owner? {
        let owners = all(of: object)
        guard outlivesRelease(object) else { return owners.first }
        return owners.first { owner in
            guard case .helm = owner else { return true }
            return found.contains { !outlivesRelease($0) && all(of: $0).contains(owner) }
        }
    }

    private static func outlivesRelease(_ object: KubeObject) -> Bool {
        object.kind == "CustomResourceDefinition" || object.annotations["helm.sh/resource-policy"] == "keep"
    }
}

extension Obstacle {
    /// A removal that somebody else has to do.
    static func ofManaged(by owner: Owner) -> Obstacle {
        let (who, _) = words(for: owner)
        let remedy =
            switch owner {
            case .helm(let release?): "helm uninstall \(release)"
            case .helm(nil): "helm list, then helm uninstall the release"
            case .argo(let application, let namespace):
                "argocd app delete \(namespace.map { "\($0)/\(application)" } ?? application)"
            case .kustomization(let namespace, let name): "flux delete kustomization \(name) -n \(namespace)"
            case .fluxHelmRelease(let namespace, let name): "flux delete helmrelease \(name) -n \(namespace)"
            case .lifecycleManager: "delete its Subscription and ClusterServiceVersion"
            case .controller(let owner): "delete the \(owner.kind) \(owner.name)"
            case .named(let name): "remove it with \(name)"
            }
        return Obstacle(
            .owner, message: "this installation is managed by \(who), which would bring it back", remedy: remedy)
    }
}
