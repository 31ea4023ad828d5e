import KubeModel

/// The order in which the API server can take the objects of a manifest: first what others must find.
///
/// It is the manifest's own order wherever the server doesn't care, as with `kubectl`.
enum InstallOrder {
    static func sorted(_ objects: [KubeObject]) -> [KubeObject] {
        let names = Set(objects.map(\.name))
        var named: Set<String> = []
        for object in objects where rank(object, named: names) == .others { collect(object.json, into: &named) }
        return objects.enumerated()
            .map { (rank: rank($0.element, named: named), at: $0.offset, object: $0.element) }
            .sorted { ($0.rank.rawValue, $0.at) < ($1.rank.rawValue, $1.at) }
            .map(\.object)
    }

    private enum Rank: Int {
        case namespaces, definitions, classes, accounts, roles, bindings, limits
        /// What pods read, where an object of the manifest names it: else they start with a warning.
        case inputs
        case others
        /// They send requests for other objects to where nobody may answer yet.
        case interceptors
    }

    private static func rank(_ object: KubeObject, named: Set<String>) -> Rank {
        switch (object.groupVersion?.group ?? "", object.kind) {
        case ("", "Namespace"): .namespaces
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): .definitions
        case ("scheduling.k8s.io", "PriorityClass"), ("storage.k8s.io", "StorageClass"),
            ("node.k8s.io", "RuntimeClass"), ("networking.k8s.io", "IngressClass"):
            .classes
        case ("", "ServiceAccount"): .accounts
        case ("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "ClusterRole"): .roles
        case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
            .bindings
        case ("", "LimitRange"), ("", "ResourceQuota"): .limits
        case ("", "ConfigMap"), ("", "Secret"), ("", "PersistentVolume"), ("", "PersistentVolumeClaim"):
            named.contains(object.name) ? .inputs : .others
        case ("admissionregistration.k8s.io", _), ("apiregistration.k8s.io", _): .interceptors
        default: .others
        }
    }

    private static func collect(_ value: JSONValue, into texts: inout Set<String>) {
        switch value {
        case .string(let text): texts.insert(text)
        case .array(let elements): for element in elements { collect(element, into: &texts) }
        case .object(let members): for (_, member) in members { collect(member, into: &texts) }
        default: break
        }
    }
}
