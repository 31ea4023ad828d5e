import HTTPTransport

/// How a provider is reached: through which proxy, and which certificate authorities are trusted on the way.
package struct ModelRoute: Sendable {
    /// Those of the operator's environment.
    package var proxies: ProxyEnvironment
    /// The URL of one for this model; nil for the environment's.
    package var proxy: String?
    /// In PEM; nil for those of the system.
    package var authorities: String?

    package init(proxies: ProxyEnvironment = ProxyEnvironment(), proxy: String? = nil, authorities: String? = nil) {
        self.proxies = proxies
        self.proxy = proxy
        self.authorities = authorities
    }

    func proxy(for endpoint: ModelEndpoint) throws(LanguageModelError) -> ProxyServer? {
        do {
            if let proxy { return try ProxyServer(url: proxy, source: "the model's proxy") }
            return try proxies.proxy(isSecure: endpoint.isSecure, host: endpoint.hostName, port: endpoint.port)
        } catch {
            throw LanguageModelError(.rejected, message: "no connection to \(endpoint) can be made: \(error)")
        }
    }
}
