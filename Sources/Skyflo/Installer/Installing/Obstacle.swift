import KubeModel
import Writes

/// Why an installation can't be carried out, in words, with what helps.
package struct Obstacle: Sendable, Hashable {
    /// What kind of thing is in the way.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The server is too old.
        case version = "Version"
        /// The server doesn't serve a kind that is needed.
        case api = "API"
        /// Something has to be there first.
        case missing = "Missing"
        /// Whoever installs lacks a right.
        case permission = "Permission"
        /// Another installation uses the same names.
        case installation = "OtherInstallation"
        /// Somebody else manages an object.
        case owner = "ManagedByOthers"
        /// Somebody else set a field to something else.
        case conflict = "Conflict"
        /// The server doesn't take an object.
        case refused = "Refused"
    }

    package var kind: Kind
    /// A sentence without a full stop.
    package var message: String
    /// What to do about it.
    package var remedy: String

    package init(_ kind: Kind, message: String, remedy: String) {
        self.kind = kind
        self.message = message
        self.remedy = remedy
    }

    /// Whether taking over what others set is all that it needs.
    package var yieldsToForce: Bool { kind == .conflict || kind == .owner }

    /// Each once: first what is wrong with the cluster, then with the rights, then with objects.
    package static func sorted(_ obstacles: [Obstacle]) -> [Obstacle] {
        var seen: Set<Obstacle> = []
        return Kind.allCases.flatMap { kind in obstacles.filter { $0.kind == kind && seen.insert($0).inserted } }
    }
}

// MARK: - Of the cluster

extension Obstacle {
    /// What is wrong with the server's version; nil where nothing is, and where it can't be read.
    ///
    /// - Parameters:
    ///   - version: `/version` of the server. Some providers write `30+` as the minor.
    ///   - hasPolicy: Whether the admission policy is to be installed.
    package static func ofVersion(_ version: JSONValue, hasPolicy: Bool) -> Obstacle? {
        guard let major = version["major"]?.string.flatMap({ Int($0) }),
            let minor = version["minor"]?.string.flatMap({ Int($0.prefix { $0.isNumber }) })
        else { return nil }
        let needed = hasPolicy ? 30 : 28
        if major > 1 || major == 1 && minor >= needed { return nil }
        let found = version["gitVersion"]?.string ?? "\(major).\(minor)"
        return Obstacle(
            .version, message: "the cluster is Kubernetes \(found), and 1.\(needed) or newer is needed",
            remedy: hasPolicy && minor >= 28
                ? "upgrade the cluster; without the admission policy (--set admissionPolicy.install=false) 1.28 is enough, "
                    + "and approvals then count only where a SkyfloAI says allowUnproven"
                : "upgrade the cluster")
    }

    /// A kind that the server doesn't serve.
    package static func ofKind(_ type: GroupVersionKind) -> Obstacle {
        let isPolicy = type.kind.hasPrefix("ValidatingAdmissionPolicy")
        return Obstacle(
            .api, message: "the cluster doesn't serve \(type.kind) (\(type.apiVersion))",
            remedy: isPolicy
                ? "upgrade to Kubernetes 1.30 or newer, or enable the API; or leave the policy out "
                    + "(--set admissionPolicy.install=false): approvals then count only where a SkyfloAI says allowUnproven"
                : "install what brings the kind, or leave the object out")
    }

    /// A namespace that has to be there, or that is about to go.
    package static func ofNamespace(_ name: String, live: KubeObject?, isPlanned: Bool) -> Obstacle? {
        if live?.isBeingDeleted == true {
            return Obstacle(
                .missing, message: "the namespace \(name) is being deleted",
                remedy: "wait until it is gone: kubectl wait --for=delete namespace/\(name)")
        }
        guard live == nil, !isPlanned else { return nil }
        return Obstacle(
            .missing, message: "the namespace \(name) doesn't exist", remedy: "kubectl create namespace \(name)")
    }

    /// An installation whose operator runs in another namespace: roles and policies would be taken away from it.
    ///
    /// - Parameter binding: The live ClusterRoleBinding of the operator.
    package static func ofOtherInstallation(binding: KubeObject?, namespace: String) -> Obstacle? {
        let accounts = (binding?["subjects"]?.array ?? []).filter { $0["kind"]?.string == "ServiceAccount" }
        guard let other = accounts.compactMap({ $0["namespace"]?.string }).first(where: { $0 != namespace }) else {
            return nil
        }
        return Obstacle(
            .installation,
            message: "the cluster has an installation in the namespace \(other) already, and there can be one only",
            remedy: "use --namespace \(other), or remove that one: skyflo uninstall --namespace \(other)")
    }
}

// MARK: - Of objects

extension Obstacle {
    /// Who else manages an object.
    package static func ofOwner(_ owner: Owner, of object: InstalledObject) -> Obstacle {
        let (who, remedy) = Self.words(for: owner)
        return Obstacle(
            .owner, message: "\(object) is managed by \(who)",
            remedy: "\(remedy); or take the object over with --force-conflicts")
    }

    /// Who manages an object, and by what it is changed and removed.
    static func words(for owner: Owner) -> (who: String, remedy: String) {
        switch owner {
        case .helm(let release?):
            ("the Helm release \(release)", "use helm for it: helm upgrade, helm uninstall \(release)")
        case .helm(nil): ("Helm", "use helm for it")
        case .argo(let application, let namespace):
            (
                "the Argo CD application \(namespace.map { "\($0)/\(application)" } ?? application)",
                "change it in Git, or delete the application"
            )
        case .kustomization(let namespace, let name):
            ("the Flux Kustomization \(namespace)/\(name)", "change it in Git, or delete the Kustomization")
        case .fluxHelmRelease(let namespace, let name):
            ("the Flux HelmRelease \(namespace)/\(name)", "change it in Git, or delete the HelmRelease")
        case .lifecycleManager(let name): ("the Operator Lifecycle Manager (\(name))", "use its Subscription")
        case .controller(let owner):
            ("the \(owner.kind) \(owner.name)", "change the \(owner.kind)")
        case .named(let name): (name, "use \(name) for it")
        }
    }

    /// What the server says against applying an object.
    package static func ofRefusal(_ status: APIStatus, of object: InstalledObject) -> Obstacle {
        if status.isForbidden {
            return Obstacle(
                .permission, message: "\(object) may not be applied: \(status)",
                remedy: "let somebody with the right do it, such as a cluster administrator")
        }
        guard status.isConflict else {
            return Obstacle(
                .refused, message: "the API server doesn't take \(object): \(status)",
                remedy: "see the values and the policies of the cluster")
        }
        let fields = status.causes.map { "\($0.field) (\($0.message))" }.joined(separator: ", ")
        return Obstacle(
            .conflict, message: "\(object) has fields that somebody else set: \(fields.isEmpty ? "\(status)" : fields)",
            remedy: "set the same here, or take them over with --force-conflicts")
    }

    /// A right that whoever installs lacks.
    package static func ofPermission(_ permission: String) -> Obstacle {
        Obstacle(
            .permission, message: "you may not \(permission)",
            remedy: "let somebody with the right do it, such as a cluster administrator")
    }
}
