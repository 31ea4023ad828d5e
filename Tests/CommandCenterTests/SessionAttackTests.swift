import KubeClient
import KubeModel
import NIOHTTP1
import SkyfloAPI
import Synchronization
import Testing

@testable import CommandCenter
@testable import SignIn

/// What somebody tries with cookies, tokens and forms that aren't theirs.
@Suite struct SessionAttackTests {
    /// The server's own clock, which a test moves on.
    private final class Clock: Sendable {
        private let moment = Mutex(KubeTime(seconds: 1_900_000_000))

        var now: KubeTime { moment.withLock(\.self) }
        func pass(_ seconds: Double) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
    }

    private func run(_ body: @escaping @Sendable (Site, Clock) async throws -> Void) async throws {
        let clock = Clock()
        var signIn = Site.SignIn()
        signIn.service.hasLocalAccounts = true
        signIn.service.passwordCost = PasswordHash.Cost(rounds: 10, blockSize: 1, parallelism: 1)
        signIn.time = { clock.now }
        try await Site.run(signIn: signIn) { site in try await body(site, clock) }
    }

    @Test func `cookies are for this server alone, and the refresh token for one place of it`() async throws {
        try await run { site, _ in
            _ = try await site.admin()
            let browser = Browser(site)
            let answer = try await browser.signIn(name: "root", password: Site.password)
            let cookies = answer.headers["Set-Cookie"]
            let access = try #require(cookies.last { $0.hasPrefix("skyflo-access=") })
            #expect(
                access.contains("HttpOnly") && access.contains("SameSite=Lax")
                    && access.split(separator: "; ").contains("Path=/"))
            let refresh = try #require(cookies.last { $0.hasPrefix("skyflo-refresh=") })
            #expect(refresh.contains("HttpOnly") && refresh.contains("SameSite=Strict"))
            #expect(refresh.contains("Path=/session/refresh"))
            #expect(Set(cookies.map { $0.prefix { $0 != "=" } }).count == cookies.count)
            var transport = WebResponse.Transport(isSecure: true)
            #expect(transport.accessCookie == "__Host-skyflo-access")
            #expect(transport.refreshCookie == "__Secure-skyflo-refresh")
            transport.isSecure = false
            #expect(transport.refreshCookie == "skyflo-refresh")
            let page = try await browser.get("/account")
            for value in await browser.cookies.values where value.count > 10 { #expect(!page.text.contains(value)) }
        }
    }

