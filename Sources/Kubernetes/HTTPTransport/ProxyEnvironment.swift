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
    /// Whether this is a CGI program, in which `HTTP_PROXY` is the request's header `Proxy` (httpoxy).
    private var isCGI: Bool

    /// Reads the variables of an environment, which is empty for no proxy at all. Values are not judged before they are
    /// needed.
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

    /// The proxy for connections to a host.
    ///
    /// - Parameters:
    ///   - isSecure: Whether the connection is one of TLS: `HTTPS_PROXY` is for those, `HTTP_PROXY` for the others.
    ///   - host: The name or the address of the host, an IPv6 address without brackets.
    ///   - port: The port of the host, which an entry of `NO_PROXY` may name.
    /// - Returns: The proxy; nil where the connection is to be made directly.
    /// - Throws: ``ProxyServer/Failure`` where a variable is for the host, and is no URL of a proxy that can be used.
    ///   Going on without it would send requests another way than was asked for.
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
    /// The names of the variables that are set, without their values.
    public var description: String {
        [http, https].compactMap { $0?.name }.joined(separator: ", ")
    }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
