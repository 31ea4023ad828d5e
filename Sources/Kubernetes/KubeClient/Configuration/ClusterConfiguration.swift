public import HTTPTransport
public import KubeModel

/// Where an API server is, how to trust it, and who we are.
///
/// Made by hand, of a kubeconfig (``kubeconfig(path:context:)``), of what a pod is given
/// (``inCluster(root:environment:)``), or by the rules of `kubectl` (``load(kubeconfigPath:context:environment:)``).
public struct ClusterConfiguration: Sendable {
    /// `https://10.0.0.1:6443`, also with a path below which the API is. Without a scheme it is https when anything of
    /// TLS is configured, and http otherwise.
    public var server: String
    /// Who may sign the server's certificate; nil trusts the system's authorities.
    public var certificateAuthority: PEMSource?
    /// Trusts any server. Whoever is between can then read and change everything.
    public var insecureSkipTLSVerify: Bool
    /// The name that the server's certificate is checked against, where it differs from the host of ``server``.
    public var tlsServerName: String?
    /// `http://` or `socks5://`. It wins over ``proxies``.
    public var proxyURL: String?
    /// The proxies of the environment.
    public var proxies: ProxyEnvironment
    /// The certificate chain of the client, leaf first, with ``clientKey``.
    public var clientCertificate: PEMSource?
    public var clientKey: PEMSource?
    public var credentials: Credentials
    /// Of requests that name none.
    public var namespace: String
    /// Whom to act for when a request doesn't say.
    public var impersonation: Impersonation?

    public init(
        server: String, certificateAuthority: PEMSource? = nil, insecureSkipTLSVerify: Bool = false,
        tlsServerName: String? = nil, proxyURL: String? = nil, clientCertificate: PEMSource? = nil,
        clientKey: PEMSource? = nil, credentials: Credentials = .none, namespace: String = "default",
        impersonation: Impersonation? = nil, proxies: ProxyEnvironment = ProxyEnvironment()
    ) {
        self.server = server
        self.certificateAuthority = certificateAuthority
        self.insecureSkipTLSVerify = insecureSkipTLSVerify
        self.tlsServerName = tlsServerName
        self.proxyURL = proxyURL
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.credentials = credentials
        self.namespace = namespace
        self.impersonation = impersonation
        self.proxies = proxies
    }
}

/// Printing or dumping a value never shows a secret: addresses may hold passwords.
extension ClusterConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(URLText.withoutCredentials(server)) with \(credentials)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
