import KubeModel
import TestProvider
import TestWeb
import Testing

@testable import SignIn

/// What a provider's sessions live through, and what they don't.
extension ProviderTests {
    @Test func `somebody who was away for hours goes on where the provider says yes`() async throws {
        try await scene { scene in
            let tokens = try await scene.signIn()
            scene.replica.clock.pass(3 * 3600)
            let next = try #require(try await scene.replica.refreshed(tokens.refresh))
            #expect(try await scene.replica.person(next.access) != nil)
            scene.replica.clock.pass(3 * 3600)
            scene.scripted.withLock { $0.refreshTokens = [] }
            #expect(try await scene.replica.refreshed(next.refresh) == nil)
        }
    }

    @Test(arguments: [
        TestAnswer(401, json: ["error": "invalid_client"]), TestAnswer(400, json: ["error": "invalid_request"]),
        TestAnswer(403, "no"), TestAnswer(404, "no"), TestAnswer(408, "late"), TestAnswer(413, "large"),
    ])
    func `a refusal that says nothing about the person ends no session for a while`(answer: TestAnswer) async throws {
        try await scene { scene in
            var tokens = try await scene.signIn()
            scene.scripted.web.answer("POST", "/token", with: answer)
            scene.replica.clock.pass(1000)
            tokens = try #require(try await scene.replica.refreshed(tokens.refresh))
            #expect(try await scene.replica.person(tokens.access) != nil)
            scene.replica.clock.pass(3000)
            #expect(try await scene.replica.refreshed(tokens.refresh) == nil)
        }
    }

    @Test func `a provider that no longer says who it is has its sessions end after an hour`() async throws {
        try await scene { scene in
            var tokens = try await scene.signIn()
            scene.scripted.web.answer(
                "POST", "/token", with: TestAnswer(200, json: ["access_token": "x", "token_type": "Bearer"]))
            for _ in 0..<3 {
                scene.replica.clock.pass(1000)
                tokens = try #require(try await scene.replica.refreshed(tokens.refresh))
            }
            scene.replica.clock.pass(1000)
            #expect(try await scene.replica.refreshed(tokens.refresh) == nil)
        }
    }

    @Test func `an API server that fails while a session goes on leaves the browser with a token that counts`()
        async throws
    {
        try await scene { scene in
            scene.scripted.withLock { $0.claims = ["groups": ["staff"]] }
            let tokens = try await scene.signIn()
            scene.scripted.withLock { $0.claims = ["groups": ["sre"]] }
            scene.replica.clock.pass(1000)
            scene.replica.server.fail("selfsubjectaccessreviews")
            let next = try #require(try await scene.replica.refreshed(tokens.refresh))
            #expect(try await scene.replica.person(next.access)?.identity.groups == ["staff"])
            scene.replica.clock.pass(1000)
            scene.replica.server.fail("secrets/skyflo-web-sessions")
            await #expect(throws: (any Error).self) { try await scene.replica.refreshed(next.refresh) }
            scene.replica.server.fail(nil)
            scene.replica.clock.pass(200)
            let last = try #require(try await scene.replica.refreshed(next.refresh))
            #expect(try await scene.replica.person(last.access)?.identity.groups == ["sre"])
        }
    }
}
