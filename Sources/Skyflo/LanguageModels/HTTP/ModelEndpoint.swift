/// The address of a provider, from what people configure.
package struct ModelEndpoint: Sendable, Hashable {
    private let base: String
    private let query: String?
    /// Without user, password, path and query, with its port: what may be in error messages.
    package let host: String
    package let isSecure: Bool
    /// What else of the address may be a credential: user and password, and the values of the query.
    let secrets: [String]

    /// - Parameter base: `https://api.openai.com/v1`, with or without a slash or a query behind it. Nil where it is no
    ///   address of HTTP.
    package init?(base: String) {
        let parts = base.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = parts[0]
        while path.last == "/" { path.removeLast() }
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { path.lowercased().hasPrefix($0) }) else { return nil }
        let authority = path.dropFirst(scheme.count).prefix { $0 != "/" }
        guard let host = authority.split(separator: "@").last, !host.isEmpty else { return nil }
        self.host = String(host)
        isSecure = scheme == "https://"
        let userInfo = authority.dropLast(host.count).split { $0 == ":" || $0 == "@" }
        let values = (parts.count > 1 ? parts[1] : "").split(separator: "&")
            .compactMap { $0.split(separator: "=", maxSplits: 1).last }
        secrets = (userInfo + values).map(String.init)
        self.base = String(path)
        query = parts.count > 1 ? String(parts[1]) : nil
    }

    /// - Throws: ``LanguageModelError`` `rejected` where the address is none of HTTP.
    init(configured base: String) throws(LanguageModelError) {
        guard let endpoint = ModelEndpoint(base: base) else {
            throw LanguageModelError(.rejected, message: "the model's base address is not an http or https address")
        }
        self = endpoint
    }

    /// Whether the path of the configured address ends so, with a slash at the beginning of `path`.
    func pathEnds(with path: String) -> Bool { base.hasSuffix(path) }

    /// Whether the query of the configured address has a parameter of that name.
    func hasQuery(_ name: String) -> Bool {
        (query ?? "").split(separator: "&").contains { $0 == name || $0.hasPrefix("\(name)=") }
    }

    /// Whether the configured address has a path of its own, such as `/v1`.
    package var hasPath: Bool { base.drop { $0 != ":" }.dropFirst(3).contains("/") }

    /// The host without the port and the brackets of IPv6.
    package var hostName: String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }

    package var port: Int {
        let isBracketed = host.hasPrefix("[")
        let text = host.drop { isBracketed ? $0 != "]" : $0 != ":" }.drop { $0 == "]" }
        return Int(text.dropFirst()) ?? (isSecure ? 443 : 80)
    }

    /// The address with a path behind it, which is not repeated where people configured it already.
    ///
    /// - Parameters:
    ///   - path: with a slash at its beginning.
    ///   - query: before what was configured, without the question mark.
    package func url(_ path: String, query: String? = nil) -> String {
        let queries = [query, self.query].compactMap { $0 }.filter { !$0.isEmpty }
        let address = base.hasSuffix(path) ? base : base + path
        return address + (queries.isEmpty ? "" : "?" + queries.joined(separator: "&"))
    }
}

/// The address may hold a key or a password.
extension ModelEndpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { host }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
