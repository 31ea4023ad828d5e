public import AsyncHTTPClient

/// A proxy that connections are made through. Printing a value never shows its password.
public struct ProxyServer: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Asked with CONNECT, over a connection without TLS.
        case http
        case socks5
    }

    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What was written is right, and this program can't do it.
        public var isUnsupported: Bool
        /// Names where the URL is from; never quotes it.
        public var description: String
    }

    public let kind: Kind
    public let host: String
    public let port: Int
    /// Where it is configured: the variable's name, or `proxy-url`.
    public let source: String
    let user: String?
    let password: String?

    /// - Parameters:
    ///   - url: `http://user:password@host:port`, `socks5://host:port`.
    ///   - defaultScheme: for a URL without one; nil where there has to be one.
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

    public var configuration: HTTPClient.Configuration.Proxy {
        guard kind == .http else { return .socksServer(host: host, port: port) }
        guard let authorization else { return .server(host: host, port: port) }
        return .server(host: host, port: port, authorization: authorization)
    }

    /// What the proxy itself is shown.
    public var authorization: HTTPClient.Authorization? {
        user.map { .basic(username: $0, password: password ?? "") }
    }
}

extension ProxyServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "the proxy \(host.contains(":") ? "[\(host)]" : host):\(port) of \(source)"
    }
    public var debugDescription: String { description }
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

    /// `%40` is an `@`; a percent sign that begins no such thing is itself.
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
