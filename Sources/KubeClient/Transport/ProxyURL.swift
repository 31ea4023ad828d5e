import AsyncHTTPClient
import FoundationEssentials

/// The `proxy-url` of a kubeconfig.
enum ProxyURL {
    static func proxy(_ url: String) throws(KubeClientError) -> HTTPClient.Configuration.Proxy {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty
        else { throw KubeClientError(.configuration, "proxy-url is no URL") }
        switch scheme {
        case "http":
            var proxy = HTTPClient.Configuration.Proxy.server(host: host, port: parts.port ?? 80)
            if let user = parts.user {
                proxy.authorization = .basic(username: user, password: parts.password ?? "")
            }
            return proxy
        case "socks5", "socks5h":
            if parts.user != nil {
                throw KubeClientError(.unsupported, "proxy-url: a SOCKS proxy with a password is not supported")
            }
            return .socksServer(host: host, port: parts.port ?? 1080)
        default:
            throw KubeClientError(.unsupported, "proxy-url: only http and socks5 proxies are supported, not \(scheme)")
        }
    }
}
