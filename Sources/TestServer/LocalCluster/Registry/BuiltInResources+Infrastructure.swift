import KubeModel

/// What manifests of applications and clusters hold beside workloads. Nothing here acts: it is stored, checked and shown.
extension BuiltInResources {
    static let infrastructure: [ResourceDefinition] = [
        resource(
            "", plural: "persistentvolumes", kind: "PersistentVolume", namespaced: false, short: ["pv"],
            subresources: ["status"],
            strategy: VolumeStrategy(), columns: TableColumn.volumes),
        resource(
            "", plural: "podtemplates", kind: "PodTemplate", strategy: PodTemplateStrategy(),
            columns: TableColumn.podTemplates),
        resource(
            "", plural: "replicationcontrollers", kind: "ReplicationController", short: ["rc"], categories: ["all"],
            subresources: ["scale", "status"], strategy: ReplicationControllerStrategy(),
            columns: TableColumn.replicationControllers, fields: ["status.replicas": ["status", "replicas"]],
            scale: .init(specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: nil)),
        resource(
            "networking.k8s.io", plural: "ingressclasses", kind: "IngressClass", namespaced: false,
            strategy: GenerationStrategy(), columns: TableColumn.ingressClasses),
        resource(
            "networking.k8s.io", plural: "ingresses", kind: "Ingress", short: ["ing"], subresources: ["status"],
            strategy: IngressStrategy(), columns: TableColumn.ingresses),
        resource(
            "networking.k8s.io", plural: "networkpolicies", kind: "NetworkPolicy", short: ["netpol"],
            strategy: NetworkPolicyStrategy(), columns: TableColumn.networkPolicies),
        resource(
            "scheduling.k8s.io", plural: "priorityclasses", kind: "PriorityClass", namespaced: false, short: ["pc"],
            strategy: PriorityClassStrategy(), columns: TableColumn.priorityClasses),
        resource(
            "storage.k8s.io", plural: "storageclasses", kind: "StorageClass", namespaced: false, short: ["sc"],
            strategy: StorageClassStrategy(), columns: TableColumn.storageClasses),
    ]
}

extension APIResource {
    static let priorityClasses = APIResource(
        group: "scheduling.k8s.io", version: "v1", plural: "priorityclasses", kind: "PriorityClass", namespaced: false)
    static let replicationControllers = APIResource(
        group: "", version: "v1", plural: "replicationcontrollers", kind: "ReplicationController")
    static let limitRanges = APIResource(group: "", version: "v1", plural: "limitranges", kind: "LimitRange")
}
