import FoundationEssentials
import KubeModel
import TestProvider
import TestWeb
import Testing

@testable import CommandCenter
@testable import SignIn

/// Signing in at a provider, as browsers do it.
@Suite struct ProviderPageTests {
    private func run(_ body: @escaping @Sendable (Site, ScriptedProvider) async throws -> Void) async throws {
        let now: @Sendable () -> KubeTime = { KubeTime(seconds: Date().timeIntervalSince1970) }
        let provider = ScriptedProvider(redirectURL: "http://127.0.0.1:9/sign-in/oidc/callback", now: now)
        try await provider.web.serve {
            var settings = ProviderSettings(
                issuer: provider.web.url, clientID: "skyflo", externalURL: "http://127.0.0.1:9")
            settings.clientSecret = ScriptedProvider.secret
            settings.usernamePrefix = "oidc:"
            settings.groupsClaim = "groups"
            var signIn = Site.SignIn()
            signIn.service.provider = settings
            try await Site.run(signIn: signIn) { site in try await body(site, provider) }
        }
    }

    /// Goes to the provider and comes back.
    private func arrive(_ browser: Browser, at provider: ScriptedProvider, goBack: String = "") async throws
        -> Browser.Answer
    {
        let start = try await browser.get("/sign-in/oidc?return=\(PercentEncoding.query(goBack))")
        try #require(start.status == 303, "\(start.text)")
        let query = try provider.visit(try #require(start.location))
        return try await browser.get("/sign-in/oidc/callback?" + Browser.encode(query))
    }

    @Test func `somebody comes by the provider, and is served as that user and with nothing more`() async throws {
        try await run { site, provider in
            provider.withLock { $0.claims = ["groups": ["skyflo-people"]] }
            try await site.converse()
            let door = try await Browser(site).get("/sign-in?return=%2Fwaiting")
            #expect(door.text.contains("Continue with company sign-in"))
            #expect(door.text.contains("/sign-in/oidc?return=%2Fwaiting") && !door.text.contains("Password"))
            let browser = Browser(site)
            let answer = try await arrive(browser, at: provider, goBack: "/conversations?phase=running")
            #expect(answer.status == 303 && answer.location == "/conversations?phase=running")
            #expect(await browser.cookies["skyflo-provider"] == nil)
            let account = try await browser.get("/account")
            #expect(account.status == 200 && account.text.contains("oidc:7"))
            #expect(try await browser.get("/conversations/shop/talk").status == 403)
            #expect(try await browser.get("/team").status == 404)
        }
    }

    @Test func `an answer that this browser didn't ask for, or that was used, opens nothing`() async throws {
        try await run { site, provider in
            let browser = Browser(site)
            let start = try await browser.get("/sign-in/oidc")
            let query = try provider.visit(try #require(start.location))
            let path = "/sign-in/oidc/callback?" + Browser.encode(query)
            // Somebody else's code in this browser, and this one's in somebody else's.
            #expect(try await Browser(site).get(path).status == 403)
            let cookie = try #require(await browser.cookies["skyflo-provider"])
            #expect(try await browser.get(path).status == 303)
            let thief = Browser(site)
            await thief.set(cookie: "skyflo-provider", to: cookie)
            #expect(try await thief.get(path).status == 401)
            await thief.set(cookie: "skyflo-provider", to: String(cookie.dropLast()) + "A")
            #expect(try await thief.get(path).status == 403)
            #expect(try await thief.get("/conversations").status == 303)
            let error = try await thief.get("/sign-in/oidc/callback?error=%3Cscript%3Ealert(1)&state=x")
            #expect(error.status == 403 && !error.text.contains("alert(1)"))
        }
    }

    @Test func `groups and places of evil providers lead nowhere`() async throws {
        try await run { site, provider in
            for groups in [["system:masters"], ["skyflo:admins"], ["a\r\nImpersonate-Group: system:masters"]] {
                provider.withLock { $0.claims = ["groups": JSONValue(groups)] }
                let browser = Browser(site)
                let answer = try await arrive(browser, at: provider)
                let after = try await browser.get("/conversations")
                #expect(answer.status == 403 && after.status == 303)
            }
            provider.withLock { $0.claims = ["sub": "\r\nImpersonate-User: admin"] }
            let named = try await arrive(Browser(site), at: provider)
            #expect(named.status == 403)
            provider.withLock { $0.claims = [:] }
            for place in ["//evil.example", "https://evil.example", "/\\evil.example"] {
                let answer = try await arrive(Browser(site), at: provider, goBack: place)
                #expect(answer.location == "/conversations")
            }
        }
    }

    @Test func `a provider that is down is said to be`() async throws {
        try await run { site, provider in
            provider.web.answer("GET", "/.well-known", with: .init(500, "down"))
            let answer = try await Browser(site).get("/sign-in/oidc")
            #expect(answer.status == 503 && answer.text.contains("The provider"))
            #expect(try await site.browser(as: "viewer").get("/conversations").status == 200)
        }
    }
}
