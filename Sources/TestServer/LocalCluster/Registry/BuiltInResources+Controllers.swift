import KubeModel

/// What controllers work with beside the workloads of apps/v1.
extension BuiltInResources {
    static let controllers: [ResourceDefinition] = [
        resource("", plural: "endpoints", kind: "Endpoints", short: ["ep"], columns: TableColumn.endpoints),
        resource(
            "", plural: "limitranges", kind: "LimitRange", short: ["limits"], strategy: LimitRangeStrategy(),
            columns: TableColumn.definitions),
        resource(
            "", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim", short: ["pvc"],
            subresources: ["status"],
            strategy: ClaimStrategy(), columns: TableColumn.claims),
        resource(
            "", plural: "resourcequotas", kind: "ResourceQuota", short: ["quota"], subresources: ["status"],
            strategy: ResourceQuotaStrategy(), columns: TableColumn.resourceQuotas),
        resource(
            "apps", plural: "controllerrevisions", kind: "ControllerRevision", columns: TableColumn.controllerRevisions),
        resource(
            "autoscaling", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", version: "v2",
            short: ["hpa"],
            categories: ["all"], subresources: ["status"], strategy: AutoscalerStrategy(),
            columns: TableColumn.autoscalers),
        resource(
            "autoscaling", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler", short: ["hpa"],
            categories: ["all"],
            subresources: ["status"], strategy: AutoscalerStrategy(isV2: false), columns: TableColumn.autoscalers,
            storedForm: .autoscalers),
        resource(
            "batch", plural: "cronjobs", kind: "CronJob", short: ["cj"], categories: ["all"], subresources: ["status"],
            strategy: CronJobStrategy(), columns: TableColumn.cronJobs),
        resource(
            "batch", plural: "jobs", kind: "Job", categories: ["all"], subresources: ["status"],
            strategy: JobStrategy(),
            columns: TableColumn.jobs, fields: ["status.successful": ["status", "succeeded"]]),
        resource(
            "discovery.k8s.io", plural: "endpointslices", kind: "EndpointSlice", columns: TableColumn.endpointSlices),
        resource(
            "policy", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget", short: ["pdb"],
            subresources: ["status"],
            strategy: DisruptionBudgetStrategy(), columns: TableColumn.disruptionBudgets),
    ]
}

extension APIResource {
    static let autoscalers = APIResource(
        group: "autoscaling", version: "v2", plural: "horizontalpodautoscalers", kind: "HorizontalPodAutoscaler")
    static let controllerRevisions = APIResource(
        group: "apps", version: "v1", plural: "controllerrevisions", kind: "ControllerRevision")
    static let cronJobs = APIResource(group: "batch", version: "v1", plural: "cronjobs", kind: "CronJob")
    static let endpoints = APIResource(group: "", version: "v1", plural: "endpoints", kind: "Endpoints")
    static let endpointSlices = APIResource(
        group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")
    static let claims = APIResource(
        group: "", version: "v1", plural: "persistentvolumeclaims", kind: "PersistentVolumeClaim")
    static let disruptionBudgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    static let jobs = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    static let storageClasses = APIResource(
        group: "storage.k8s.io", version: "v1", plural: "storageclasses", kind: "StorageClass", namespaced: false)
    static let resourceQuotas = APIResource(group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
}
