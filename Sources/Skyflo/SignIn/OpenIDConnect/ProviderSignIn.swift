import Crypto
import HTTPTransport
import KubeModel

/// Sign-in by OpenID Connect: the authorization code flow with PKCE (RFC 7636), state and nonce.
///
/// What has to be remembered between the two requests is with the browser, sealed: any replica can finish what another began,
/// and what isn't finished leaves nothing behind.
package struct ProviderSignIn: Sendable {
    /// How long somebody may take at the provider.
    static let patience = 600.0
    private static let purpose = "openid-connect"

    package let settings: ProviderSettings
    private let client: ProviderClient
    private let keys: ServerKeys
    private let now: @Sendable () -> KubeTime

    init(
        _ settings: ProviderSettings, keys: ServerKeys, proxies: ProxyEnvironment,
        now: @escaping @Sendable () -> KubeTime
    ) {
        self.settings = settings
        self.keys = keys
        self.now = now
        client = ProviderClient(settings, proxies: proxies, now: now)
    }

    /// Where the browser goes, and what it keeps meanwhile.
    package struct Beginning: Sendable {
        package var url: String
        /// For a cookie.
        package var sealed: String
        package static let lifetime = Int(patience)
    }

    /// - Parameter goBack: where the person wanted to go.
    /// - Throws: ``SignInRefusal`` where the provider can't be asked.
    package func begin(goBack: String?) async throws -> Beginning {
        let metadata = try await client.metadata()
        let (state, nonce, verifier) = (SecretText.random(), SecretText.random(), SecretText.random())
        let challenge = Base64.encodeURL(Array(SHA256.hash(data: Array(verifier.utf8))))
        let fields = [
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", settings.redirectURL),
            ("scope", settings.allScopes), ("state", state), ("nonce", nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ]
        let query = fields.map { "\($0.0)=\(PercentEncoding.query($0.1))" }.joined(separator: "&")
        let separator = metadata.authorizationEndpoint.contains("?") ? "&" : "?"
        let kept: JSONValue = .compact([
            "state": .string(state), "nonce": .string(nonce), "verifier": .string(verifier),
            "goBack": goBack.map(JSONValue.string),
            "until": .string(now().adding(seconds: Self.patience).description),
        ])
        return Beginning(
            url: metadata.authorizationEndpoint + separator + query,
            sealed: try Sealed.seal(kept, for: Self.purpose, with: try await keys.current()))
    }

    /// Somebody as the provider knows them.
    struct Person: Sendable {
        var identity: PersonIdentity
        var subject: String
        var refreshToken: String?
        var goBack: String?
    }

    static let strange = SignInRefusal(
        .forbidden, "This sign-in wasn't begun in this browser, or was begun too long ago. Begin again.")

    /// What the browser brings back from the provider.
    /// - Parameters:
    ///   - query: of the address that the provider sent it to.
    ///   - sealed: of the cookie.
    /// - Throws: ``SignInRefusal``.
    func finish(_ query: [String: String], sealed: String?) async throws -> Person {
        guard let sealed, let kept = try await Sealed.open(sealed, for: Self.purpose, with: keys),
            let state = kept["state"]?.string, let nonce = kept["nonce"]?.string,
            let verifier = kept["verifier"]?.string,
            let until = kept["until"]?.string.flatMap({ KubeTime($0) }), now() < until,
            let sent = query["state"], SecretText.isEqual(sent, to: state)
        else { throw Self.strange }
        // A code of another provider isn't shown to this one (RFC 9207).
        let metadata = try await client.metadata()
        guard query["iss"] == nil || query["iss"] == settings.issuer, query["iss"] != nil || !metadata.namesIssuer
        else {
            throw SignInRefusal(.forbidden, "The answer is of another provider.")
        }
        if let error = query["error"] {
            let code = error.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40)
            throw SignInRefusal(.forbidden, "The provider doesn't sign you in (\(code)).")
        }
        guard let code = query["code"], (1...4096).contains(code.utf8.count) else { throw Self.strange }
        let tokens = try await client.tokens(code: code, verifier: verifier, nonce: nonce)
        return Person(
            identity: try ClaimMapping(settings: settings).identity(of: tokens.idToken.claims),
            subject: tokens.idToken.subject, refreshToken: tokens.refreshToken, goBack: kept["goBack"]?.string)
    }

    /// What the provider says now of somebody who signed in before; the identity is nil where it says nothing new.
    /// - Throws: ``SignInRefusal``: of any kind but `unavailable` and `tooMany` the session has to end.
    func again(_ token: String, subject: String) async throws -> (identity: PersonIdentity?, refreshToken: String?) {
        let answer = try await client.refresh(token)
        guard let tokens = answer.tokens else { return (nil, answer.refreshToken) }
        guard tokens.idToken.subject == subject else {
            throw SignInRefusal(.unauthorized, "The provider answers for somebody else.")
        }
        return (try ClaimMapping(settings: settings).identity(of: tokens.idToken.claims), tokens.refreshToken)
    }
}
