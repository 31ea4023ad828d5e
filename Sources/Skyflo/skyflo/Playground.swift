#if Playground
    import CommandCenter
    import Controllers
    import FoundationEssentials
    import KubeClient
    import KubeModel
    import LocalCluster
    import Logging
    import ServiceLifecycle

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// What makes a playground of a LocalCluster: the manifests, a kubeconfig for people, and the operator, which runs with
    /// the rights of its own ServiceAccount as it does in a real cluster.
    struct Playground: Service {
        let cluster: LocalCluster
        let kubeconfigPath: String
        let runsOperator: Bool
        /// Of the operator; 0 lets the system choose.
        let httpsPort: Int
        /// Of the Command Center; nil for none.
        let webPort: Int?
        let logger: Logger

        func run() async throws {
            let endpoint = try await cluster.endpoint()
            let admin = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
            let token = try await withKubeClient(admin, logger: logger) { client in
                try await Manifests.installPlayground(with: client)
                return try await Self.operatorToken(client)
            }
            try write(endpoint.kubeconfig())
            defer { try? FileManager.default.removeItem(atPath: kubeconfigPath) }
            announce(endpoint)
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let webPort { group.addTask { try await commandCenter(for: admin, port: webPort).run() } }
                group.addTask {
                    if runsOperator {
                        try await runOperator(endpoint, token: token, admin: admin)
                    } else {
                        try await gracefulShutdown()
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }

        private func commandCenter(for cluster: ClusterConfiguration, port: Int) -> CommandCenter {
            var configuration = CommandCenter.Configuration(
                host: "127.0.0.1", port: port, certificate: nil, clusterName: "playground")
            configuration.onListening = { port in
                print(
                    """
                    The Command Center is at http://127.0.0.1:\(port)/. The token to sign in with:

                      kubectl config view --raw -o jsonpath='{.users[0].user.token}'

                    """)
                fflush(nil)
            }
            return CommandCenter(configuration, cluster: cluster, options: .init(), logger: logger) {
                KubeTime(seconds: Date().timeIntervalSince1970)
            }
        }

        private func runOperator(
            _ endpoint: LocalCluster.Endpoint, token: String, admin: ClusterConfiguration
        ) async throws {
            try await withKubeClient(admin, logger: logger) { client in
                try await runOperator(
                    endpoint, token: token,
                    onListening: { port in
                        do {
                            try await Self.publish(port, with: client)
                        } catch {
                            logger.error("the operator can't be reached", metadata: ["error": "\(error)"])
                        }
                    })
            }
        }

        /// Lets people reach the operator through the API server's proxy, as in a real cluster.
        private static func publish(_ port: Int, with client: KubeClient) async throws {
            let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
            var service = KubeObject(
                services, namespace: "skyflo-system", name: "skyflo-operator",
                members: ["spec": ["ports": [["name": "https", "port": 443]]]])
            service.annotations = ["local-cluster/forward-to": "https://127.0.0.1:\(port)"]
            _ = try await client.apply(
                service, in: services, options: WriteOptions(fieldManager: "skyflo-playground", force: true))
        }

        private func runOperator(
            _ endpoint: LocalCluster.Endpoint, token: String,
            onListening: @escaping @Sendable (Int) async -> Void
        ) async throws {
            var own = endpoint
            own.token = token
            let configuration = try ClusterConfiguration.kubeconfig(text: own.kubeconfig())
            try await withKubeClient(configuration, logger: logger) { client in
                let program = Operator(
                    api: client,
                    configuration: .init(
                        identity: "playground", defaultSkyfloAI: ObjectKey(namespace: "skyflo-system", name: "skyflo"),
                        live: .init(port: httpsPort, cluster: configuration, onListening: onListening)),
                    models: BuiltInModelProvider(logger: logger, environment: ProcessInfo.processInfo.environment),
                    logger: logger)
                try await program.run()
            }
        }

        private static func operatorToken(_ client: KubeClient) async throws -> String {
            let path = APIResource.serviceAccounts.path(
                namespace: "skyflo-system", name: "skyflo-operator", subresource: "token")
            let request: JSONValue = [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": ["expirationSeconds": 31_536_000],
            ]
            let answer = try await client.call(
                KubeRequest(.post, path: path, contentType: "application/json", body: JSONWriter.string(request)))
            guard let token = answer["status", "token"]?.string else {
                throw KubeClientError(.badResponse, message: "the TokenRequest has no token")
            }
            return token
        }

        /// Only for its owner: the token in it is the administrator's.
        private func write(_ text: String) throws {
            let isWritten = FileManager.default.createFile(
                atPath: kubeconfigPath, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            guard isWritten else {
                throw PlaygroundError(description: "can't write the kubeconfig to \(kubeconfigPath)")
            }
        }

        private func announce(_ endpoint: LocalCluster.Endpoint) {
            let folder = FileManager.default.currentDirectoryPath
            let path = kubeconfigPath.hasPrefix("/") ? kubeconfigPath : "\(folder)/\(kubeconfigPath)"
            print(
                """
                The playground is ready at \(endpoint.url). In another terminal:

                  export KUBECONFIG=\(path)
                  kubectl apply -f config/samples/shop/
                  kubectl get conversations -n shop -w

                A Conversation works in any other namespace too: SkyfloAI skyflo-system/skyflo serves those that have none.
                Every ServiceAccount may read what the role view shows, and nodes, volumes, storage classes and CRDs; not
                Secrets.

                Ctrl-C ends it; nothing is stored.
                """)
            fflush(nil)
        }
    }

    struct PlaygroundError: Error, CustomStringConvertible {
        var description: String
    }
#endif
