import KubeModel

/// The roles that every cluster has (`k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy`), for the
/// resources that are served here.
enum DefaultRoles {
    private static let read: JSONValue = ["get", "list", "watch"]
    private static let write: JSONValue = ["create", "delete", "deletecollection", "patch", "update"]

    private static func rule(_ verbs: JSONValue, group: String, resources: [String]) -> JSONValue {
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
            rule(read, group: "", resources: core + readable),
            rule(read, group: "apps", resources: apps + scales + statuses),
            rule(read, group: "discovery.k8s.io", resources: ["endpointslices"]),
        ] + others.map { rule(read, group: $0, resources: $1) }

    private static let readable = [
        "endpoints", "limitranges", "namespaces", "persistentvolumeclaims/status", "pods/log", "pods/status",
        "replicationcontrollers/scale", "replicationcontrollers/status", "resourcequotas", "resourcequotas/status",
        "services/status",
    ]

    private static let connections = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"]

    private static let edit: [JSONValue] =
        [
            rule(read, group: "", resources: ["secrets"] + connections),
            rule(write, group: "", resources: core + ["secrets"] + connections),
            rule(["create"], group: "", resources: ["pods/eviction", "serviceaccounts/token"]),
            rule(["impersonate"], group: "", resources: ["serviceaccounts"]),
            rule(write, group: "apps", resources: apps + scales),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                group: "coordination.k8s.io", resources: ["leases"]),
        ] + others.map { rule(write, group: $0, resources: $1) }

    /// What an installation of metrics-server adds to all roles of people.
    private static let metrics = rule(read, group: "metrics.k8s.io", resources: ["pods", "nodes"])

    private static let admin: [JSONValue] =
        [
            rule(["create"], group: "authorization.k8s.io", resources: ["localsubjectaccessreviews"]),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                group: "rbac.authorization.k8s.io", resources: ["rolebindings", "roles"]),
        ]

    private static let versionPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"]

    /// Roles of people, each with its own rules, those it has in the end, and the role that takes it in. Any ClusterRole
    /// with the label adds to one.
    static func aggregated(
        withMetrics: Bool
    ) -> [(name: String, own: [JSONValue], all: [JSONValue], takenInBy: String?)] {
        let view = view + (withMetrics ? [metrics] : [])
        return [
            ("view", view, view, "edit"), ("edit", edit, edit + view, "admin"),
            ("admin", admin, edit + view + admin, nil),
        ]
    }

    static func aggregationLabel(_ role: String) -> String { "rbac.authorization.k8s.io/aggregate-to-\(role)" }

    static let clusterRoles: [(name: String, rules: [JSONValue])] = [
        (
            "cluster-admin",
            [
                rule(["*"], group: "*", resources: ["*"]),
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
                rule(
                    ["create"], group: "authorization.k8s.io",
                    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                rule(["create"], group: "authentication.k8s.io", resources: ["selfsubjectreviews"]),
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
