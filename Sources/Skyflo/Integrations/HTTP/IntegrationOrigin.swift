import KubeModel

/// The place that an integration's requests go to, and no other: scheme, host, port, and the prefix of all paths.
package struct IntegrationOrigin: Sendable, Hashable, CustomStringConvertible {
    package let isSecure: Bool
    /// In lower case; an IPv6 address without brackets.
    package let host: String
    package let port: Int
    /// Empty, or `/jenkins`: without a slash at its end.
    package let prefix: String
    /// Whether there was a slash behind the prefix. Servers tell `/mcp/` from `/mcp`, and what is posted follows no redirect from
    /// the one to the other.
    private let endsInSlash: Bool

    /// - Parameter url: `https://ci.example.com/jenkins/`. One with a user, a query or a fragment is refused: credentials
    ///   come from the Secret.
    /// - Throws: ``IntegrationError``, which doesn't quote the URL.
    package init(_ url: String) throws(IntegrationError) {
        guard let parts = Self.parts(of: url) else { throw Self.unusable("is no http or https URL of a host") }
        guard !parts.rest.contains("?"), !parts.rest.contains("#") else {
            throw Self.unusable("has a query or a fragment")
        }
        guard let place = Self.place(parts.authority) else {
            throw Self.unusable("has a user, a password, or a host that can't be read")
        }
        var prefix = parts.rest
        while prefix.last == "/" { prefix.removeLast() }
        let segments = prefix.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard segments.allSatisfy(Self.isPlain) else { throw Self.unusable("has a path that can't be used") }
        self.prefix = prefix
        // Without a prefix both are the same address.
        endsInSlash = !prefix.isEmpty && parts.rest.hasSuffix("/")
        isSecure = parts.isSecure
        host = place.host
        port = place.port ?? (parts.isSecure ? 443 : 80)
    }

    private init(isSecure: Bool, place: (host: String, port: Int?)) {
        self.isSecure = isSecure
        host = place.host
        port = place.port ?? (isSecure ? 443 : 80)
        prefix = ""
        endsInSlash = false
    }

    /// The origin that a redirect to another host leads to, and the path there with its query; nil where it can't be read.
    package static func place(ofRedirect location: String) -> (origin: IntegrationOrigin, target: String)? {
        guard let parts = parts(of: location), let place = place(parts.authority),
            location.utf8.allSatisfy({ $0 < 0x7F })
        else { return nil }
        let target = String(parts.rest.prefix { $0 != "#" })
        return (
            IntegrationOrigin(isSecure: parts.isSecure, place: place), target.hasPrefix("/") ? target : "/" + target
        )
    }

    /// `logs.example.com`, and with a port that isn't the usual one `logs.example.com:8443`.
    package var hostAndPort: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func unusable(_ why: String) -> IntegrationError {
        IntegrationError(.configuration, message: "the integration's url \(why)")
    }

    /// The URL without a slash at its end.
    package var description: String {
        "\(isSecure ? "https" : "http")://\(hostAndPort)\(prefix)"
    }

    /// - Parameter target: a path below the prefix with its query, as ``IntegrationRequest/target`` has it. An empty one is the
    ///   address itself, as it was written.
    package func url(of target: String) -> String {
        description + (target.isEmpty && endsInSlash ? "/" : target)
    }

    /// The path, with its query, below the prefix that a redirect leads to.
    ///
    /// - Returns: nil where it leads to another host, another scheme or out of the prefix.
    package func target(ofRedirect location: String) -> String? {
        var path = location
        if location.hasPrefix("//") { return nil }
        if let parts = Self.parts(of: location) {
            guard let place = Self.place(parts.authority), parts.isSecure == isSecure, place.host == host,
                place.port ?? (isSecure ? 443 : 80) == port
            else { return nil }
            path = parts.rest.isEmpty ? "/" : parts.rest
        }
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return nil }
        let route = path.prefix { $0 != "?" && $0 != "#" }
        guard route == prefix || route.hasPrefix(prefix + "/"),
            route.split(separator: "/").allSatisfy({ !Self.isDotted($0) })
        else { return nil }
        return String(path.dropFirst(prefix.count).prefix { $0 != "#" })
    }

    /// What the address of an API has besides that of the system's pages.
    package struct APIAddress: Sendable, Hashable {
        /// The beginning of the host's name, with its dot.
        package var host: String
        /// The end of the prefix.
        package var path: String

        package init(host: String, path: String) {
            self.host = host
            self.path = path
        }
    }

    /// What a page's address leads to in this system, whatever its scheme and port: `acme/shop` for
    /// `https://github.com/acme/shop.git`. Addresses of SSH (`git@host:acme/shop.git`) are read as well.
    ///
    /// - Parameter api: where this is the address of an API.
    /// - Returns: nil where it leads to another host, or is no address.
    package func path(ofAddress url: String, api: APIAddress? = nil) -> String? {
        guard url.utf8.count <= 2048, var (name, path) = Self.hostAndPath(url) else { return nil }
        var (ownHost, ownPrefix) = (host, prefix)
        if let api, ownHost.hasPrefix(api.host) { ownHost.removeFirst(api.host.count) }
        if let api, ownPrefix.hasSuffix(api.path) { ownPrefix.removeLast(api.path.count) }
        if name.hasPrefix("www.") { name.removeFirst(4) }
        guard name == ownHost, path.hasPrefix(ownPrefix) else { return nil }
        path.removeFirst(ownPrefix.count)
        var parts = path.split(separator: "/").map(String.init)
        if let last = parts.last, last.hasSuffix(".git") { parts[parts.count - 1].removeLast(4) }
        return parts.isEmpty || parts.contains(where: \.isEmpty) ? nil : parts.joined(separator: "/")
    }

    private static func hostAndPath(_ url: String) -> (host: String, path: String)? {
        let text = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = text.firstRange(of: "://") else {
            // As git has it for SSH.
            let parts = text.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let host = parts[0].split(separator: "@").last else { return nil }
            return (host.lowercased(), "/" + parts[1])
        }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let host = authority.split(separator: "@").last?.split(separator: ":").first else { return nil }
        return (host.lowercased(), String(rest.dropFirst(authority.count)))
    }

    // MARK: Parts

    private static func parts(of url: String) -> (isSecure: Bool, authority: String, rest: String)? {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x5C }) else { return nil }
        for (scheme, isSecure) in [("https://", true), ("http://", false)]
        where url.prefix(scheme.count).lowercased() == scheme {
            let authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
            guard !authority.isEmpty else { return nil }
            return (isSecure, String(authority), String(url.dropFirst(scheme.count + authority.count)))
        }
        return nil
    }

    private static func place(_ authority: String) -> (host: String, port: Int?)? {
        guard !authority.contains("@"), !authority.contains("%") else { return nil }
        var host = authority[...]
        var port = ""[...]
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            port = authority[authority.index(after: end)...]
            guard port.isEmpty || port.hasPrefix(":") else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { return nil }
        if port.isEmpty { return (host.lowercased(), nil) }
        guard let number = Int(port.dropFirst()), (1...65535).contains(number) else { return nil }
        return (host.lowercased(), number)
    }

    private static func isPlain(_ segment: Substring) -> Bool {
        !segment.isEmpty && !isDotted(segment)
            && segment.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Whether a server or a proxy may take it for a step up, however it is encoded.
    private static func isDotted(_ segment: Substring) -> Bool {
        guard let text = PercentEncoding.decode(segment) else { return true }
        return text == "." || text == ".." || text.contains("/") || text.contains("\\")
    }
}
