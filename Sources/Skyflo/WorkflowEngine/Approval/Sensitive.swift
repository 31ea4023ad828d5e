import KubeModel

/// What hands out rights, and is therefore never allowed in passing.
enum Sensitive {
    private static let groups: Set<String> = [
        "rbac.authorization.k8s.io", "apiextensions.k8s.io", "admissionregistration.k8s.io", "apiregistration.k8s.io",
        "certificates.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "policy",
        "flowcontrol.apiserver.k8s.io",
        "skyflo.ai",
    ]
    private static let core: Set<String> = [
        "secrets", "serviceaccounts", "nodes", "namespaces", "persistentvolumes",
    ]
    private static let podSubresources: Set<String> = ["exec", "attach", "portforward", "proxy", "ephemeralcontainers"]

    static func isSensitive(group: String, resource: String) -> Bool {
        let parts = resource.split(separator: "/").map(String.init)
        if groups.contains(group) { return true }
        if group.isEmpty, let first = parts.first, core.contains(first) { return true }
        return parts.dropFirst().first.map { podSubresources.contains($0) || $0 == "token" } ?? false
    }

    /// Members by which a pod gets rights on its node, reads secrets, or becomes somebody else.
    private static let members: Set<String> = [
        "serviceAccountName", "serviceAccount", "hostPath", "hostNetwork", "hostPID", "hostIPC", "hostUsers",
        "privileged", "allowPrivilegeEscalation", "capabilities", "procMount", "securityContext", "secret",
        "secretName",
        "secretKeyRef", "secretRef", "projected", "automountServiceAccountToken", "ownerReferences", "finalizers",
        "csi", "flexVolume", "persistentVolumeClaim", "nfs", "iscsi", "cephfs", "rbd", "glusterfs", "fc", "azureFile",
        "azureDisk", "gcePersistentDisk", "awsElasticBlockStore", "vsphereVolume", "portworxVolume", "nodeName",
        "hostPort", "hostIP", "shareProcessNamespace", "runtimeClassName", "priorityClassName", "imagePullSecrets",
    ]
    private static let appArmor = "container.apparmor.security.beta.kubernetes.io"

    /// Whether a body touches such a member, as a member or in the path of a JSON patch.
    static func grantsPods(_ body: JSONValue) -> Bool {
        switch body {
        case .object(let object):
            object.contains { key, value in
                members.contains(key) || key.hasPrefix(appArmor) || (key == "path" && namesMember(value))
                    || grantsPods(value)
            }
        case .array(let elements): elements.contains(where: grantsPods)
        default: false
        }
    }

    private static func namesMember(_ path: JSONValue) -> Bool {
        (path.string ?? "").split(separator: "/").contains { members.contains(String($0)) || $0.hasPrefix(appArmor) }
    }
}
