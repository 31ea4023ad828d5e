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

    private static let core = ["configmaps", "events", "pods", "serviceaccounts", "services"]
    private static let apps = ["daemonsets", "deployments", "replicasets", "statefulsets"]
    private static let scales = ["deployments/scale", "replicasets/scale", "statefulsets/scale"]
    private static let statuses = apps.map { "\($0)/status" }

    private static let view: [JSONValue] = [
        rule(read, "", core + ["namespaces", "pods/log", "pods/status", "services/status"]),
        rule(read, "apps", apps + scales + statuses),
    ]

    private static let edit: [JSONValue] =
        view + [
            rule(read, "", ["secrets"]), rule(write, "", ["configmaps", "events", "pods", "secrets", "services"]),
            rule(write, "", ["serviceaccounts"]), rule(["create"], "", ["pods/eviction", "serviceaccounts/token"]),
            rule(["impersonate"], "", ["serviceaccounts"]), rule(write, "apps", apps + scales),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "coordination.k8s.io", ["leases"]),
        ]

    private static let admin: [JSONValue] =
        edit + [
            rule(["create"], "authorization.k8s.io", ["localsubjectaccessreviews"]),
            rule(
                ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                "rbac.authorization.k8s.io", ["rolebindings", "roles"]),
        ]

    private static let versionPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"]

    static let clusterRoles: [(name: String, rules: [JSONValue])] = [
        (
            "cluster-admin",
            [
                rule(["*"], "*", ["*"]),
                ["verbs": ["*"], "nonResourceURLs": ["*"]],
            ]
        ), ("admin", admin), ("edit", edit), ("view", view),
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
