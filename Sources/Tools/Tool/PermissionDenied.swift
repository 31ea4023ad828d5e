public import KubeModel

/// A 403 of the API server's authorizer, with the permission that would have been needed.
public struct PermissionDenied: Error, Sendable, Hashable, CustomStringConvertible {
    /// The RBAC verb: `get`, `list`, `patch`, …
    public var verb: String
    /// The RBAC resource: `deployments`, `deployments/scale`; a path where the request is for no resource.
    public var resource: String
    public var group: String
    public var namespace: String?
    /// The impersonated user; nil where the process asked for itself.
    public var identity: String?
    /// The server's own words.
    public var message: String

    public var description: String {
        let who = identity ?? "the operator"
        let what = group.isEmpty ? resource : "\(resource) (group \(group))"
        let place = namespace.map { "in namespace \($0)" } ?? "cluster-wide"
        return "missing permission: \(who) may not \(verb) \(what) \(place). The API server says: \(message)"
    }

    /// Reads what a request needs out of the request. Paths are those of the Kubernetes API (`/api/v1/…`, `/apis/G/V/…`).
    public init(_ request: KubeRequest, identity: Impersonation?, message: String) {
        self.identity = identity?.user
        self.message = message
        var segments = request.path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
        group = ""
        if segments.first == "apis", segments.count > 3 {
            group = segments[1]
            segments.removeFirst(3)
        } else if segments.first == "api", segments.count > 2 {
            segments.removeFirst(2)
        } else {
            verb = request.method.rawValue.lowercased()
            resource = request.path
            return
        }
        if segments.first == "namespaces", segments.count > 2 {
            namespace = segments[1]
            segments.removeFirst(2)
        }
        resource = segments[0] + (segments.count > 2 ? "/" + segments[2] : "")
        verb = Self.verb(request.method, isObject: segments.count > 1)
    }

    private static func verb(_ method: KubeRequest.Method, isObject: Bool) -> String {
        switch method {
        case .get: isObject ? "get" : "list"
        case .post: "create"
        case .put: "update"
        case .patch: "patch"
        case .delete: isObject ? "delete" : "deletecollection"
        }
    }
}

extension PermissionDenied {
    /// Whether a refusal is the authorizer's. Admission and quotas answer 403 as well, and only the words tell them apart:
    /// the authorizer's are `User "…" cannot VERB resource …`.
    static func isReason(of status: APIStatus) -> Bool {
        status.code == 403 && status.message.contains("User \"") && status.message.contains("\" cannot ")
    }
}
