import NIOHTTP1

/// An answer that names another address.
struct Redirect: Sendable, Hashable {
    /// How many are followed.
    static let limit = 3

    var status: Int
    var location: String

    /// nil for other answers. 303 is none: it means that the answer is a page to read.
    init?(_ head: HTTPResponseHead) {
        guard [301, 302, 307, 308].contains(Int(head.status.code)), let location = head.headers.first(name: "location")
        else { return nil }
        status = Int(head.status.code)
        self.location = location
    }

    /// Where the same request goes: the same host, with TLS if it was there before. Whoever could send the request elsewhere
    /// would get the key.
    ///
    /// - Parameters:
    ///   - url: of the request.
    ///   - isSigned: a signature is good for one address.
    /// - Throws: `rejected` for any other place.
    func target(from url: String, isSigned: Bool) throws(LanguageModelError) -> String {
        guard let origin = ModelEndpoint(base: url) else { throw refusal(of: location) }
        if location.hasPrefix("/"), !location.hasPrefix("//"), !isSigned {
            let authority = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
            return "\(origin.isSecure ? "https" : "http")://\(authority)\(location)"
        }
        guard let target = ModelEndpoint(base: location) else { throw refusal(of: location) }
        let isUpgrade = target.isSecure && !origin.isSecure
        guard target.hostName.lowercased() == origin.hostName.lowercased(), !isSigned,
            isUpgrade || target.isSecure == origin.isSecure && target.port == origin.port
        else { throw refusal(of: target.host) }
        return location
    }

    private func refusal(of place: String) -> LanguageModelError {
        LanguageModelError(
            .rejected,
            message: "the endpoint answered with a redirect (\(status)) to \(place.prefix(200)); "
                + "it isn't followed, because the key would go there. If that address is right, set it as the baseURL")
    }
}
