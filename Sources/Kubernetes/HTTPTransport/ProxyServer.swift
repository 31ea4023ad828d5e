public import AsyncHTTPClient

/// A proxy that connections are made through. Printing a value never shows its password.
public struct ProxyServer: Sendable, Hashable {
    /// The protocol that is spoken with the proxy.
    public enum Kind: Sendable, Hashable {
        /// An HTTP proxy, asked with CONNECT, over a connection without TLS.
        case http
        /// A SOCKS 5 proxy without a password, which resolves host names itself.
        case socks5
    }

    /// The reason why a text is no URL of a proxy that can be used.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// Whether the URL is right, and this program can't do what it says.
        public var isUnsupported: Bool
        /// The reason in English. It names where the URL is from, and never quotes it.
        public var description: String
    }

    /// The protocol that is spoken with the proxy.
    public let kind: Kind
    /// The name or the address of the proxy, an IPv6 address without brackets.
    public let host: String
    /// The port of the proxy: that of the URL, or 80 for HTTP and 1080 for SOCKS.
    public let port: Int
    /// The place where the proxy is configured: the variable's name, or `proxy-url`.
    public let source: String
    let user: String?
    let password: String?

    /// Reads the URL of a proxy.
    ///
    /// - Parameters:
    ///   - url: `http://user:password@host:port` or `socks5://host:port`. White space around it is ignored.
    ///   - source: The place where the URL is configured, which errors name.
    ///   - defaultScheme: The scheme of a URL without one; nil where there has to be one.
    /// - Throws: ``Failure`` for anything else, a SOCKS proxy with a password included.
    public init(url: String, source: String, defaultScheme: String? = nil) throws(Failure) {
        guard let parts = Parts(CredentialText.trimmed(url), defaultScheme: defaultScheme) else {
            throw Failure(isUnsupported: false, description: "\(source) is not the URL of a proxy")
        }
        (kind, port) = try Self.kind(parts, source: source)
        host = parts.host
        (user, password) = (parts.user, parts.password)
        self.source = source
    }

    private static func kind(_ parts: Parts, source: String) throws(Failure) -> (Kind, Int) {
        switch parts.scheme {
        case "http": return (.http, parts.port ?? 80)
        case "socks5" where parts.user == nil, "socks5h" where parts.user == nil: return (.socks5, parts.port ?? 1080)
        case "socks5", "socks5h":
            throw Failure(
                isUnsupported: true, description: "\(source): a SOCKS proxy with a password is not supported")
        default:
            throw Failure(
                isUnsupported: true,
                description: "\(source): only http and socks5 proxies are supported, not \(parts.scheme)")
        }
    }

    /// The proxy as AsyncHTTPClient takes it, its credentials included.
    public var configuration: HTTPClient.Configuration.Proxy {
        guard kind == .http else { return .socksServer(host: host, port: port) }
        guard let authorization else { return .server(host: host, port: port) }
        return .server(host: host, port: port, authorization: authorization)
    }

    /// The credentials that the proxy itself is shown; nil where its URL names no user.
    public var authorization: HTTPClient.Authorization? {
        user.map { .basic(username: $0, password: password ?? "") }
    }
}

extension ProxyServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The proxy's address and where it is configured, without credentials.
    public var description: String {
        "the proxy \(host.contains(":") ? "[\(host)]" : host):\(port) of \(source)"
    }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// A mirror without children, so that dumping a value shows no password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The parts of a proxy's URL. Taken apart by hand because passwords are written as they come, with an `@` in them, which
/// Go takes and Foundation doesn't.
private struct Parts {
    let scheme: String
    let host: String
    let port: Int?
    let user: String?
    let password: String?

    init?(_ url: String, defaultScheme: String?) {
        var rest = url[...]
        if let separator = url.firstRange(of: "://") {
            scheme = url[..<separator.lowerBound].lowercased()
            rest = url[separator.upperBound...]
        } else if let defaultScheme {
            scheme = defaultScheme
        } else {
            return nil
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let at = authority.lastIndex(of: "@")
        guard let place = HostPort(authority[(at.map(authority.index(after:)) ?? authority.startIndex)...]),
            Self.isScheme(scheme)
        else { return nil }
        (host, port) = (place.host, place.port)
        let named = at.map { authority[..<$0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) }
        user = named.map { Self.decoded($0[0]) }
        password = named.flatMap { $0.count > 1 ? Self.decoded($0[1]) : nil }
    }

    private static func isScheme(_ text: String) -> Bool {
        text.first?.isLetter == true && text.utf8.allSatisfy { UInt8(ascii: "0") <= $0 && $0 < 0x7F || $0 == 0x2B }
            && text.count <= 16
    }

    /// Undoes percent-encoding (`%40` is an `@`). A percent sign that begins no such sequence is itself.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
