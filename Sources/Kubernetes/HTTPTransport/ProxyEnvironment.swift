/// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, by the rules of Go's `golang.org/x/net/http/httpproxy`, which are kubectl's:
/// upper case wins over lower case, `ALL_PROXY` is not looked at, and a loopback address is never reached through a proxy.
public struct ProxyEnvironment: Sendable, Hashable {
    private struct Variable: Sendable, Hashable {
        var name: String
        var value: String
    }

    private var http: Variable?
    private var https: Variable?
    private var exceptions: NoProxyList
    /// In a CGI program `HTTP_PROXY` is the request's header `Proxy` (httpoxy).
    private var isCGI: Bool

    /// - Parameter environment: empty for no proxy at all.
    public init(_ environment: [String: String] = [:]) {
        func first(_ names: String...) -> Variable? {
            for name in names {
                guard let value = environment[name], !CredentialText.trimmed(value).isEmpty else { continue }
                return Variable(name: name, value: value)
            }
            return nil
        }
        http = first("HTTP_PROXY", "http_proxy")
        https = first("HTTPS_PROXY", "https_proxy")
        exceptions = NoProxyList(first("NO_PROXY", "no_proxy")?.value ?? "")
        isCGI = environment["REQUEST_METHOD"].map { !$0.isEmpty } ?? false
    }

    /// The proxy for connections to a host, nil for none.
    ///
    /// - Parameter host: without brackets.
    /// - Throws: where a variable is for the host, and is no URL of a proxy that can be used. Going on without it would send
    ///   requests another way than was asked for.
    public func proxy(isSecure: Bool, host: String, port: Int) throws(ProxyServer.Failure) -> ProxyServer? {
        guard let variable = isSecure ? https : http, !NoProxyList.isLoopback(host),
            !exceptions.contains(host: host, port: port)
        else { return nil }
        if !isSecure, isCGI {
            throw ProxyServer.Failure(
                isUnsupported: false,
                description: "\(variable.name) is refused where REQUEST_METHOD is set: in a CGI program anybody sets it"
            )
        }
        return try ProxyServer(url: variable.value, source: variable.name, defaultScheme: "http")
    }
}

/// A proxy's URL may hold a password.
extension ProxyEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        [http, https].compactMap { $0?.name }.joined(separator: ", ")
    }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
