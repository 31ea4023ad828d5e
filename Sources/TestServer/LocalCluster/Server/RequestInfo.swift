import KubeModel

/// What a request is about, read from method, path and query alone: authorization needs it before anything is looked up.
struct RequestInfo: Sendable, Equatable {
    var verb: String
    var path: String
    /// Decoded, without empty ones.
    var segments: [String]
    /// nil for what isn't below a group version: discovery, health, OpenAPI.
    var resource: Resource?
    /// The only object that a list or watch can be about, by its field selector: rules with resourceNames hold for it, as a real
    /// server has it.
    var selectedName: String?

    struct Resource: Sendable, Equatable {
        var group: String
        var version: String
        var plural: String
        var namespace: String?
        var name: String?
        var subresource: String?
        /// Segments behind the subresource: no path of this server has any.
        var hasSurplus = false

        var id: ResourceID { ResourceID(group, plural: plural) }
        /// `pods/log`, as rules name it.
        var qualifiedPlural: String { subresource.map { "\(plural)/\($0)" } ?? plural }
    }

    init(_ request: APIRequest) {
        path = request.path
        segments = request.path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
        verb = request.method.lowercased()
        resource = Self.resource(segments)
        guard var found = resource else { return }
        var isWatchPath = false
        if segments.contains("watch"), let watched = Self.resource(Self.withoutWatch(segments)),
            segments[found.group.isEmpty ? 2 : 3] == "watch"
        {
            found = watched
            isWatchPath = true
        }
        resource = found
        verb = Self.verb(request, resource: found, isWatchPath: isWatchPath)
        if found.name == nil, request.method != "POST" { selectedName = Self.selectedName(request) }
    }

    private static func selectedName(_ request: APIRequest) -> String? {
        for term in (request[query: "fieldSelector"] ?? "").split(separator: ",") {
            let parts = term.split(separator: "=").map(String.init)
            guard parts.count == 2, parts[0] == "metadata.name", !parts[1].contains("/") else { continue }
            return parts[1]
        }
        return nil
    }

    private static func withoutWatch(_ segments: [String]) -> [String] {
        var rest = segments
        rest.remove(at: segments.first == "api" ? 2 : 3)
        return rest
    }

    private static func resource(_ segments: [String]) -> Resource? {
        var rest = segments[...]
        var group = ""
        switch rest.popFirst() {
        case "api": break
        case "apis":
            guard let name = rest.popFirst() else { return nil }
            group = name
        default: return nil
        }
        guard let version = rest.popFirst(), !rest.isEmpty else { return nil }
        var namespace: String?
        if rest.first == "namespaces", rest.count >= 3, !isNamespaceSubresource(rest) {
            namespace = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.popFirst() else { return nil }
        let name = rest.popFirst()
        let subresource = rest.popFirst()
        if plural == "namespaces" { namespace = name }
        return Resource(
            group: group, version: version, plural: plural, namespace: namespace, name: name,
            subresource: subresource, hasSurplus: !rest.isEmpty)
    }

    /// `/namespaces/x/status` and `/finalize` are subresources of the namespace, not collections in it.
    private static func isNamespaceSubresource(_ rest: ArraySlice<String>) -> Bool {
        rest.count == 3 && ["status", "finalize"].contains(rest.last ?? "")
    }

    private static func verb(_ request: APIRequest, resource: Resource, isWatchPath: Bool) -> String {
        switch request.method {
        case "POST": return "create"
        case "PUT": return "update"
        case "PATCH": return "patch"
        case "DELETE": return resource.name == nil ? "deletecollection" : "delete"
        case "GET", "HEAD":
            if resource.name != nil, !isWatchPath { return "get" }
            return isWatchPath || request.flag("watch") ? "watch" : "list"
        default: return request.method.lowercased()
        }
    }
}
