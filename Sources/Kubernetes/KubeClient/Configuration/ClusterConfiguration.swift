public import HTTPTransport
public import KubeModel

/// The address of an API server, how to trust it, and who the client is.
///
/// It is made by hand, of a kubeconfig (``kubeconfig(path:context:)``), of what a pod is given
/// (``inCluster(root:environment:)``), or by the rules of `kubectl` (``load(kubeconfigPath:context:environment:)``).
public struct ClusterConfiguration: Sendable {
    /// The address, `https://10.0.0.1:6443`, also with a path below which the API is. Without a scheme it is https when
    /// anything of TLS is configured, and http otherwise.
    public var server: String
    /// The authorities that may sign the server's certificate; nil trusts the system's.
    public var certificateAuthority: PEMSource?
    /// Whether to trust any server. Whoever is between can then read and change everything.
    public var insecureSkipTLSVerify: Bool
    /// The name that the server's certificate is checked against, where it differs from the host of ``server``.
    public var tlsServerName: String?
    /// The proxy, `http://` or `socks5://`; nil for none of its own. It wins over ``proxies``.
    public var proxyURL: String?
    /// The proxies of the environment.
    public var proxies: ProxyEnvironment
    /// The certificate chain of the client, leaf first, with ``clientKey``; nil where it has none.
    public var clientCertificate: PEMSource?
    /// The private key of ``clientCertificate``.
    public var clientKey: PEMSource?
    /// The token, password or program with which the client shows who it is.
    public var credentials: Credentials
    /// The namespace that a person means who names none. The client itself never fills it in.
    public var namespace: String
    /// The identity to act for when a request doesn't say; nil for none.
    public var impersonation: Impersonation?

    /// Makes a configuration of its parts; nothing is read and nothing is connected to.
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

    /// The same server for nobody in particular: without credentials, client certificate and impersonation. Whoever serves
    /// others puts their token in; with the server's own certificate the API server would take them for it.
    public var anonymous: ClusterConfiguration {
        var bare = self
        bare.credentials = .none
        bare.clientCertificate = nil
        bare.clientKey = nil
        bare.impersonation = nil
        return bare
    }
}

/// Printing or dumping a value never shows a secret: addresses may hold passwords.
extension ClusterConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address and the kind of credentials, without secrets.
    public var description: String { "\(URLText.withoutCredentials(server)) with \(credentials)" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
