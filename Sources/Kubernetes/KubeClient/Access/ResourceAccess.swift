public import KubeModel

/// What an authorizer is asked about a request, in the terms of RBAC.
public struct ResourceAccess: Sendable, Hashable, CustomStringConvertible {
    /// `get`, `list`, `patch`, …
    public var verb: String
    public var group: String
    public var version: String
    /// Plural.
    public var resource: String
    public var subresource: String?
    /// nil: cluster-wide.
    public var namespace: String?
    /// nil for a collection, and for what is created.
    public var name: String?

    /// nil for a path that names no resource of the API for sure.
    public init?(_ request: KubeRequest) {
        guard let place = ResourcePath(request.path) else { return nil }
        verb = Self.verb(request.method, isObject: place.name != nil)
        group = place.groupVersion.group
        version = place.groupVersion.version
        resource = place.resource
        subresource = place.subresource
        namespace = place.namespace
        name = place.name
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

    /// `patch deployments/scale (group apps) in namespace shop`
    public var description: String {
        let full = resource + (subresource.map { "/\($0)" } ?? "")
        let what = group.isEmpty ? full : "\(full) (group \(group))"
        return "\(verb) \(what) \(namespace.map { "in namespace \($0)" } ?? "cluster-wide")"
    }

    /// `spec.resourceAttributes` of the review kinds of `authorization.k8s.io/v1`.
    public var attributes: JSONValue {
        // To an authorizer a namespace lies in itself.
        let isNamespace = group.isEmpty && resource == "namespaces"
        let namespace = isNamespace ? name : namespace
        return .compact([
            "verb": .string(verb), "group": .string(group), "version": .string(version), "resource": .string(resource),
            "subresource": subresource.map(JSONValue.string), "namespace": namespace.map(JSONValue.string),
            "name": name.map(JSONValue.string),
        ])
    }
}
