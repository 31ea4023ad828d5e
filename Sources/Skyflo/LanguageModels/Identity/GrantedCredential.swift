import KubeModel

/// What a token service gave, to show to a provider.
package enum GrantedCredential: Sendable, Hashable {
    /// Sent as `authorization: Bearer`.
    case bearer(Credential)
    /// Requests are signed with it.
    case aws(AWSCredentials)
}

/// A credential that ends by itself.
struct GrantedToken: Sendable, Hashable {
    var credential: GrantedCredential
    var obtainedAt: KubeTime
    var expiresAt: KubeTime

    /// Whether another should be asked for: in the last five minutes, or in the last tenth of a short life.
    func isDue(at now: KubeTime) -> Bool {
        let life = expiresAt.seconds(since: obtainedAt)
        return expiresAt.seconds(since: now) <= min(300, max(life / 10, 5))
    }

    func isOver(at now: KubeTime) -> Bool { expiresAt <= now }
}

/// One request to a token service. It holds credentials and prints none of them.
struct TokenRequest: Sendable, CustomStringConvertible, CustomReflectable {
    var method = "POST"
    var url: String
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// A form, as OAuth 2.0 and AWS have it (RFC 6749, appendix B).
    static func form(_ fields: [(String, String)], to url: String) -> TokenRequest {
        let body = fields.map { "\(PercentEncoding.query($0))=\(PercentEncoding.query($1))" }.joined(separator: "&")
        return TokenRequest(
            url: url,
            headers: ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"],
            body: Array(body.utf8))
    }

    var description: String { "\(method) \(ModelEndpoint(base: url)?.host ?? "")" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

/// The answer of OAuth's token endpoints (RFC 6749, sections 5.1 and 5.2).
enum OAuthAnswer {
    static func token(in body: [UInt8], at now: KubeTime) throws(LanguageModelError) -> GrantedToken {
        let json = (try? JSONParser.parse(body)) ?? .null
        guard let token = json["access_token"]?.string, !token.isEmpty else {
            throw LanguageModelError(.badReply, message: "the answer has no access_token")
        }
        let seconds = TokenUsage.count(json["expires_in"])
        let credential = Credential(token)
        guard credential.fitsHeader else {
            throw LanguageModelError(.badReply, message: "the access_token fits no header")
        }
        return GrantedToken(
            credential: .bearer(credential), obtainedAt: now,
            // The default where nothing is said: short enough to be right.
            expiresAt: now.adding(seconds: Double(seconds > 0 ? seconds : 300)))
    }

    /// `invalid_client: AADSTS7000215: …`
    static func words(in body: [UInt8]) -> String {
        let json = (try? JSONParser.parse(body)) ?? .null
        let texts = [json["error"]?.string, json["error_description"]?.string].compactMap { $0 }
        return texts.isEmpty ? ProviderError(body: body).message : ProviderError.line(texts.joined(separator: ": "))
    }
}
