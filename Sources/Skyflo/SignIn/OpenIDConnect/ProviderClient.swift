import Crypto
import HTTPTransport
import Integrations
import KubeModel
import Synchronization

/// What a provider gives for a code.
struct ProviderTokens: Sendable, Hashable {
    var idToken: IDToken
    var refreshToken: String?
}

/// Asks the provider: what it is, its keys, and tokens. What it said is kept for a while.
final class ProviderClient: Sendable {
    private struct State: Sendable {
        var metadata: (value: ProviderMetadata, at: ContinuousClock.Instant)?
        var keys: (value: ProviderKeys, at: ContinuousClock.Instant)?
        var failure: (refusal: SignInRefusal, at: ContinuousClock.Instant)?
    }

    private static let documentLimit = 512 * 1024
    private static let lifetime = Duration.seconds(3600)
    /// How often a key is looked for that nobody knows: whoever makes tokens up doesn't make us ask.
    private static let pause = Duration.seconds(10)
    /// A provider that is down isn't asked by each click.
    private static let respite = Duration.seconds(2)

    let settings: ProviderSettings
    private let proxies: ProxyEnvironment
    private let now: @Sendable () -> KubeTime
    private let state = Mutex(State())

    init(_ settings: ProviderSettings, proxies: ProxyEnvironment, now: @escaping @Sendable () -> KubeTime) {
        (self.settings, self.proxies, self.now) = (settings, proxies, now)
    }

    // MARK: What the provider is

    func metadata() async throws -> ProviderMetadata {
        if let known = state.withLock(\.metadata), known.at + Self.lifetime > .now { return known.value }
        if let failure = state.withLock(\.failure), failure.at + Self.respite > .now { throw failure.refusal }
        do {
            return try await discover()
        } catch let refusal as SignInRefusal {
            state.withLock { $0.failure = (refusal, .now) }
            throw refusal
        }
    }

    private func discover() async throws -> ProviderMetadata {
        var base = settings.issuer
        if base.hasSuffix("/") { base.removeLast() }
        let json = try await get(base + "/.well-known/openid-configuration")
        let metadata = try ProviderMetadata(json, issuer: settings.issuer)
        state.withLock { $0.metadata = (metadata, .now) }
        return metadata
    }

    /// The key that a token names. Keys change: one that isn't known is looked for anew, not too often.
    private func key(_ id: String?, for algorithm: String) async throws -> ProviderKey? {
        let known = state.withLock(\.keys)
        if let known, known.at + Self.lifetime > .now {
            if let key = known.value.key(id, for: algorithm) { return key }
            guard known.at + Self.pause < .now else { return nil }
        }
        let keys = ProviderKeys(try await get(try await metadata().keysEndpoint))
        state.withLock { $0.keys = (keys, .now) }
        return keys.key(id, for: algorithm)
    }

    // MARK: Tokens

    func tokens(code: String, verifier: String, nonce: String) async throws -> ProviderTokens {
        let json = try await token([
            .init("grant_type", value: "authorization_code"), .init("code", value: code),
            .init("redirect_uri", value: settings.redirectURL), .init("code_verifier", value: verifier),
        ])
        return try await tokens(json, nonce: nonce)
    }

    /// Asks again who somebody is.
    /// - Returns: nil where the provider gives no new word about it, and takes the token.
    /// - Throws: ``SignInRefusal`` of kind `unauthorized` where it doesn't any more.
    func refresh(_ token: String) async throws -> (tokens: ProviderTokens?, refreshToken: String?) {
        let json = try await self.token([
            .init("grant_type", value: "refresh_token"), .init("refresh_token", value: token),
            .init("scope", value: settings.allScopes),
        ])
        // A provider may leave it out (OpenID Connect Core 1.0 §12.2).
        guard json["id_token"] != nil else { return (nil, Self.refreshToken(of: json)) }
        let tokens = try await tokens(json, nonce: nil)
        return (tokens, tokens.refreshToken)
    }

    private func tokens(_ json: JSONValue, nonce: String?) async throws -> ProviderTokens {
        guard let text = json["id_token"]?.string else {
            throw SignInRefusal(.unavailable, "The provider doesn't say who you are (no id_token).")
        }
        let token = try await IDToken(text) { try await key($0, for: $1) }
        try token.check(issuer: settings.issuer, clientID: settings.clientID, nonce: nonce, at: now())
        return ProviderTokens(idToken: token, refreshToken: Self.refreshToken(of: json))
    }

    private static func refreshToken(of json: JSONValue) -> String? {
        json["refresh_token"]?.string.flatMap { (1...4096).contains($0.utf8.count) ? $0 : nil }
    }

    private func token(_ fields: [IntegrationRequest.Field]) async throws -> JSONValue {
        let metadata = try await metadata()
        var request = try IntegrationRequest(.post, target: Self.place(metadata.tokenEndpoint).target, form: fields)
        request.limit = Self.documentLimit
        request.isVerbatim = true
        if let secret = settings.clientSecret {
            if metadata.takesSecretInForm {
                request.form += [
                    .init("client_id", value: settings.clientID), .init("client_secret", value: secret),
                ]
            } else {
                // RFC 6749 §2.3.1 has both encoded as in a form before they are joined.
                let pair = "\(PercentEncoding.query(settings.clientID)):\(PercentEncoding.query(secret))"
                request.extraHeaders = [.init("Authorization", value: "Basic " + Base64.encode(Array(pair.utf8)))]
            }
        } else {
            request.form.append(.init("client_id", value: settings.clientID))
        }
        let response = try await send(request, to: metadata.tokenEndpoint)
        let json = try? JSONParser.parse(response.body)
        guard response.status == 200, let json else {
            let code = (json?["error"]?.string ?? "").filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40)
            let text = "The provider gives no token (HTTP \(response.status)\(code.isEmpty ? "" : ", \(code)"))."
            // Everything else says something about this client, or about what is between, and nothing about the person
            // (RFC 6749 §5.2).
            throw SignInRefusal(code == "invalid_grant" ? .unauthorized : .unavailable, text)
        }
        return json
    }

    // MARK: Requests

    private func get(_ url: String) async throws -> JSONValue {
        var request = IntegrationRequest(.get, target: try Self.place(url).target)
        request.limit = Self.documentLimit
        let response = try await send(request, to: url)
        guard response.status == 200, let json = try? response.json() else {
            throw SignInRefusal(.unavailable, "The provider doesn't answer as it should (HTTP \(response.status)).")
        }
        return json
    }

    private static func place(_ url: String) throws -> (origin: IntegrationOrigin, target: String) {
        guard let place = IntegrationOrigin.place(ofRedirect: url) else {
            throw SignInRefusal(.unavailable, "The provider's address can't be read.")
        }
        return place
    }

    private func send(_ request: IntegrationRequest, to url: String) async throws -> IntegrationResponse {
        do {
            let transport = try HTTPIntegrationTransport(
                Self.place(url).origin, credential: nil, certificates: settings.certificates, timeout: .seconds(10),
                proxies: proxies)
            return try await transport.send(request)
        } catch let error as IntegrationError {
            throw SignInRefusal(.unavailable, "The provider can't be asked: \(error).")
        }
    }
}
