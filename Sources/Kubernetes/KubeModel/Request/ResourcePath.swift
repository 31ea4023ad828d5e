/// The object, collection or subresource that a request's path names, read as the API server's own `RequestInfo` does.
///
/// Reading gives nil for what can't be told for sure. Judging a path by guessing would let a request mean something
/// else than it seems to.
public struct ResourcePath: Sendable, Hashable {
    /// The API group and version in the path.
    public var groupVersion: GroupVersion
    /// The namespace in the path; nil for a resource without one or a request across all namespaces.
    public var namespace: String?
    /// The plural of the resource.
    public var resource: String
    /// The name of the object; nil for a collection.
    public var name: String?
    /// The subresource, such as `status`; nil for the object itself.
    public var subresource: String?

    /// Reads a path without its query. It is nil for discovery, for paths outside `/api` and `/apis`, for the old verbs
    /// in front of a resource (`proxy`, `watch`, `redirect`), for more segments than a subresource has, and for what a
    /// proxy could split in another way.
    public init?(_ path: String) {
        guard let segments = Self.segments(path) else { return nil }
        switch segments.first {
        case "api" where segments.count > 2:
            self.init(GroupVersion(group: "", version: segments[1]), place: segments[2...])
        case "apis" where segments.count > 3:
            self.init(GroupVersion(group: segments[1], version: segments[2]), place: segments[3...])
        default: return nil
        }
    }

    private init?(_ groupVersion: GroupVersion, place: ArraySlice<String>) {
        var place = place
        self.groupVersion = groupVersion
        if place.first == "namespaces", place.count > 2,
            !Self.namespaceSubresources.contains(place[place.startIndex + 2])
        {
            namespace = place[place.startIndex + 1]
            place = place.dropFirst(2)
        }
        let parts = Array(place)
        // Further segments belong to what a subresource opens a connection to. The old verbs in front of a resource hide it.
        guard parts.count <= 3, let resource = parts.first, !Self.prefixVerbs.contains(resource) else { return nil }
        self.resource = resource
        name = parts.count > 1 ? parts[1] : nil
        subresource = parts.count > 2 ? parts[2] : nil
    }

    /// The decoded segments of the path; nil for a path that the server, or a proxy before it, could split in another
    /// way.
    static func segments(_ path: String) -> [String]? {
        let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#;\\".utf8.contains($0) }
        guard path.hasPrefix("/"), isPlain else { return nil }
        var result: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = PercentEncoding.decode(String(segment)), !decoded.isEmpty, decoded != ".",
                decoded != "..", !decoded.utf8.contains(where: { "/%\\".utf8.contains($0) })
            else { return nil }
            result.append(decoded)
        }
        return result
    }

    private static let namespaceSubresources: Set<String> = ["status", "finalize"]
    private static let prefixVerbs: Set<String> = ["proxy", "watch", "redirect"]
}
