/// An API group and version as in `apiVersion`: `v1` (the legacy core group, whose name is empty) or `apps/v1`.
public struct GroupVersion: Sendable, Hashable, CustomStringConvertible {
    public var group: String
    public var version: String

    public init(group: String, version: String) {
        self.group = group
        self.version = version
    }

    /// Reads `version` or `group/version`; nil for anything else.
    public init?(apiVersion: String) {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1 where !parts[0].isEmpty: self.init(group: "", version: String(parts[0]))
        case 2 where !parts[0].isEmpty && !parts[1].isEmpty:
            self.init(group: String(parts[0]), version: String(parts[1]))
        default: return nil
        }
    }

    public var description: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `/api/v1` for the core group, `/apis/GROUP/VERSION` for all others.
    public var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

public struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    public var group: String
    public var version: String
    public var kind: String

    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    public var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    public var apiVersion: String { groupVersion.description }
    public var description: String { "\(apiVersion), Kind=\(kind)" }
}

/// A REST resource of an API server: what `kubectl api-resources` lists a line for.
public struct APIResource: Sendable, Hashable, CustomStringConvertible {
    public var group: String
    public var version: String
    /// Plural, lower case: `deployments`. The name in paths.
    public var plural: String
    public var kind: String
    public var namespaced: Bool
    public var singular: String
    public var shortNames: [String]
    public var categories: [String]
    public var verbs: [String]
    /// `status`, `scale`, `log`, …
    public var subresources: [String]

    public init(
        group: String, version: String, plural: String, kind: String, namespaced: Bool = true,
        singular: String? = nil, shortNames: [String] = [], categories: [String] = [], verbs: [String] = [],
        subresources: [String] = []
    ) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.namespaced = namespaced
        self.singular = singular ?? kind.lowercased()
        self.shortNames = shortNames
        self.categories = categories
        self.verbs = verbs
        self.subresources = subresources
    }

    public var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    public var apiVersion: String { groupVersion.description }

    /// `deployments.apps`, or `pods` in the core group: how error messages name a resource.
    public var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
    public var description: String { qualifiedName }

    /// The path of the collection, or of one object, or of a subresource of it. Every segment is percent-encoded, so that
    /// a name can't leave its place in the path.
    public func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = groupVersion.path
        if namespaced, let namespace { path += "/namespaces/" + PercentEncoding.segment(namespace) }
        path += "/" + plural
        if let name { path += "/" + PercentEncoding.segment(name) }
        if let subresource { path += "/" + subresource }
        return path
    }
}

extension APIResource {
    public static let namespaces = APIResource(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false, shortNames: ["ns"])
    public static let pods = APIResource(group: "", version: "v1", plural: "pods", kind: "Pod", shortNames: ["po"])
    public static let events = APIResource(
        group: "", version: "v1", plural: "events", kind: "Event", shortNames: ["ev"])
    public static let secrets = APIResource(group: "", version: "v1", plural: "secrets", kind: "Secret")
    public static let serviceAccounts = APIResource(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount", shortNames: ["sa"])
    public static let deployments = APIResource(
        group: "apps", version: "v1", plural: "deployments", kind: "Deployment", shortNames: ["deploy"])
    public static let replicaSets = APIResource(
        group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet", shortNames: ["rs"])
    public static let statefulSets = APIResource(
        group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet", shortNames: ["sts"])
    public static let daemonSets = APIResource(
        group: "apps", version: "v1", plural: "daemonsets", kind: "DaemonSet", shortNames: ["ds"])
    public static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
    public static let customResourceDefinitions = APIResource(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
        kind: "CustomResourceDefinition", namespaced: false, shortNames: ["crd", "crds"])
    public static let selfSubjectAccessReviews = APIResource(
        group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview", namespaced: false)
}
