/// Where chat completions are asked for, from the base address that people configure.
struct ChatEndpoint: Sendable, Hashable {
    let url: String
    /// Without user, password, path and query, with its port: what may stand in error messages.
    let host: String
    let isSecure: Bool
    /// What else of the address may be a credential: user and password, and the values of the query.
    let secrets: [String]

    /// - Parameter base: `https://api.openai.com/v1`, with or without a slash, `/chat/completions` or a query behind
    ///   it. Nil where it is no address of HTTP.
    init?(base: String) {
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
        let suffix = "/chat/completions"
        url = path + (path.hasSuffix(suffix) ? "" : suffix) + (parts.count > 1 ? "?\(parts[1])" : "")
    }

    /// The host without the port and the brackets of IPv6.
    var hostName: String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }

    var port: Int {
        let isBracketed = host.hasPrefix("[")
        let text = host.drop { isBracketed ? $0 != "]" : $0 != ":" }.drop { $0 == "]" }
        return Int(text.dropFirst()) ?? (isSecure ? 443 : 80)
    }

    var tokenLimitField: String { host == "api.openai.com" ? "max_completion_tokens" : "max_tokens" }
}

/// The address may hold a key or a password.
extension ChatEndpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { host }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
