import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import SkyfloAPI
import TestWeb
import Testing
import Writes

@testable import Controllers

/// What differs between the kinds of integrations: how each is logged in to, and what it says of itself.
@Suite struct IntegrationKindTests {
    private static func identity(
        _ kind: IntegrationKind, _ answers: [(String, TestAnswer)]
    ) async throws -> Result<IntegrationIdentity, IntegrationError> {
        let web = TestWebServer()
        for (path, answer) in answers { web.answer("GET", path, with: answer) }
        var result: Result<IntegrationIdentity, IntegrationError>?
        try await web.serve {
            let transport = try HTTPIntegrationTransport(IntegrationOrigin(web.url), credential: nil)
            do {
                result = .success(try await kind.identity(ReadingTransport(transport), name: "main"))
            } catch let error as IntegrationError {
                result = .failure(error)
            }
        }
        return try #require(result)
    }

    private static let denied = TestAnswer(403, json: ["message": "Resource not accessible by integration"])

    @Test(
        arguments: [
            (
                .prometheus,
                [("/api/v1/status/buildinfo", .init(200, json: ["status": "success", "data": ["version": "2.42.0"]]))],
                nil, "2.42.0"
            ),
            (
                .prometheus,
                [
                    (
                        "/api/v1/query",
                        .init(200, json: ["status": "success", "data": ["resultType": "scalar", "result": [1, "1"]]])
                    )
                ],
                nil, nil
            ),
            (
                .gitHub,
                [("/user", .init(200, json: ["login": "copilot"], headers: ["x-github-enterprise-version": "3.15"]))],
                "copilot", "3.15"
            ),
            (.gitHub, [("/user", denied), ("/rate_limit", .init(200, json: ["resources": [:]]))], nil, "github.com"),
            (
                .gitLab,
                [
                    ("/api/v4/user", .init(200, json: ["username": "copilot"])),
                    ("/api/v4/version", .init(200, json: ["version": "18.5"])),
                ], "copilot", "18.5"
            ),
            (
                .gitLab,
                [
                    ("/api/v4/user", denied), ("/api/v4/version", denied), ("/api/v4/projects", .init(200, json: [])),
                ], nil, nil
            ),
            (
                .argoCD,
                [
                    ("/api/v1/session/userinfo", .init(200, json: ["loggedIn": true, "username": "copilot"])),
                    ("/api/version", .init(200, json: ["Version": "v3.1.0"])),
                ], "copilot", "v3.1.0"
            ),
        ] as [(IntegrationKind, [(String, TestAnswer)], String?, String?)])
    func `each kind says as whom, and which version`(
        _ kind: IntegrationKind, _ answers: [(String, TestAnswer)], _ user: String?, _ version: String?
    ) async throws {
        let found = try await Self.identity(kind, answers).get()
        #expect(found == IntegrationIdentity(user: user, version: version))
    }

    @Test(arguments: IntegrationKind.allCases)
    func `a credential that isn't accepted is no identity`(_ kind: IntegrationKind) async throws {
        let no = TestAnswer(401, json: ["message": "Bad credentials"])
        guard case .failure(let error) = try await Self.identity(kind, [("/", no)]) else {
            Issue.record("reached")
            return
        }
        #expect(error.code == .unauthorized && error.message.hasPrefix("\(kind.title) main"), "\(error)")
    }

    @Test func `Argo CD answers everybody, and says who is logged in`() async throws {
        let found = try await Self.identity(
            .argoCD, [("/api/v1/session/userinfo", .init(200, json: ["loggedIn": false]))])
        #expect(throws: IntegrationError.self) { try found.get() }
    }

    // MARK: Settings

    /// What a server sees of a request that is sent with these settings and this Secret.
    private static func sent(
        _ kind: IntegrationKind, _ settings: JSONValue, secret: [String: String]
    ) async throws -> [SeenRequest] {
        let web = TestWebServer()
        try await web.serve {
            try await Scene.run { scene in
                let data = secret.map { ($0.key, JSONValue.string(Base64.encode(Array($0.value.utf8)))) }
                scene.cluster.put(
                    KubeObject(
                        .secrets, namespace: "shop", name: "keys",
                        members: ["type": "Opaque", "data": .object(JSONObject(data))]), in: .secrets)
                let own: JSONValue = ["name": "main", "url": .string(web.url)]
                scene.cluster.change(
                    .skyfloAIs, "sky",
                    ["spec": ["integrations": [kind.rawValue: [MergePatch.apply(settings, to: own)]]]])
                let object = try #require(scene.cluster.object(.skyfloAIs, "sky"))
                scene.dependencies.skyfloAIs.insert(object)
                let directory = scene.dependencies.integrations(of: ObjectKey(namespace: "shop", name: "sky"))
                let deadline = ContinuousClock.now + .seconds(30)
                while directory.integrations(of: kind).isEmpty, ContinuousClock.now < deadline { await Task.yield() }
                let transport = try await directory.transport(to: "main", of: kind)
                _ = try await transport.send(try IntegrationRequest(.get, segments: ["x"]))
            }
        }
        return web.requests
    }

    private static let named: JSONValue = ["secretRef": ["name": "keys"]]

    @Test func `a user with a password, a token alone, or nothing is sent`() async throws {
        func authorization(_ kind: IntegrationKind, _ settings: JSONValue, _ secret: [String: String]) async throws
            -> String?
        {
            try await Self.sent(kind, settings, secret: secret).first?.headers["authorization"]
        }
        let basic = "Basic " + Base64.encode(Array("bob:geheim".utf8))
        #expect(try await authorization(.prometheus, Self.named, ["username": "bob", "password": "geheim"]) == basic)
        #expect(try await authorization(.prometheus, Self.named, ["token": "geheim"]) == "Bearer geheim")
        #expect(try await authorization(.prometheus, [:], [:]) == nil)
        #expect(
            try await authorization(.gitLab, Self.named, ["username": "bob", "token": "geheim"]) == "Bearer geheim")
        await #expect(throws: IntegrationError.self) {
            try await authorization(
                .prometheus, ["secretRef": ["name": "keys", "usernameKey": "user"]], ["token": "geheim"])
        }
    }

    @Test func `a tenant is a header of each request`() async throws {
        let seen = try await Self.sent(
            .prometheus, ["tenant": ["header": "THANOS-TENANT", "value": "team-a"]], secret: [:])
        #expect(seen.first?.headers["thanos-tenant"] == "team-a")
    }
}
