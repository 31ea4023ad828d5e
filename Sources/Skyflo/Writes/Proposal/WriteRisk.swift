import KubeModel
import SkyfloAPI

extension Risk {
    /// How much a change of such an object can break: High for what holds data or rights, or concerns the whole cluster.
    package static func baseline(_ resource: APIResource, namespace: String?) -> Risk {
        if namespace?.hasPrefix("kube-") == true { return .high }
        if highGroups.contains(resource.group) { return .high }
        if resource.group.isEmpty, highCoreResources.contains(resource.plural) { return .high }
        return .medium
    }

    private static let highGroups: Set<String> = [
        "rbac.authorization.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io", "apiregistration.k8s.io",
        "storage.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io", "scheduling.k8s.io",
    ]
    private static let highCoreResources: Set<String> = [
        "secrets", "namespaces", "nodes", "persistentvolumes", "persistentvolumeclaims", "serviceaccounts",
    ]

    /// Where deleting breaks more than changing does.
    static func deletion(of target: LiveTarget) -> Risk {
        if target.resource.group == "apps", target.resource.plural == "statefulsets" { return .high }
        if target.resource.isSame(as: .pods), target.object.controller != nil,
            target.namespace?.hasPrefix("kube-") != true
        {
            return .low
        }
        return baseline(target.resource, namespace: target.namespace)
    }
}
