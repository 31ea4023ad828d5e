import KubeModel

extension Discovery {
    /// Asks for the aggregated form, of which any version will do, and takes the older one from servers without it.
    private static let accept =
        ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
        .joined(separator: ",") + ",application/json"

    static func load(from api: any KubeAPI) async throws -> Discovery {
        async let core = discover(below: "/api", api)
        async let named = discover(below: "/apis", api)
        let (first, second) = try await (core, named)
        return Discovery(
            resources: first.resources + second.resources, unavailable: first.unavailable + second.unavailable)
    }

    private static func discover(below root: String, _ api: any KubeAPI) async throws -> Discovery {
        let response = try await api.send(KubeRequest(.get, path: root, accept: accept))
        // A server without built-in types has no /api.
        if response.status == 404 { return Discovery(resources: []) }
        let json = try response.json()
        if json["kind"]?.string == "APIGroupDiscoveryList" {
            return Discovery(resources: aggregated(json), unavailable: stale(json))
        }
        guard let groupVersions = groupVersions(json) else {
            throw KubeClientError(.badResponse, message: "GET \(root): the answer is not a discovery document")
        }
        return try await legacy(groupVersions, api: api)
    }

    private static func legacy(_ groupVersions: [GroupVersion], api: any KubeAPI) async throws -> Discovery {
        try await withThrowingTaskGroup(of: (Int, [APIResource]?).self) { group in
            for (position, groupVersion) in groupVersions.enumerated() {
                group.addTask { (position, try await legacy(groupVersion, api: api)) }
            }
            var found: [Int: [APIResource]] = [:]
            for try await (position, resources) in group { found[position] = resources }
            return Discovery(
                resources: groupVersions.indices.flatMap { found[$0] ?? [] },
                unavailable: groupVersions.indices.filter { found[$0] == nil }.map { groupVersions[$0] })
        }
    }

    /// The resources of one group version; nil where they couldn't be read: an extension server that is down must not
    /// take the names of all others with it.
    private static func legacy(_ groupVersion: GroupVersion, api: any KubeAPI) async throws -> [APIResource]? {
        do {
            return legacy(try await api.call(KubeRequest(.get, path: groupVersion.path)), groupVersion: groupVersion)
        } catch is APIStatus {
            return nil
        }
    }
}
