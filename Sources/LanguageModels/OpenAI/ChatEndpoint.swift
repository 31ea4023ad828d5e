/// Where chat completions are asked for, from the base address that people configure.
struct ChatEndpoint: Sendable, Hashable {
    let url: String
    /// Without user, password, path and query: what may stand in error messages.
    let host: String

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
        let suffix = "/chat/completions"
        url = path + (path.hasSuffix(suffix) ? "" : suffix) + (parts.count > 1 ? "?\(parts[1])" : "")
    }

    var tokenLimitField: String { host == "api.openai.com" ? "max_completion_tokens" : "max_tokens" }
}
