import Writes

/// Labels and annotations in which controllers, the kubelet and tools keep their own books. Whoever else writes them makes
/// these lose track of what they own, or believe that something was done which wasn't.
enum BookkeepingKeys {
    static func isOwned(_ key: String, in map: MetadataMap) -> Bool {
        if owned.contains(key) { return true }
        return prefixes.contains { key.hasPrefix($0) }
    }

    /// Keys to leave out of what is copied from one object to another: they say who manages the first.
    static func saysWhoManages(_ key: String) -> Bool {
        isOwned(key, in: .labels) || managers.contains { key.hasPrefix($0) }
    }

    private static let managers = [
        "app.kubernetes.io/managed-by", "argocd.argoproj.io/", "helm.sh/", "kustomize.toolkit.fluxcd.io/",
        "helm.toolkit.fluxcd.io/", "addonmanager.kubernetes.io/", "olm.",
    ]

    private static let owned: Set<String> = [
        "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
        "apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name", "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name", "batch.kubernetes.io/job-completion-index", "batch.kubernetes.io/job-tracking",
        "batch.kubernetes.io/cronjob-scheduled-timestamp", "cronjob.kubernetes.io/instantiate",
        "kubernetes.io/metadata.name", "kubernetes.io/config.mirror", "kubernetes.io/config.hash",
        "kubernetes.io/config.seen", "kubernetes.io/config.source", "kubernetes.io/service-account.uid",
        "kubectl.kubernetes.io/last-applied-configuration", "deprecated.daemonset.template.generation",
        "deployment.kubernetes.io/revision", "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas", "deployment.kubernetes.io/max-replicas",
        "control-plane.alpha.kubernetes.io/leader", "endpoints.kubernetes.io/last-change-trigger-time",
        "endpoints.kubernetes.io/over-capacity", "endpointslice.kubernetes.io/managed-by",
        "node.alpha.kubernetes.io/ttl", "volumes.kubernetes.io/controller-managed-attach-detach",
        "volume.kubernetes.io/selected-node", "volume.kubernetes.io/storage-provisioner",
        "volume.beta.kubernetes.io/storage-provisioner", "pv.kubernetes.io/bind-completed",
        "pv.kubernetes.io/bound-by-controller", "pv.kubernetes.io/provisioned-by", "meta.helm.sh/release-name",
        "meta.helm.sh/release-namespace",
    ]

    private static let prefixes = ["skyflo.ai/", "autoscaling.alpha.kubernetes.io/", "container.seccomp.security."]
}
