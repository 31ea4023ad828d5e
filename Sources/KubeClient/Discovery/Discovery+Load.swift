import KubeModel

extension Discovery {
    /// Asks for the aggregated form, of which any version will do, and takes the older one from servers without it.
    private static let accept =
        ["v2", "v2beta1"].map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
        .joined(separator: ",") + ",application/json"

    static func load(from api: any KubeAPI) async throws -> Discovery {
        async let core = resources(below: "/api", api)
        async let named = resources(below: "/apis", api)
        return Discovery(resources: try await core + named)
    }

    private static func resources(below root: String, _ api: any KubeAPI) async throws -> [APIResource] {
        let response = try await api.send(KubeRequest(.get, root, accept: accept), as: nil)
        // A server without built-in types has no /api.
        if response.status == 404 { return [] }
        let json = try response.json()
        if json["kind"]?.string == "APIGroupDiscoveryList" { return aggregated(json) }
        guard let groupVersions = groupVersions(json) else {
            throw KubeClientError(.badResponse, "GET \(root): the answer is no discovery document")
        }
        return try await legacy(groupVersions, api)
    }

    private static func legacy(_ groupVersions: [GroupVersion], _ api: any KubeAPI) async throws -> [APIResource] {
        try await withThrowingTaskGroup(of: (Int, [APIResource]).self) { group in
            for (position, groupVersion) in groupVersions.enumerated() {
                group.addTask { (position, try await legacy(groupVersion, api)) }
            }
            var found: [Int: [APIResource]] = [:]
            for try await (position, resources) in group { found[position] = resources }
            return groupVersions.indices.flatMap { found[$0] ?? [] }
        }
    }

    private static func legacy(_ groupVersion: GroupVersion, _ api: any KubeAPI) async throws -> [APIResource] {
        do {
            return legacy(try await api.call(KubeRequest(.get, groupVersion.path)), groupVersion)
        } catch is APIStatus {
            // An extension server that is down must not take the names of all others with it.
            return []
        }
    }
}
