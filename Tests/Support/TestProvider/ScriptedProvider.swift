import Crypto
import FoundationEssentials
import KubeModel
import Synchronization
import TestWeb

/// A provider that a test scripts: it gives each code once, and says what it is told to.
package final class ScriptedProvider: Sendable {
    package struct State {
        package var claims: JSONValue = [:]
        package var header: [String: String] = [:]
        package var key = P256.Signing.PrivateKey()
        package var keyID = "k1"
        package var published: [JSONValue] = []
        package var codes: [String: (challenge: String, nonce: String)] = [:]
        package var refreshTokens: Set<String> = []
        package var givesRefreshTokens = true
        package var forge: (@Sendable (_ token: String) -> String)?
        package var keyRequests = 0
    }

    package let web = TestWebServer()
    private let now: @Sendable () -> KubeTime
    /// Where the client has browsers sent back to.
    package let redirectURL: String
    private let state = Mutex(State())
    package static let secret = "the client's secret"

    package init(redirectURL: String, now: @escaping @Sendable () -> KubeTime) {
        (self.redirectURL, self.now) = (redirectURL, now)
        state.withLock { $0.published = [Self.published($0.key, id: $0.keyID)] }
        web.handle { [unowned self] in answer($0) }
    }

    package func withLock<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0) }
    }

    package static func published(_ key: P256.Signing.PrivateKey, id: String) -> JSONValue {
        let raw = Array(key.publicKey.rawRepresentation)
        return [
            "kty": "EC", "crv": "P-256", "kid": .string(id), "use": "sig", "alg": "ES256",
            "x": .string(Base64.encodeURL(Array(raw.prefix(32)))),
            "y": .string(Base64.encodeURL(Array(raw.suffix(32)))),
        ]
    }

    package static func sign(_ text: String, with key: P256.Signing.PrivateKey) -> String {
        Base64.encodeURL(Array((try? key.signature(for: Array(text.utf8)).rawRepresentation) ?? Data()))
    }

    private func answer(_ request: SeenRequest) -> TestAnswer {
        switch request.path {
        case "/.well-known/openid-configuration":
            TestAnswer(
                200,
                json: [
                    "issuer": .string(web.url), "authorization_endpoint": .string(web.url + "/authorize?tenant=1"),
                    "token_endpoint": .string(web.url + "/token"), "jwks_uri": .string(web.url + "/keys"),
                ])
        case "/keys":
            TestAnswer(
                200,
                json: state.withLock { state in
                    state.keyRequests += 1
                    return ["keys": .array(state.published)]
                })
        case "/token": token(request)
        default: .page(404, "Not Found")
        }
    }

    private func token(_ request: SeenRequest) -> TestAnswer {
        let basic = Base64.encode(Array("skyflo:the%20client%27s%20secret".utf8))
        guard request.headers["authorization"] == "Basic \(basic)" else {
            return TestAnswer(401, json: ["error": "invalid_client"])
        }
        let refused = TestAnswer(400, json: ["error": "invalid_grant"])
        return state.withLock { state in
            var nonce: String?
            if request.parameter("grant_type") == "refresh_token" {
                guard state.refreshTokens.contains(request.parameter("refresh_token") ?? "") else { return refused }
            } else {
                guard let known = state.codes.removeValue(forKey: request.parameter("code") ?? ""),
                    request.parameter("redirect_uri") == redirectURL,
                    known.challenge
                        == Base64.encodeURL(
                            Array(SHA256.hash(data: Array((request.parameter("code_verifier") ?? "").utf8))))
                else { return refused }
                nonce = known.nonce
            }
            var answer: JSONValue = [
                "token_type": "Bearer", "access_token": "x", "id_token": .string(idToken(nonce, &state)),
            ]
            if state.givesRefreshTokens {
                let token = "refresh-\(state.refreshTokens.count)"
                state.refreshTokens.insert(token)
                answer["refresh_token"] = .string(token)
            }
            return TestAnswer(200, json: answer)
        }
    }

    private func idToken(_ nonce: String?, _ state: inout State) -> String {
        let seconds = now().microseconds / 1_000_000
        var claims: JSONValue = .compact([
            "iss": .string(web.url), "aud": "skyflo", "sub": "7", "iat": .int(seconds), "exp": .int(seconds + 300),
            "nonce": nonce.map(JSONValue.string),
        ])
        claims = MergePatch.apply(state.claims, to: claims)
        var header: JSONValue = ["alg": "ES256", "kid": .string(state.keyID)]
        for (name, value) in state.header { header[name] = .string(value) }
        let text = Self.part(header) + "." + Self.part(claims)
        let token = text + "." + Self.sign(text, with: state.key)
        return state.forge?(token) ?? token
    }

    package static func part(_ json: JSONValue) -> String { Base64.encodeURL(Array(JSONWriter.string(json).utf8)) }

    /// An address that a provider wouldn't take.
    package struct BadVisit: Error { let url: String }

    /// What a browser does there: comes with the address, signs in, and is sent back with this query.
    package func visit(_ url: String) throws -> [String: String] {
        let query = TestWebServer.fields(String(url.split(separator: "?", maxSplits: 1)[1]))
        let fields = Dictionary(query.map { ($0.name, $0.value) }) { $1 }
        guard fields["response_type"] == "code", fields["code_challenge_method"] == "S256", fields["tenant"] == "1",
            fields["client_id"] == "skyflo", fields["redirect_uri"] == redirectURL,
            fields["scope"]?.split(separator: " ").contains("openid") == true
        else { throw BadVisit(url: url) }
        let code = "code-\(UInt64.random(in: .min ... .max))"
        state.withLock { $0.codes[code] = (fields["code_challenge"] ?? "", fields["nonce"] ?? "") }
        return ["code": code, "state": fields["state"] ?? ""]
    }
}
