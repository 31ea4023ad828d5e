import HTTPTransport

extension ClusterConfiguration {
    /// The configuration that Kubernetes gives to every pod: the address in the environment, and the ServiceAccount's
    /// files.
    ///
    /// - Parameters:
    ///   - root: The folder with `token`, `ca.crt` and `namespace`.
    ///   - environment: The variables of the process.
    /// - Returns: A configuration that reads the token again whenever it is replaced on disk.
    /// - Throws: ``KubeClientError`` (`configuration`) when a variable or the token or the authority is missing. Going
    ///   on without the authority would mean to trust the system's, none of which signs an API server.
    public static func inCluster(
        root: String = "/var/run/secrets/kubernetes.io/serviceaccount", environment: [String: String]
    ) throws(KubeClientError) -> ClusterConfiguration {
        guard let host = environment[hostVariable], !host.isEmpty, let port = environment[portVariable], !port.isEmpty
        else {
            throw KubeClientError(
                .configuration, message: "not in a cluster: \(hostVariable) and \(portVariable) must both be set")
        }
        let authority = root + "/ca.crt"
        let token = root + "/token"
        _ = try ConfigurationFile.read(authority)
        _ = try ConfigurationFile.token(token)
        let namespaceFile = root + "/namespace"
        let namespace = ConfigurationFile.exists(namespaceFile) ? try ConfigurationFile.word(namespaceFile) : "default"
        return ClusterConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            certificateAuthority: .file(authority),
            credentials: .tokenFile(path: token, fallback: nil),
            namespace: namespace, proxies: ProxyEnvironment(environment))
    }

    static func isInCluster(_ environment: [String: String]) -> Bool {
        environment[hostVariable]?.isEmpty == false && environment[portVariable]?.isEmpty == false
    }

    private static let hostVariable = "KUBERNETES_SERVICE_HOST"
    private static let portVariable = "KUBERNETES_SERVICE_PORT"
}
