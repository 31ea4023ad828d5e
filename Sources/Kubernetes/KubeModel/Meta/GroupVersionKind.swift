/// An API group and version as in `apiVersion`: `v1` (the legacy core group, whose name is empty) or `apps/v1`.
public struct GroupVersion: Sendable, Hashable, CustomStringConvertible {
    /// The name of the group, empty for the core group.
    public var group: String
    /// The version within the group, such as `v1beta1`.
    public var version: String

    /// Makes a group and version of their names.
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

    /// The form of `apiVersion`: `v1` or `apps/v1`.
    public var description: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `/api/v1` for the core group, `/apis/GROUP/VERSION` for all others.
    public var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}

/// The type of an object: its API group, version and kind.
public struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    /// The name of the group, empty for the core group.
    public var group: String
    /// The version within the group, such as `v1`.
    public var version: String
    /// The kind in CamelCase, such as `Deployment`.
    public var kind: String

    /// Makes a type of the three names.
    public init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// The type without its kind.
    public var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    /// The form of `apiVersion`: `v1` or `apps/v1`.
    public var apiVersion: String { groupVersion.description }
    /// The form that the API server writes in messages: `apps/v1, Kind=Deployment`.
    public var description: String { "\(apiVersion), Kind=\(kind)" }
}

/// A REST resource of an API server, as discovery describes it: one line of `kubectl api-resources`.
public struct APIResource: Sendable, Hashable, CustomStringConvertible {
    /// The name of the group, empty for the core group.
    public var group: String
    /// The version of the group in which requests are made.
    public var version: String
    /// The name in paths, plural and in lower case: `deployments`.
    public var plural: String
    /// The kind of the resource's objects, in CamelCase.
    public var kind: String
    /// Whether the objects are in namespaces.
    public var namespaced: Bool
    /// The singular in lower case, such as `deployment`, which `kubectl` takes for the plural.
    public var singular: String
    /// The abbreviations that `kubectl` takes for the plural, such as `deploy`.
    public var shortNames: [String]
    /// The groups of resources that it is listed with, such as `all`.
    public var categories: [String]
    /// The verbs that the server supports (`get`, `list`, `watch`, …); empty in a resource that didn't come from
    /// discovery.
    public var verbs: [String]
    /// The subresources of its objects: `status`, `scale`, `log`, …
    public var subresources: [String]

    /// Makes a resource. Without a singular it is the kind in lower case.
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

    /// The group and version in which requests are made.
    public var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    /// The type of the resource's objects.
    public var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    /// The `apiVersion` of the resource's objects.
    public var apiVersion: String { groupVersion.description }

    /// The name in error messages: `deployments.apps`, or `pods` in the core group.
    public var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
    /// The same as ``qualifiedName``.
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
    /// The namespaces (`v1`), which are in no namespace themselves.
    public static let namespaces = APIResource(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false, shortNames: ["ns"])
    /// The pods (`v1`).
    public static let pods = APIResource(group: "", version: "v1", plural: "pods", kind: "Pod", shortNames: ["po"])
    /// The events of the core group (`v1`).
    public static let events = APIResource(
        group: "", version: "v1", plural: "events", kind: "Event", shortNames: ["ev"])
    /// The Secrets (`v1`).
    public static let secrets = APIResource(group: "", version: "v1", plural: "secrets", kind: "Secret")
    /// The ServiceAccounts (`v1`).
    public static let serviceAccounts = APIResource(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount", shortNames: ["sa"])
    /// The Deployments (`apps/v1`).
    public static let deployments = APIResource(
        group: "apps", version: "v1", plural: "deployments", kind: "Deployment", shortNames: ["deploy"])
    /// The ReplicaSets (`apps/v1`).
    public static let replicaSets = APIResource(
        group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet", shortNames: ["rs"])
    /// The StatefulSets (`apps/v1`).
    public static let statefulSets = APIResource(
        group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet", shortNames: ["sts"])
    /// The DaemonSets (`apps/v1`).
    public static let daemonSets = APIResource(
        group: "apps", version: "v1", plural: "daemonsets", kind: "DaemonSet", shortNames: ["ds"])
    /// The leases by which leaders are elected (`coordination.k8s.io/v1`).
    public static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
    /// The definitions of custom resources (`apiextensions.k8s.io/v1`).
    public static let customResourceDefinitions = APIResource(
        group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
        kind: "CustomResourceDefinition", namespaced: false, shortNames: ["crd", "crds"])
    /// The questions whether the caller may do something (`authorization.k8s.io/v1`); they are answered and not stored.
    public static let selfSubjectAccessReviews = APIResource(
        group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview", namespaced: false)
}
