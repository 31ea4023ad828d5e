public import KubeModel

/// The permission that a request needs, in the terms of RBAC, as an authorizer is asked for it.
public struct ResourceAccess: Sendable, Hashable, CustomStringConvertible {
    /// The verb: `get`, `list`, `patch`, …
    public var verb: String
    /// The API group, empty for the core group.
    public var group: String
    /// The version of the group.
    public var version: String
    /// The plural of the resource.
    public var resource: String
    /// The subresource; nil for the object itself.
    public var subresource: String?
    /// The namespace; nil for the whole cluster.
    public var namespace: String?
    /// The name of the object; nil for a collection, and for what is created.
    public var name: String?

    /// Makes a permission of its parts.
    public init(
        verb: String, group: String, version: String, resource: String, subresource: String? = nil,
        namespace: String? = nil, name: String? = nil
    ) {
        self.verb = verb
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

    /// Reads the permission from a request's method and path; nil for a path that names no resource of the API for
    /// sure. A watch counts as `list`.
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

    /// The permission for people: `patch deployments/scale (group apps) in namespace shop`.
    public var description: String {
        let full = resource + (subresource.map { "/\($0)" } ?? "")
        let what = group.isEmpty ? full : "\(full) (group \(group))"
        return "\(verb) \(what) \(namespace.map { "in namespace \($0)" } ?? "cluster-wide")"
    }

    /// The permission as `spec.resourceAttributes` of the review kinds of `authorization.k8s.io/v1`.
    public var attributes: JSONValue {
        // To an authorizer a namespace is in itself.
        let isNamespace = group.isEmpty && resource == "namespaces"
        let namespace = isNamespace ? name : namespace
        return .compact([
            "verb": .string(verb), "group": .string(group), "version": .string(version), "resource": .string(resource),
            "subresource": subresource.map(JSONValue.string), "namespace": namespace.map(JSONValue.string),
            "name": name.map(JSONValue.string),
        ])
    }
}
