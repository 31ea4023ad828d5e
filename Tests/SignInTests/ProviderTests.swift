import Crypto
import FoundationEssentials
import KubeModel
import Logging
import Synchronization
import TestProvider
import TestWeb
import Testing

@testable import SignIn

@Suite struct ProviderTests {
    struct Scene {
        let scripted: ScriptedProvider
        let replica: Replica

        private func provider() throws -> ProviderSignIn { try #require(replica.service.provider) }

        func begin(_ goBack: String? = nil) async throws -> (query: [String: String], sealed: String) {
            let beginning = try await provider().begin(goBack: goBack)
            return (try scripted.visit(beginning.url), beginning.sealed)
        }

        func signIn() async throws -> SignInService.Tokens {
            let (query, sealed) = try await begin()
            return try await replica.service.finish(query, sealed: sealed, agent: "test")
        }

        func refused(_ comment: Comment? = nil) async throws {
            let (query, sealed) = try await begin()
            await #expect(throws: SignInRefusal.self, comment) {
                try await replica.service.finish(query, sealed: sealed, agent: "test")
            }
        }
    }

    static func settings(of provider: ScriptedProvider) -> ProviderSettings {
        var settings = ProviderSettings(
            issuer: provider.web.url, clientID: "skyflo", externalURL: "https://web.example")
        settings.clientSecret = ScriptedProvider.secret
        settings.groupsClaim = "groups"
        settings.usernamePrefix = "oidc:"
        return settings
    }

    func scene(
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        settings change: (inout ProviderSettings) -> Void = { _ in }, _ body: (Scene) async throws -> Void
    ) async throws {
        let clock = TestClock()
        let provider = ScriptedProvider(redirectURL: "https://web.example/sign-in/oidc/callback") { clock.now }
        try await provider.web.serve {
            var settings = Self.settings(of: provider)
            change(&settings)
            let replica = Replica(clock: clock, provider: settings, logger: logger)
            replica.server.allow(["staff", "sre"])
            try await body(Scene(scripted: provider, replica: replica))
        }
    }

    @Test func `somebody signs in by the provider, with the groups that may be acted for`() async throws {
        try await scene { scene in
            scene.scripted.withLock { $0.claims = ["groups": ["staff", "other"]] }
            let (query, sealed) = try await scene.begin("/waiting")
            let other = Replica(
                scene.replica.server, clock: scene.replica.clock, provider: Self.settings(of: scene.scripted))
            let tokens = try await other.service.finish(query, sealed: sealed, agent: "test")
            let person = try #require(try await scene.replica.person(tokens.access))
            #expect(person.identity == (try PersonIdentity(user: "oidc:7", groups: ["staff"])))
            #expect(tokens.goBack == "/waiting" && person.account == nil)
        }
    }

    @Test func `what wasn't begun in this browser, or a code that was used, signs nobody in`() async throws {
        try await scene { scene in
            let (query, sealed) = try await scene.begin()
            let (_, other) = try await scene.begin()
            func finish(_ query: [String: String], _ sealed: String?) async throws {
                _ = try await scene.replica.service.finish(query, sealed: sealed, agent: "")
            }
            for (bad, kept) in [
                (query, nil), (query, "x"), (query, other), (query, sealed + "A"),
                (["code": query["code"] ?? ""], sealed),
                (["code": query["code"] ?? "", "state": "x"], sealed), (["state": query["state"] ?? ""], sealed),
                (["state": query["state"] ?? "", "error": "access_denied"], sealed),
                (query.merging(["iss": "https://evil.example"]) { $1 }, sealed),
            ] as [([String: String], String?)] {
                await #expect(throws: SignInRefusal.self) { try await finish(bad, kept) }
            }
            try await finish(query, sealed)
            await #expect(throws: SignInRefusal.self, "a code that was used") { try await finish(query, sealed) }
            let late = try await scene.begin()
            scene.replica.clock.pass(601)
            await #expect(throws: SignInRefusal.self, "too late") { try await finish(late.query, late.sealed) }
        }
    }

