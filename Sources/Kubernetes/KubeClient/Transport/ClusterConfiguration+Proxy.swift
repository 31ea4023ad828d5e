import HTTPTransport

extension ClusterConfiguration {
    /// The `proxy-url` of the kubeconfig, else that of the environment for the server (the rule of client-go).
    func proxy(for endpoint: Endpoint) throws(KubeClientError) -> ProxyServer? {
        do {
            if let proxyURL { return try ProxyServer(url: proxyURL, source: "proxy-url") }
            return try proxies.proxy(isSecure: endpoint.isSecure, host: endpoint.host, port: endpoint.port)
        } catch {
            throw KubeClientError(error.isUnsupported ? .unsupported : .configuration, message: error.description)
        }
    }
}
