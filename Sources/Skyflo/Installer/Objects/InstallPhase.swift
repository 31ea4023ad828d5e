import KubeModel

/// What has to be there before what: an installation applies the phases in this order, a removal deletes in the other.
package enum InstallPhase: Int, Sendable, Comparable, CaseIterable {
    /// Namespaces, which all else is in.
    case namespaces
    /// CRDs; they have to be established before an object of their kind is applied.
    case definitions
    /// ServiceAccounts, roles and bindings, without which the operator can't begin.
    case access
    /// The policy that proves who approves: there before an operator could accept an approval.
    case admission
    /// Services, NetworkPolicies and budgets.
    case surroundings
    /// Whatever makes pods.
    case workloads
    /// Objects of our own kinds and of those of others, which somebody reads once all runs.
    case settings

    /// The phase of a kind.
    package init(kind: String, group: String) {
        switch (group, kind) {
        case ("", "Namespace"): self = .namespaces
        case ("apiextensions.k8s.io", _): self = .definitions
        case ("rbac.authorization.k8s.io", _), ("", "ServiceAccount"): self = .access
        case ("admissionregistration.k8s.io", _): self = .admission
        case ("", _), ("networking.k8s.io", _), ("policy", _): self = .surroundings
        case ("apps", _), ("batch", _): self = .workloads
        default: self = .settings
        }
    }

    /// The phase of an object.
    package init(of object: KubeObject) { self.init(kind: object.kind, group: object.groupVersion?.group ?? "") }

    package static func < (a: InstallPhase, b: InstallPhase) -> Bool { a.rawValue < b.rawValue }

    /// Objects in the order of their phases; within one, accounts and roles before the bindings that name them, a policy
    /// before its binding, and else as they came.
    package static func sorted(_ objects: [KubeObject]) -> [KubeObject] {
        func key(_ object: KubeObject) -> (Int, Int) {
            (InstallPhase(of: object).rawValue, object.kind.hasSuffix("Binding") ? 1 : 0)
        }
        return objects.enumerated().sorted { first, second in
            let (a, b) = (key(first.element), key(second.element))
            return a == b ? first.offset < second.offset : a < b
        }.map(\.element)
    }
}

/// Which object: its type, its namespace and its name.
package struct InstalledObject: Sendable, Hashable, CustomStringConvertible {
    package var type: GroupVersionKind
    package var key: ObjectKey

    /// The object's own; nil for one without an `apiVersion` that can be read.
    package init?(_ object: KubeObject) {
        guard let version = object.groupVersion else { return nil }
        type = GroupVersionKind(group: version.group, version: version.version, kind: object.kind)
        key = object.key
    }

    /// As kubectl names it: `deployment.apps/skyflo-operator`.
    package var description: String {
        let kind = type.kind.lowercased()
        return "\(type.group.isEmpty ? kind : "\(kind).\(type.group)")/\(key.name)"
    }
}
