/// Versions of built-in kinds that Kubernetes has deprecated, as `helm lint` warns of them.
struct DeprecatedKinds {
    /// A line each: API version, the Kubernetes versions that deprecated and removed it, the API version to use instead (`-` for
    /// none), and kinds; those with a star with their lists. What follows `=` is the kind to use instead.
    private static let lines = """
        v1 1.19 - - ComponentStatus*
        v1 1.33 - discovery.k8s.io/v1 Endpoints=EndpointSlice EndpointsList=EndpointSliceList
        apps/v1beta1 1.8 1.16 apps/v1 ControllerRevision* Deployment* StatefulSet* DeploymentRollback
        apps/v1beta1 1.8 1.16 autoscaling/v1 Scale
        apps/v1beta2 1.9 1.16 apps/v1 ControllerRevision* DaemonSet* Deployment* ReplicaSet* StatefulSet*
        apps/v1beta2 1.9 1.16 autoscaling/v1 Scale
        extensions/v1beta1 1.8 1.16 apps/v1 DaemonSet* Deployment* ReplicaSet*
        extensions/v1beta1 1.2 1.16 - Scale
        extensions/v1beta1 1.8 1.16 - DeploymentRollback
        extensions/v1beta1 1.14 1.22 networking.k8s.io/v1 Ingress*
        extensions/v1beta1 1.9 1.16 networking.k8s.io/v1 NetworkPolicy*
        batch/v1beta1 1.21 1.25 batch/v1 CronJob*
        policy/v1beta1 1.21 1.25 policy/v1 PodDisruptionBudget*
        policy/v1beta1 1.22 1.25 - Eviction
        networking.k8s.io/v1beta1 1.19 1.22 networking.k8s.io/v1 Ingress* IngressClass=IngressClassList \
        IngressClassList
        networking.k8s.io/v1beta1 1.34 1.37 - IPAddress* ServiceCIDR*
        rbac.authorization.k8s.io/v1beta1 1.17 1.22 rbac.authorization.k8s.io/v1 Role* ClusterRole* RoleBinding* \
        ClusterRoleBinding*
        storage.k8s.io/v1beta1 1.19 1.22 storage.k8s.io/v1 StorageClass* VolumeAttachment* CSIDriver*
        storage.k8s.io/v1beta1 1.17 1.22 storage.k8s.io/v1 CSINode CSINodeList=CSINode
        storage.k8s.io/v1beta1 1.24 1.27 storage.k8s.io/v1 CSIStorageCapacity*
        storage.k8s.io/v1beta1 1.34 1.37 storage.k8s.io/v1 VolumeAttributesClass*
        storage.k8s.io/v1alpha1 1.21 1.24 storage.k8s.io/v1 VolumeAttachment*
        storage.k8s.io/v1alpha1 1.21 1.24 storage.k8s.io/v1beta1 CSIStorageCapacity*
        storage.k8s.io/v1alpha1 1.32 1.35 storage.k8s.io/v1 VolumeAttributesClass*
        admissionregistration.k8s.io/v1beta1 1.16 1.22 admissionregistration.k8s.io/v1 MutatingWebhookConfiguration* \
        ValidatingWebhookConfiguration*
        admissionregistration.k8s.io/v1beta1 1.31 1.34 - ValidatingAdmissionPolicy* \
        ValidatingAdmissionPolicyBinding*
        admissionregistration.k8s.io/v1alpha1 1.29 1.32 - ValidatingAdmissionPolicy* \
        ValidatingAdmissionPolicyBinding*
        admissionregistration.k8s.io/v1alpha1 1.35 1.38 - MutatingAdmissionPolicy* MutatingAdmissionPolicyBinding*
        certificates.k8s.io/v1beta1 1.19 1.22 certificates.k8s.io/v1 CertificateSigningRequest*
        certificates.k8s.io/v1alpha1 1.34 1.37 - ClusterTrustBundle*
        coordination.k8s.io/v1beta1 1.19 1.22 coordination.k8s.io/v1 Lease*
        coordination.k8s.io/v1beta1 1.36 1.39 - LeaseCandidate*
        coordination.k8s.io/v1alpha2 1.35 1.38 - LeaseCandidate*
        discovery.k8s.io/v1beta1 1.21 1.25 discovery.k8s.io/v1 EndpointSlice EndpointSliceList=EndpointSlice
        events.k8s.io/v1beta1 1.22 1.25 - Event*
        flowcontrol.apiserver.k8s.io/v1beta1 1.23 1.26 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema* \
        PriorityLevelConfiguration*
        flowcontrol.apiserver.k8s.io/v1beta2 1.26 1.29 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema* \
        PriorityLevelConfiguration*
        flowcontrol.apiserver.k8s.io/v1beta3 1.29 1.32 flowcontrol.apiserver.k8s.io/v1 FlowSchema* \
        PriorityLevelConfiguration*
        node.k8s.io/v1beta1 1.22 1.25 - RuntimeClass*
        scheduling.k8s.io/v1beta1 1.14 1.22 scheduling.k8s.io/v1 PriorityClass*
        authentication.k8s.io/v1beta1 1.19 1.22 authentication.k8s.io/v1 TokenReview
        authentication.k8s.io/v1beta1 1.30 1.33 - SelfSubjectReview
        authentication.k8s.io/v1alpha1 1.29 1.32 - SelfSubjectReview
        authorization.k8s.io/v1beta1 1.19 1.22 authorization.k8s.io/v1 SubjectAccessReview SelfSubjectAccessReview \
        LocalSubjectAccessReview SelfSubjectRulesReview
        resource.k8s.io/v1alpha3 1.36 1.39 - DeviceTaintRule*
        resource.k8s.io/v1beta1 1.35 1.38 - ResourceClaim* ResourceClaimTemplate* ResourceSlice* DeviceClass*
        resource.k8s.io/v1beta2 1.36 1.39 - ResourceClaim* ResourceClaimTemplate* ResourceSlice* DeviceClass*
        """

    private struct Entry {
        var deprecated: Substring
        var warning: String
    }

    private static let entries: [String: Entry] = {
        var entries: [String: Entry] = [:]
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            for word in words.dropFirst(4) {
                let isBoth = word.hasSuffix("*")
                let parts = word.split(separator: "=").map { $0.hasSuffix("*") ? String($0.dropLast()) : String($0) }
                for ending in isBoth ? ["", "List"] : [""] {
                    let name = "\(words[0]) \(parts[0])\(ending)"
                    var warning = "\(name) is deprecated in v\(words[1])+"
                    if words[2] != "-" { warning += ", unavailable in v\(words[2])+" }
                    if words[3] != "-" { warning += "; use \(words[3]) \(parts[parts.count - 1])\(ending)" }
                    entries[name] = Entry(deprecated: words[1], warning: warning)
                }
            }
        }
        return entries
    }()

    /// What is said of a kind that a version of Kubernetes has deprecated.
    ///
    /// - Parameter version: `v1.36.0`
    static func warning(apiVersion: String, kind: String, in version: String) -> String? {
        guard let entry = entries["\(apiVersion) \(kind)"] else { return nil }
        let numbers = { (text: Substring) in text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 } }
        let (current, deprecated) = (numbers(version.drop { $0 == "v" }), numbers(entry.deprecated))
        guard current.count >= 2, deprecated.count == 2 else { return nil }
        return (current[0], current[1]) >= (deprecated[0], deprecated[1]) ? entry.warning : nil
    }
}
