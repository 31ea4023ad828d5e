import KubeModel

/// The roles that every cluster has (`k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy`), for the
/// resources that are served here.
enum DefaultRoles {
    private static let read: JSONValue = ["get", "list", "watch"]
    private static let write: JSONValue = ["create", "delete", "deletecollection", "patch", "update"]

    private static func rule(_ verbs: JSONValue, _ group: String, _ resources: [String]) -> JSONValue {
        ["verbs": verbs, "apiGroups": [.string(group)], "resources": JSONValue(resources)]
    }

    private static func paths(_ paths: [String]) -> JSONValue {
        ["verbs": ["get"], "nonResourceURLs": JSONValue(paths)]
    }

    private static let core = [
        "configmaps", "events", "persistentvolumeclaims", "pods", "replicationcontrollers", "serviceaccounts",
        "services",
    ]
    /// Of other groups; applications bring these along.
    private static let others = [
        ("autoscaling", ["horizontalpodautoscalers"]), ("batch", ["cronjobs", "jobs"]),
        ("networking.k8s.io", ["ingresses", "networkpolicies"]), ("policy", ["poddisruptionbudgets"]),
    ]
    private static let apps = ["daemonsets", "deployments", "replicasets", "statefulsets"]
    private static let scales = ["deployments/scale", "replicasets/scale", "statefulsets/scale"]
    private static let statuses = apps.map { "\($0)/status" }

    private static let view: [JSONValue] =
        [
            rule(read, "", core + readable), rule(read, "apps", apps + scales + statuses),
            rule(read, "discovery.k8s.io", ["endpointslices"]),
        ] + others.map { rule(read, $0, $1) }

    private static let readable = [
        "endpoints", "limitranges", "namespaces", "persistentvolumeclaims/status", "pods/log", "pods/status",
        "replicationcontrollers/scale", "replicationcontrollers/status", "resourcequotas", "resourcequotas/status",
        "services/status",
    ]

    private static let edit: [JSONValue] =
        [
            rule(read, "", ["secrets"]), rule(write, "", core + ["secrets"]),
            rule(["create"], "", ["pods/eviction", "serviceaccounts/token"]),
            rule(["impersonate"], "", ["serviceaccounts"]), rule(write, "apps", apps + scales),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "coordination.k8s.io", ["leases"]),
        ] + others.map { rule(write, $0, $1) }

    private static let admin: [JSONValue] =
        [
            rule(["create"], "authorization.k8s.io", ["localsubjectaccessreviews"]),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "rbac.authorization.k8s.io", ["rolebindings", "roles"]),
        ]

    private static let versionPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"]

    /// Roles of people, each with its own rules, those it has in the end, and the role that takes it in. Any ClusterRole
    /// with the label adds to one.
    static let aggregated = [
        ("view", view, view, "edit"), ("edit", edit, edit + view, "admin"),
        ("admin", admin, edit + view + admin, nil),
    ]

    static func aggregationLabel(_ role: String) -> String { "rbac.authorization.k8s.io/aggregate-to-\(role)" }

    static let clusterRoles: [(name: String, rules: [JSONValue])] = [
        (
            "cluster-admin",
            [
                rule(["*"], "*", ["*"]),
                ["verbs": ["*"], "nonResourceURLs": ["*"]],
            ]
        ),
        (
            "system:discovery",
            [
                paths([
                    "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                    "/version", "/version/",
                ])
            ]
        ), ("system:public-info-viewer", [paths(versionPaths)]),
        (
            "system:basic-user",
            [
                rule(["create"], "authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                rule(["create"], "authentication.k8s.io", ["selfsubjectreviews"]),
            ]
        ),
    ]

    static let clusterRoleBindings: [(name: String, role: String, groups: [String])] = [
        ("cluster-admin", "cluster-admin", ["system:masters"]),
        ("system:discovery", "system:discovery", ["system:authenticated"]),
        ("system:basic-user", "system:basic-user", ["system:authenticated"]),
        (
            "system:public-info-viewer", "system:public-info-viewer",
            ["system:authenticated", "system:unauthenticated"]
        ),
    ]
}