    @Test func `a session that goes on loses nothing that was written`() async throws {
        try await run { site, clock in
            try await site.converse()
            let admin = try await site.admin()
            let browser = try await site.member("alice", roles: ["requester"], by: admin)
            let form = try await browser.get("/conversations/shop/talk").formKey
            clock.pass(1000)
            let detour = try await browser.get("/conversations?q=a")
            #expect(detour.status == 303)
            let refresh = try #require(detour.location)
            #expect(refresh.hasPrefix("/session/refresh?return="))
            let back = try await browser.get(refresh)
            #expect(back.status == 303 && back.location == "/conversations?q=a")
            #expect(try await browser.get("/conversations?q=a").status == 200)

            clock.pass(1000)
            let body = "form=" + form
            let stop = "/conversations/shop/talk/stop"
            let away = try await browser.post(stop, body: body)
            #expect(away.status == 307)
            let there = try await browser.post(try #require(away.location), body: body)
            #expect(there.status == 307 && there.location == stop)
            #expect(try await site.conversation().spec.stop == false)
            #expect(try await browser.post(stop, body: body).status == 303)
            #expect(try await site.conversation().spec.stop)
        }
    }

    @Test func `a link from another site goes on by way of this one`() async throws {
        try await run { site, clock in
            let browser = try await site.admin()
            clock.pass(1000)
            // As after a link of another site: the strict cookie isn't sent.
            let stranger = Browser(site)
            let refresh = try #require(try await browser.get("/waiting").location)
            let page = try await stranger.get(refresh)
            let link = try #require(page.headers.first(name: "Refresh"))
            #expect(page.status == 200 && link.hasPrefix("0; url=/session/refresh?return=%2Fwaiting"))
            let second = try await browser.get(String(link.dropFirst("0; url=".count)))
            #expect(second.status == 303 && second.location == "/waiting")
            // Without any session it ends at the door, not in a circle.
            let third = try await stranger.get(String(link.dropFirst("0; url=".count)))
            #expect(third.status == 303 && third.location == "/sign-in?return=%2Fwaiting")
        }
    }

    @Test func `a stolen refresh token ends the session for both, and its owner is asked to sign in`() async throws {
        try await run { site, clock in
            let browser = try await site.admin()
            let stolen = try #require(await browser.cookies["skyflo-refresh"])
            clock.pass(1000)
            let thief = Browser(site)
            await thief.set(cookie: "skyflo-refresh", to: stolen)
            let alone = try await thief.get("/session/refresh?again=1")
            #expect(alone.location?.hasPrefix("/sign-in") == true)
            await thief.set(cookie: "skyflo-refresh", to: stolen)
            await thief.set(cookie: "skyflo-access", to: try #require(await browser.cookies["skyflo-access"]))
            #expect(try await thief.get("/session/refresh").status == 303)
            #expect(try await thief.get("/conversations").status == 200)
            clock.pass(SessionRecord.graceSeconds + 1)
            let refused = try await browser.get("/session/refresh?return=%2Fwaiting")
            #expect(refused.location == "/sign-in?return=%2Fwaiting")
            #expect(try await thief.get("/conversations").location?.hasPrefix("/sign-in") == true)
            let next = try await thief.get("/session/refresh?again=1")
            #expect(next.location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test func `a refresh token that somebody planted takes nobody into another session`() async throws {
        try await run { site, clock in
            let admin = try await site.admin()
            let mallory = try await site.member("mallory", roles: ["viewer"], by: admin)
            let planted = try #require(await mallory.cookies["skyflo-refresh"])
            await admin.set(cookie: "skyflo-refresh", to: planted)
            clock.pass(1000)
            let answer = try await admin.get("/session/refresh?return=%2Faccount")
            #expect(answer.location == "/sign-in?return=%2Faccount")
            #expect(await admin.cookies["skyflo-access"] == nil)
            // Nor does it sign somebody in who has no session.
            let victim = Browser(site)
            await victim.set(cookie: "skyflo-refresh", to: planted)
            #expect(try await victim.get("/session/refresh?again=1").location?.hasPrefix("/sign-in") == true)
            #expect(await victim.cookies["skyflo-access"] == nil)
            #expect(try await mallory.get("/session/refresh?return=%2Faccount").location == "/account")
        }
    }

    @Test func `behind a proxy that speaks TLS cookies are as with TLS`() {
        func transport(_ url: String?) -> WebResponse.Transport {
            var configuration = CommandCenter.Configuration(
                host: "127.0.0.1", port: 0, certificate: nil, clusterName: "test")
            configuration.externalURL = url
            return configuration.transport
        }
        #expect(transport("https://skyflo.example.com") == .init(isSecure: true, isCertified: true))
        #expect(transport("HTTPS://skyflo.example.com").sessionCookie == "__Host-skyflo-session")
        for url in [nil, "http://127.0.0.1:8094", "https.example.com"] {
            #expect(transport(url) == .init(isSecure: false))
        }
    }

    @Test func `names that nobody can have are one to the limits, whatever their length`() {
        let limiter = SignInLimiter(burst: 1, perSecond: 0.000_1)
        let names = (0..<5).map { "\($0)" + String(repeating: "\u{301}", count: 1000) }
        #expect(names.map { limiter.allows(name: $0) } == [true, true, true, false, false])
        #expect(limiter.allows(name: "root"))
        let addresses = (0..<3).map { String(repeating: "x", count: 100 + $0) }
        #expect(addresses.map { limiter.allows($0) } == [true, false, false])
    }

    @Test func `the right password counts for no attempt`() {
        let limiter = SignInLimiter(burst: 1, perSecond: 0.000_1)
        for _ in 0..<20 {
            #expect(limiter.allows(name: "root"))
            limiter.forgive(name: "root")
        }
        #expect((0..<4).map { _ in limiter.allows(name: "root") } == [true, true, true, false])
        #expect(limiter.allows(session: "a") && !limiter.allows(session: "a") && limiter.allows(session: "b"))
    }

    @Test func `a value that was there before signing in is worth nothing after it`() async throws {
        try await run { site, _ in
            _ = try await site.admin()
            let victim = Browser(site)
            let mine = String(repeating: "a", count: 64)
            await victim.set(cookie: "skyflo-session", to: mine)
            await victim.set(cookie: "skyflo-access", to: "a.b.c")
            await victim.set(cookie: "skyflo-door", to: mine)
            try await victim.signedIn("root")
            #expect(await victim.cookies["skyflo-access"] != "a.b.c")
            let attacker = Browser(site)
            await attacker.set(cookie: "skyflo-session", to: mine)
            await attacker.set(cookie: "skyflo-access", to: "a.b.c")
            #expect(try await attacker.get("/conversations").status == 303)
            // Signing in again ends what was before.
            let before = try #require(await victim.cookies["skyflo-access"])
            try await victim.signedIn("root")
            await attacker.set(cookie: "skyflo-access", to: before)
            #expect(try await attacker.get("/conversations").location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test func `cookies that were changed open nothing, and break nothing`() async throws {
        try await run { site, _ in
            let browser = try await site.admin()
            let good = try #require(await browser.cookies["skyflo-access"])
            let parts = good.split(separator: ".").map(String.init)
            for bad in [
                "", "x", parts[0] + "." + parts[1] + ".", good + "x", parts[1] + "." + parts[0] + "." + parts[2],
                "eyJhbGciOiJub25lIn0." + parts[1] + ".", String(repeating: "a.", count: 2000), "%00", "\"\"",
            ] {
                let other = Browser(site)
                await other.set(cookie: "skyflo-access", to: bad)
                let answer = try await other.get("/conversations")
                #expect(answer.status == 303 && answer.location?.hasPrefix("/sign-in") == true, "\(bad.prefix(30))")
                await other.set(cookie: "skyflo-refresh", to: bad)
                #expect(try await other.get("/session/refresh?again=1").location?.hasPrefix("/sign-in") == true)
            }
            #expect(try await browser.get("/conversations").status == 200)
        }
    }

    @Test func `forms of another person, or of another site, change nothing`() async throws {
        try await run { site, _ in
            let admin = try await site.admin()
            let alice = try await site.member("alice", roles: ["requester"], by: admin)
            let foreign = try await alice.get("/account").formKey
            for path in ["/team", "/account/password", "/account/sessions", "/sign-out", "/team/alice/roles"] {
                #expect(try await admin.post(path, fields: ["form": foreign, "name": "x"]).status == 403, "\(path)")
                let own = "form=" + (try await admin.get("/account").formKey)
                let type = ("Content-Type", "application/x-www-form-urlencoded")
                for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
                    #expect(try await admin.post(path, body: own, headers: .init([type, header])).status == 403)
                }
            }
            for path in ["/set-up", "/join", "/sign-in"] {
                let answer = try await Browser(site).post(path, body: "name=root&password=x&code=x&new=x")
                #expect(answer.status == 403, "\(path)")
            }
            let posted = try await Browser(site).post(
                "/session/refresh", body: "",
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"])
            #expect(posted.status == 403)
            #expect(try await admin.get("/team").status == 200)
        }
    }

    @Test func `nobody is led away, whichever way they come`() async throws {
        try await run { site, clock in
            let browser = try await site.admin()
            for place in ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%0d%0aSet-Cookie:x=y"] {
                clock.pass(1000)
                let answer = try await browser.get("/session/refresh?return=\(PercentEncoding.query(place))")
                let location = try #require(answer.location)
                #expect(
                    location.hasPrefix("/") && !location.hasPrefix("//") && !location.hasPrefix("/\\"), "\(location)")
                #expect(answer.headers["Set-Cookie"].allSatisfy { !$0.hasPrefix("x=") })
            }
        }
    }

    @Test func `a password change, and signing out everywhere, end the sessions of all browsers`() async throws {
        try await run { site, _ in
            let admin = try await site.admin()
            let other = try await Browser(site).signedIn("root")
            let changed = try await admin.post(
                "/account/password", fields: ["password": Site.password, "new": "another good password"],
                from: "/account")
            #expect(changed.status == 200 && changed.text.contains("Sign in with the new one"))
            for browser in [admin, other] {
                #expect(try await browser.get("/conversations").location?.hasPrefix("/sign-in") == true)
            }
            let first = try await Browser(site).signedIn("root", password: "another good password")
            let second = try await Browser(site).signedIn("root", password: "another good password")
            let list = try await first.get("/account")
            #expect(list.text.split(separator: "last seen").count == 3)
            #expect(try await first.post("/account/sessions", fields: [:]).status == 303)
            #expect(try await second.get("/conversations").location?.hasPrefix("/sign-in") == true)
        }
    }

    @Test(arguments: [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"), ("10.0.0.1", "1.1.1.1, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.1.1.1", "192.0.2.7"), ("203.0.113.9", "192.0.2.7", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"), ("10.0.0.1", "10.2.2.2", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9:51234", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9:51234, 10.1.1.1:80", "203.0.113.9"), ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"), ("10.0.0.1", "1.1.1.1,\t_hidden:x", "10.0.0.1"),
        ("fd00::1", "192.0.2.7", "192.0.2.7"),
    ])
    func `an address is believed of trusted proxies only`(peer: String, chain: String, client: String) throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8", "fd00::/16", "127.0.0.1"]))
        #expect(proxies.client(of: peer, forwardedFor: chain) == client)
        #expect(TrustedProxies().client(of: peer, forwardedFor: chain) == peer)
        for bad in ["x", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/", "::/129", "10.0.0.1/8/8"] {
            #expect(TrustedProxies([bad]) == nil)
        }
    }

    @Test func `the server has a right to its own Secrets, and to no others`() async throws {
        try await run { site, _ in
            let role = APIResource(group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role")
            let rules =
                try await site.api.get(role, namespace: "skyflo-system", name: "skyflo-web")["rules"]?.array ?? []
            #expect(rules.count == 1)
            #expect(rules.first?["verbs"] == ["get", "update"])
            #expect(Set(rules.first?["resourceNames"]?.array?.compactMap(\.string) ?? []) == Set(SignInSecrets.names))
            for name in SignInSecrets.names {
                #expect(try await site.api.find(.secrets, namespace: "skyflo-system", name: name) != nil, "\(name)")
            }
        }
    }
}