    @Test func `a token that isn't for this sign-in, or doesn't count now, is refused`() async throws {
        try await scene { scene in
            let now = Int(scene.replica.clock.now.microseconds / 1_000_000)
            let claims: [JSONValue] = [
                ["iss": "https://evil.example"], ["iss": .null], ["aud": "other"], ["aud": ["other"]], ["aud": .null],
                ["aud": ["skyflo", "other"]], ["aud": ["skyflo", "other"], "azp": "other"], ["azp": "other"],
                ["nonce": "x"], ["nonce": .null], ["exp": JSONValue(now - 61)], ["exp": .null], ["exp": "9999999999"],
                ["nbf": JSONValue(now + 61)], ["nbf": "now"], ["iat": JSONValue(now + 61)], ["iat": .null], ["sub": ""],
                ["sub": .null], ["exp": 1e300], ["groups": ["system:masters"]], ["groups": ["skyflo:admins"]],
                ["groups": ["a\r\nImpersonate-Group: system:masters"]],
            ]
            for bad in claims {
                scene.scripted.withLock { $0.claims = bad }
                try await scene.refused("\(bad)")
            }
            for good in [
                ["aud": ["skyflo"]], ["aud": ["skyflo", "x"], "azp": "skyflo"], ["exp": JSONValue(now - 30)],
                ["nbf": JSONValue(now + 30)],
            ] as [JSONValue] {
                scene.scripted.withLock { $0.claims = good }
                _ = try await scene.signIn()
            }
        }
    }

    @Test func `a token that the provider's own key didn't sign is refused, whatever it says of itself`() async throws {
        try await scene { scene in
            let state = scene.scripted
            for header in [
                ["alg": "none"], ["alg": "HS256"], ["alg": "RS256"], ["alg": "ES384"], ["kid": "unknown"],
                ["alg": "es256"],
                ["crit": "exp"], ["alg": "EdDSA"],
            ] {
                state.withLock { $0.header = header }
                try await scene.refused("\(header)")
            }
            state.withLock { $0.header = [:] }
            let published = state.withLock { $0.published[0] }
            let forgeries: [@Sendable (String) -> String] = [
                { String($0.prefix { $0 != "." }) + $0.drop { $0 != "." }.reversed() },
                { $0.split(separator: ".").dropLast().joined(separator: ".") + "." },
                { $0.split(separator: ".").dropLast().joined(separator: ".") }, { _ in "" }, { _ in "a.b.c" },
                { token in
                    // A secret that everybody knows.
                    let body =
                        ScriptedProvider.part(["alg": "HS256", "kid": "k1"]) + "." + token.split(separator: ".")[1]
                    let key = SymmetricKey(data: Array(JSONWriter.string(published).utf8))
                    let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
                    return body + "." + Base64.encodeURL(Array(code))
                },
                { token in
                    ScriptedProvider.part(["alg": "none"]) + "." + token.split(separator: ".")[1] + "."
                },
                { token in
                    // Its own key, in its header.
                    let own = P256.Signing.PrivateKey()
                    let body =
                        ScriptedProvider.part([
                            "alg": "ES256", "kid": "k1", "jwk": ScriptedProvider.published(own, id: "k1"),
                        ])
                        + "." + token.split(separator: ".")[1]
                    return body + "." + ScriptedProvider.sign(body, with: own)
                },
                { String(repeating: "a", count: 100_000) + $0 },
            ]
            for (number, forge) in forgeries.enumerated() {
                state.withLock { $0.forge = forge }
                try await scene.refused("forgery \(number)")
            }
            state.withLock { $0.forge = nil }
            _ = try await scene.signIn()
        }
    }

    @Test func `keys that change are found, and keys that nobody has aren't looked for again and again`() async throws {
        try await scene { scene in
            _ = try await scene.signIn()
            let state = scene.scripted
            let before = state.withLock { $0.keyRequests }
            state.withLock { $0.keyID = "made-up" }
            for _ in 0..<5 { try await scene.refused() }
            #expect(state.withLock { $0.keyRequests } - before <= 1)
            // A server that starts later reads the new keys.
            state.withLock { state in
                state.key = P256.Signing.PrivateKey()
                state.published.append(ScriptedProvider.published(state.key, id: state.keyID))
            }
            let later = Scene(
                scripted: scene.scripted,
                replica: Replica(
                    scene.replica.server, clock: scene.replica.clock, provider: Self.settings(of: scene.scripted)))
            _ = try await later.signIn()
        }
    }

    @Test func `keys that are weak, secret or for something else are no keys`() {
        let weak = Base64.encodeURL([UInt8](repeating: 0xFF, count: 128))
        let strong = Base64.encodeURL([UInt8](repeating: 0xFF, count: 256))
        for json in [
            ["kty": "oct", "k": "AA", "kid": "a"], ["kty": "RSA", "n": .string(weak), "e": "AQAB"],
            ["kty": "RSA", "n": .string(strong), "e": "AQAB", "use": "enc"], ["kty": "RSA", "e": "AQAB"], [:],
            ["kty": "RSA", "n": .string(strong), "e": "AQAB", "key_ops": ["encrypt"]],
        ] as [JSONValue] {
            let key = ProviderKey(json)
            #expect(key == nil || ProviderKey.algorithms.allSatisfy { key?.fits($0) == false })
        }
        let key = ProviderKey(["kty": "RSA", "n": .string(strong), "e": "AQAB", "kid": "a"])
        #expect(key?.fits("RS256") == true && key?.fits("PS512") == true && key?.fits("ES256") == false)
        #expect(key?.fits("HS256") == false)
    }

