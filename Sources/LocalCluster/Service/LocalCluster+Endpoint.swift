import KubeModel

extension LocalCluster {
    /// Where a running cluster is, and the administrator's credentials.
    public struct Endpoint: Sendable {
        /// `https://127.0.0.1:PORT`
        public var url: String
        /// Made at start: every run has a new one.
        public var certificateAuthorityPEM: String
        /// A bearer token of the administrator, group `system:masters`.
        public var token: String

        /// A kubeconfig in YAML with the administrator's token.
        public func kubeconfig(namespace: String = "default") -> String {
            let authority = Base64.encode(Array(certificateAuthorityPEM.utf8))
            return YAML.format([
                "apiVersion": "v1", "kind": "Config", "current-context": "local",
                "clusters": [
                    [
                        "name": "local",
                        "cluster": ["server": .string(url), "certificate-authority-data": .string(authority)],
                    ]
                ],
                "users": [["name": "kubernetes-admin", "user": ["token": .string(token)]]],
                "contexts": [
                    [
                        "name": "local",
                        "context": [
                            "cluster": "local", "user": "kubernetes-admin", "namespace": .string(namespace),
                        ],
                    ]
                ],
            ])
        }
    }

    /// Runs a cluster while `body` runs, and stops it after.
    public static func withRunning<R: Sendable>(
        _ configuration: Configuration = .init(), _ body: (LocalCluster, Endpoint) async throws -> R
    ) async throws -> R {
        let cluster = LocalCluster(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            defer { group.cancelAll() }
            return try await body(cluster, try await cluster.endpoint())
        }
    }
}
