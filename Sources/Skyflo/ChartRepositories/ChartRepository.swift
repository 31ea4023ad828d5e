import Integrations

/// One repository or registry that charts may be had from, as somebody has listed it.
package struct ChartRepository: Sendable, Hashable {
    package var name: String
    /// `https://…` of the folder that has `index.yaml`, or `oci://HOST/PATH`.
    package var url: String
    package var allowedCharts: [String]
    /// Hosts that it may lead to besides its own, `*.example.com` for all below one. They get no credential.
    package var allowedHosts: [String]
    /// The host that gives tokens where that isn't the registry itself. It gets the credential.
    package var tokenHost: String?
    /// Whether a registry is asked without TLS.
    package var isPlainHTTP: Bool
    /// From a request to the end of its answer.
    package var timeout: Duration

    package init(
        name: String, url: String, allowedCharts: [String] = [], allowedHosts: [String] = [], tokenHost: String? = nil,
        isPlainHTTP: Bool = false, timeout: Duration = .seconds(30)
    ) {
        self.name = name
        self.url = url
        self.allowedCharts = allowedCharts
        self.allowedHosts = allowedHosts
        self.tokenHost = tokenHost
        self.isPlainHTTP = isPlainHTTP
        self.timeout = timeout
    }

    package var isRegistry: Bool { url.hasPrefix("oci://") }

    /// `Helm repository stable`
    package var label: String { "Helm repository \(name)" }

    /// Whether it may lead to a host.
    func allows(_ host: String) -> Bool { HostPatterns(allowedHosts).allow(host) }
}

/// What requests to a repository need of Secrets.
package struct RepositoryAccess: Sendable, Hashable {
    package var credential: IntegrationCredential?
    /// In PEM; nil for the authorities of the system.
    package var certificates: String?

    package init(credential: IntegrationCredential? = nil, certificates: String? = nil) {
        self.credential = credential
        self.certificates = certificates
    }
}
