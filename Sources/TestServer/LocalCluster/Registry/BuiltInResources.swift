import KubeModel
import KubeSchema

/// The built-in resources that are served.
enum BuiltInResources {
    static let storedVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

    static let all: [ResourceDefinition] =
        core + apps + newerEvents + access + others + controllers + infrastructure + withoutEffect

    private static let newerEvents = [
        resource(
            "events.k8s.io", plural: "events", kind: "Event", short: ["ev"], strategy: EventStrategy(isLegacy: false),
            columns: TableColumn.events, fields: newerEventFields, storedForm: .events)
    ]

    /// Their newer names, of what is stored.
    private static let newerEventFields = Dictionary(
        uniqueKeysWithValues: eventFields.filter { $0.key != "source" }.map { name, path in
            let newer = name.replacing("involvedObject", with: "regarding")
            return (newer == "reportingComponent" ? "reportingController" : newer, path)
        })

    static func resource(
        _ group: String, plural: String, kind: String, version: String = "v1", namespaced: Bool = true,
        short: [String] = [], categories: [String] = [], verbs: [String] = storedVerbs, subresources: [String] = [],
        strategy: any ResourceStrategy = PlainStrategy(), columns: [TableColumn] = TableColumn.standard,
        fields: [String: [String]] = [:], scale: ResourceDefinition.ScalePaths? = nil, storedForm: StoredForm? = nil
    ) -> ResourceDefinition {
        let api = APIResource(
            group: group, version: version, plural: plural, kind: kind, namespaced: namespaced, shortNames: short,
            categories: categories, verbs: verbs, subresources: subresources)
        return ResourceDefinition(
            api: api, schema: BuiltInSchemas.schema(api.groupVersionKind), strategy: strategy, columns: columns,
            fields: FieldPaths(extra: fields, isCustom: false, isNamespaced: namespaced), scale: scale,
            storedForm: storedForm)
    }

    private static let core: [ResourceDefinition] = [
        resource(
            "", plural: "configmaps", kind: "ConfigMap", short: ["cm"], strategy: ConfigMapStrategy(),
            columns: TableColumn.configMaps
        ),
        resource(
            "", plural: "events", kind: "Event", short: ["ev"], strategy: EventStrategy(), columns: TableColumn.events,
            fields: eventFields),
        resource(
            "", plural: "namespaces", kind: "Namespace", namespaced: false, short: ["ns"],
            verbs: storedVerbs.filter { $0 != "deletecollection" }, subresources: ["finalize", "status"],
            strategy: NamespaceStrategy(), columns: TableColumn.namespaces,
            fields: ["status.phase": ["status", "phase"], "name": ["metadata", "name"]]),
        resource(
            "", plural: "nodes", kind: "Node", namespaced: false, short: ["no"], subresources: ["status"],
            columns: TableColumn.nodes,
            fields: ["spec.unschedulable": ["spec", "unschedulable"]]),
        resource(
            "", plural: "pods", kind: "Pod", short: ["po"], categories: ["all"],
            subresources: [
                "attach", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "status",
            ],
            strategy: PodStrategy(), columns: TableColumn.pods,
            fields: [
                "spec.nodeName": ["spec", "nodeName"], "spec.restartPolicy": ["spec", "restartPolicy"],
                "spec.schedulerName": ["spec", "schedulerName"],
                "spec.serviceAccountName": ["spec", "serviceAccountName"], "status.phase": ["status", "phase"],
                "status.podIP": ["status", "podIP"],
            ]),
        resource(
            "", plural: "secrets", kind: "Secret", strategy: SecretStrategy(), columns: TableColumn.secrets,
            fields: ["type": ["type"]]),
        resource(
            "", plural: "serviceaccounts", kind: "ServiceAccount", short: ["sa"], subresources: ["token"],
            strategy: ServiceAccountStrategy()),
        resource(
            "", plural: "services", kind: "Service", short: ["svc"], categories: ["all"],
            subresources: ["proxy", "status"], strategy: ServiceStrategy(), columns: TableColumn.services,
            fields: ["spec.clusterIP": ["spec", "clusterIP"], "spec.type": ["spec", "type"]]),
    ]

    private static let eventFields: [String: [String]] = [
        "involvedObject.kind": ["involvedObject", "kind"], "involvedObject.name": ["involvedObject", "name"],
        "involvedObject.namespace": ["involvedObject", "namespace"],
        "involvedObject.uid": ["involvedObject", "uid"],
        "involvedObject.apiVersion": ["involvedObject", "apiVersion"],
        "involvedObject.resourceVersion": ["involvedObject", "resourceVersion"],
        "involvedObject.fieldPath": ["involvedObject", "fieldPath"], "reason": ["reason"],
        "reportingComponent": ["reportingComponent"], "source": ["source", "component"], "type": ["type"],
    ]

