/// The order of kinds in which Helm installs objects. Kinds that aren't listed come last, by their names.
enum KindOrder {
    static let install: [String] = """
        PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget \
        ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim \
        CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList \
        RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment \
        HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService MutatingWebhookConfiguration \
        ValidatingWebhookConfiguration
        """.split(separator: " ").map(String.init)

    /// The order in which Helm deletes them: not quite the other way round.
    private static let uninstall: [String] = """
        ValidatingWebhookConfiguration MutatingWebhookConfiguration APIService Ingress IngressClass Service CronJob Job \
        StatefulSet HorizontalPodAutoscaler Deployment ReplicaSet ReplicationController Pod DaemonSet RoleBindingList \
        RoleBinding RoleList Role ClusterRoleBindingList ClusterRoleBinding ClusterRoleList ClusterRole \
        CustomResourceDefinition PersistentVolumeClaim PersistentVolume StorageClass ConfigMap SecretList Secret \
        ServiceAccount PodDisruptionBudget PodSecurityPolicy LimitRange ResourceQuota NetworkPolicy Namespace PriorityClass
        """.split(separator: " ").map(String.init)

    private static func ranks(_ kinds: [String]) -> [String: Int] {
        Dictionary(kinds.enumerated().map { ($1, $0) }) { first, _ in first }
    }
    private static let installRanks = ranks(install)
    private static let uninstallRanks = ranks(uninstall)

    /// The elements in the order of their kinds; those of one kind stay as they are.
    static func sorted<Element>(
        _ elements: [Element], isUninstall: Bool = false, kind: (Element) -> String
    ) -> [Element] {
        let ranks = isUninstall ? uninstallRanks : installRanks
        let keyed = elements.enumerated().map { (offset: $0, kind: kind($1), element: $1) }
        return keyed.sorted { left, right in
            let (first, second) = (ranks[left.kind] ?? Int.max, ranks[right.kind] ?? Int.max)
            if first != second { return first < second }
            if first == Int.max, left.kind != right.kind {
                return left.kind.utf8.lexicographicallyPrecedes(right.kind.utf8)
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}