    @Test(
        arguments: [
            ["issuer": "https://other.example"], ["token_endpoint": "http://id.example/token"], ["jwks_uri": .null],
            ["authorization_endpoint": "javascript:alert(1)"], ["token_endpoint": "https://id.example/#x"],
            ["jwks_uri": "https://u:p@id.example/k"],
        ] as [JSONValue])
    func `a discovery document of somebody else, or with strange addresses, is refused`(change: JSONValue) throws {
        let good: JSONValue = [
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
            "token_endpoint": "https://id.example/t", "jwks_uri": "https://keys.example/k",
        ]
        _ = try ProviderMetadata(good, issuer: "https://id.example")
        #expect(throws: SignInRefusal.self) {
            try ProviderMetadata(MergePatch.apply(change, to: good), issuer: "https://id.example")
        }
    }

    @Test func `groups that change at the provider count when the session goes on, and a no ends it`() async throws {
        try await scene { scene in
            let state = scene.scripted
            state.withLock { $0.claims = ["groups": ["staff", "sre"]] }
            var tokens = try await scene.signIn()
            state.withLock { $0.claims = ["groups": ["staff"]] }
            tokens = try #require(try await scene.replica.refreshed(tokens.refresh))
            #expect(try await scene.replica.person(tokens.access)?.identity.groups == ["staff"])
            for claims in [["sub": "8"], ["groups": ["system:masters"]], ["iss": "https://evil.example"]] as [JSONValue]
            {
                state.withLock { $0.claims = [:] }
                let session = try await scene.signIn()
                state.withLock { $0.claims = claims }
                #expect(try await scene.replica.refreshed(session.refresh) == nil, "\(claims)")
                #expect(try await scene.replica.person(session.access) == nil)
            }
            // The provider withdrew it.
            state.withLock { $0.refreshTokens = [] }
            #expect(try await scene.replica.refreshed(tokens.refresh) == nil)
            #expect(try await scene.replica.person(tokens.access) == nil)
        }
    }

    @Test func `a provider that is down for long, or can't be asked again, ends its sessions`() async throws {
        try await scene { scene in
            let state = scene.scripted
            var tokens = try await scene.signIn()
            scene.scripted.web.answer("POST", "/token", with: TestAnswer(503, "down"))
            for _ in 0..<3 {
                scene.replica.clock.pass(1000)
                tokens = try #require(try await scene.replica.refreshed(tokens.refresh))
            }
            scene.replica.clock.pass(1000)
            #expect(try await scene.replica.refreshed(tokens.refresh) == nil)
            scene.scripted.web.forgetAnswers()

            state.withLock { $0.givesRefreshTokens = false }
            let short = try await scene.signIn()
            #expect(short.lifetime <= 3600)
            scene.replica.clock.pass(3601)
            #expect(try await scene.replica.refreshed(short.refresh) == nil)
        }
    }

    @Test func `no log has a token, a password or a code`() async throws {
        let log = LogLines()
        try await scene(logger: Logger(label: "test") { _ in log }) { scene in
            try await scene.replica.setUp()
            let tokens = try await scene.replica.signIn("root")
            let (query, sealed) = try await scene.begin()
            let person = try await scene.replica.service.finish(query, sealed: sealed, agent: "test")
            let refresh = try #require(person.refresh)
            _ = try await scene.replica.service.refresh(refresh)
            scene.replica.clock.pass(SessionRecord.graceSeconds + 1)
            _ = try await scene.replica.service.refresh(refresh)
            let text = log.text
            #expect(text.contains("skyflo:root") && text.contains("a refresh token was shown that had been used"))
            for secret in [
                tokens.access, tokens.refresh ?? "x", person.access, refresh, sealed, query["code"] ?? "x",
                ScriptedProvider.secret, Replica.password, "refresh-0",
            ] { #expect(!text.contains(secret)) }
        }
    }
}

/// What was logged, as text.
final class LogLines: LogHandler, Sendable {
    private let lines = Mutex("")

    var text: String { lines.withLock(\.self) }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" }
    }
}
