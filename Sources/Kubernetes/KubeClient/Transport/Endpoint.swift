import FoundationEssentials

/// The place where requests go: the server's URL taken apart once.
struct Endpoint: Sendable, Hashable {
    /// Scheme, host, port and path prefix, without a slash at the end.
    let base: String
    /// Set where the URL's host is not the server's: see ``dnsOverride``.
    let hostHeader: String?
    /// The name that the certificate must be for → the host to connect to.
    let dnsOverride: [String: String]
    /// The same, for connections that the HTTP client doesn't make.
    let isSecure: Bool
    let host: String
    let port: Int
    /// The name that the certificate must be for.
    let certificateName: String
    let pathPrefix: String

    init(_ configuration: ClusterConfiguration) throws(KubeClientError) {
        let server = configuration.server
        let hasTLS =
            configuration.certificateAuthority != nil || configuration.clientCertificate != nil
            || configuration.insecureSkipTLSVerify
        let text = server.contains("://") ? server : (hasTLS ? "https://" : "http://") + server
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.query == nil, parts.fragment == nil
        else {
            throw KubeClientError(
                .configuration,
                message: "the server's address is not an http or https URL without user, query and fragment: "
                    + URLText.withoutCredentials(server))
        }
        let port = parts.port.map { ":\($0)" } ?? ""
        var prefix = parts.percentEncodedPath
        while prefix.hasSuffix("/") { prefix.removeLast() }
        let bare = host.filter { $0 != "[" && $0 != "]" }
        let written = bare.contains(":") ? "[\(bare)]" : bare
        isSecure = scheme == "https"
        self.host = bare
        self.port = parts.port ?? (isSecure ? 443 : 80)
        certificateName = configuration.tlsServerName ?? bare
        pathPrefix = prefix
        if scheme == "https", let name = configuration.tlsServerName, name != bare {
            base = "https://\(name)\(port)\(prefix)"
            hostHeader = written + port
            dnsOverride = [name: bare]
        } else {
            base = "\(scheme)://\(written)\(port)\(prefix)"
            hostHeader = nil
            dnsOverride = [:]
        }
    }
}
