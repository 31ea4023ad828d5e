import KubeModel

extension LocalCluster {
    /// The address of a running cluster, and the administrator's credentials.
    public struct Endpoint: Sendable {
        /// The URL of the server, `https://127.0.0.1:PORT`.
        public var url: String
        /// A bearer token of the administrator, group `system:masters`.
        public var token: String
        let authority: CertificateAuthority

        /// The certificate of the cluster's authority in PEM, made at start: every run has a new one.
        public var certificateAuthorityPEM: String { authority.certificatePEM }

        /// Proves to the cluster that a client is `user`, who has no rights but those that RBAC objects give to the name
        /// or the groups.
        /// - Throws: what the library for certificates throws, for a name that no certificate can hold.
        public func clientCertificate(user: String, groups: [String]) throws -> ClientCertificate {
            try authority.clientCertificate(user: user, groups: groups)
        }

        /// A kubeconfig in YAML, whose context has `namespace`. Its user has the certificate, or the endpoint's token
        /// where that is nil.
        public func kubeconfig(namespace: String = "default", certificate: ClientCertificate? = nil) -> String {
            let authority = Base64.encode(Array(certificateAuthorityPEM.utf8))
            return YAML.format([
                "apiVersion": "v1", "kind": "Config", "current-context": "local",
                "clusters": [
                    [
                        "name": "local",
                        "cluster": ["server": .string(url), "certificate-authority-data": .string(authority)],
                    ]
                ],
                "users": [["name": "kubernetes-admin", "user": Self.credentials(certificate, token: token)]],
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

        private static func credentials(_ certificate: ClientCertificate?, token: String) -> JSONValue {
            guard let certificate else { return ["token": .string(token)] }
            return [
                "client-certificate-data": .string(Base64.encode(Array(certificate.certificatePEM.utf8))),
                "client-key-data": .string(Base64.encode(Array(certificate.keyPEM.utf8))),
            ]
        }
    }

    /// Runs a cluster while `body` runs, and stops it after.
    public static func withRunning<R: Sendable>(
        _ configuration: Configuration = .init(), body: (LocalCluster, Endpoint) async throws -> R
    ) async throws -> R {
        let cluster = LocalCluster(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            defer { group.cancelAll() }
            return try await body(cluster, try await cluster.endpoint())
        }
    }
}