    private static let scalePaths = ResourceDefinition.ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: nil)

    private static let apps: [ResourceDefinition] = [
        resource(
            "apps", plural: "daemonsets", kind: "DaemonSet", short: ["ds"], categories: ["all"],
            subresources: ["status"],
            strategy: WorkloadStrategy(kind: "DaemonSet"), columns: TableColumn.daemonSets),
        resource(
            "apps", plural: "deployments", kind: "Deployment", short: ["deploy"], categories: ["all"],
            subresources: ["scale", "status"], strategy: WorkloadStrategy(kind: "Deployment"),
            columns: TableColumn.deployments, scale: scalePaths),
        resource(
            "apps", plural: "replicasets", kind: "ReplicaSet", short: ["rs"], categories: ["all"],
            subresources: ["scale", "status"],
            strategy: WorkloadStrategy(kind: "ReplicaSet"), columns: TableColumn.replicaSets,
            fields: ["status.replicas": ["status", "replicas"]], scale: scalePaths),
        resource(
            "apps", plural: "statefulsets", kind: "StatefulSet", short: ["sts"], categories: ["all"],
            subresources: ["scale", "status"], strategy: WorkloadStrategy(kind: "StatefulSet"),
            columns: TableColumn.statefulSets, scale: scalePaths),
    ]

    private static func review(_ group: String, plural: String, kind: String, namespaced: Bool = false)
        -> ResourceDefinition
    {
        var definition = resource(group, plural: plural, kind: kind, namespaced: namespaced, verbs: ["create"])
        definition.isVirtual = true
        return definition
    }

    private static let access: [ResourceDefinition] = [
        review("authentication.k8s.io", plural: "selfsubjectreviews", kind: "SelfSubjectReview"),
        review("authentication.k8s.io", plural: "tokenreviews", kind: "TokenReview"),
        review(
            "authorization.k8s.io", plural: "localsubjectaccessreviews", kind: "LocalSubjectAccessReview",
            namespaced: true),
        review("authorization.k8s.io", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview"),
        review("authorization.k8s.io", plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview"),
        review("authorization.k8s.io", plural: "subjectaccessreviews", kind: "SubjectAccessReview"),
        resource(
            rbac, plural: "clusterrolebindings", kind: "ClusterRoleBinding", namespaced: false,
            strategy: PathSegmentStrategy(),
            columns: TableColumn.roleBindings),
        resource(
            rbac, plural: "clusterroles", kind: "ClusterRole", namespaced: false, strategy: PathSegmentStrategy(),
            columns: TableColumn.roles),
        resource(
            rbac, plural: "rolebindings", kind: "RoleBinding", strategy: PathSegmentStrategy(),
            columns: TableColumn.roleBindings),
        resource(rbac, plural: "roles", kind: "Role", strategy: PathSegmentStrategy(), columns: TableColumn.roles),
    ]

    private static let rbac = "rbac.authorization.k8s.io"

    private static let others: [ResourceDefinition] = [
        resource(
            "admissionregistration.k8s.io", plural: "validatingadmissionpolicies", kind: "ValidatingAdmissionPolicy",
            namespaced: false, categories: ["api-extensions"], subresources: ["status"],
            strategy: AdmissionPolicyStrategy()),
        resource(
            "admissionregistration.k8s.io", plural: "validatingadmissionpolicybindings",
            kind: "ValidatingAdmissionPolicyBinding",
            namespaced: false, categories: ["api-extensions"], strategy: AdmissionBindingStrategy()),
        resource(
            "apiextensions.k8s.io", plural: "customresourcedefinitions", kind: "CustomResourceDefinition",
            namespaced: false,
            short: ["crd", "crds"], categories: ["api-extensions"], subresources: ["status"],
            strategy: CustomResourceDefinitionStrategy(), columns: TableColumn.definitions),
        resource(
            "coordination.k8s.io", plural: "leases", kind: "Lease", strategy: LeaseStrategy(),
            columns: TableColumn.leases),
    ]
}

extension APIResource {
    static let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false)
    static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
    static let roles = rbac("roles", kind: "Role")
    static let roleBindings = rbac("rolebindings", kind: "RoleBinding")
    static let clusterRoles = rbac("clusterroles", kind: "ClusterRole", namespaced: false)
    static let clusterRoleBindings = rbac("clusterrolebindings", kind: "ClusterRoleBinding", namespaced: false)

    static let admissionPolicies = admission("validatingadmissionpolicies", kind: "ValidatingAdmissionPolicy")
    static let admissionBindings = admission(
        "validatingadmissionpolicybindings", kind: "ValidatingAdmissionPolicyBinding")

    private static func admission(_ plural: String, kind: String) -> APIResource {
        APIResource(
            group: "admissionregistration.k8s.io", version: "v1", plural: plural, kind: kind, namespaced: false)
    }

    private static func rbac(_ plural: String, kind: String, namespaced: Bool = true) -> APIResource {
        APIResource(
            group: "rbac.authorization.k8s.io", version: "v1", plural: plural, kind: kind, namespaced: namespaced)
    }

    var id: ResourceID { ResourceID(self) }
}
