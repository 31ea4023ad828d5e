import KubeClient
import KubeModel
import NIOHTTP1
import SkyfloAPI
import Testing

@testable import CommandCenter

/// Who gets in, and what a form has to prove.
@Suite struct DoorTests {
    @Test func `who isn't signed in reads and does nothing`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = Browser(site)
            for path in ["/", "/healthz", "/readyz", "/sign-in"] {
                #expect([200, 303].contains(try await browser.get(path).status), "\(path)")
            }
            for path in ["/conversations", "/waiting", "/new", "/conversations/shop/talk"] {
                let answer = try await browser.get(path)
                #expect(answer.status == 303 && answer.location == "/sign-in?return=\(PercentEncoding.query(path))")
            }
            #expect(try await browser.get("/conversations/shop/talk/events").status == 401)
            for part in Route.Part.allCases where part != .events {
                let answer = try await browser.post(
                    "/conversations/shop/talk/\(part.rawValue)", fields: ["form": "x", "message": "go on"])
                #expect(answer.status == 401, "\(part)")
            }
            #expect(try await browser.post("/new", fields: ["form": "x", "message": "go on"]).status == 401)
            #expect(try await site.conversation().spec.stop == false)
            #expect(try await site.conversation().spec.followUps.isEmpty)
        }
    }

    @Test func `a token signs in, and out again`() async throws {
        try await Site.run { site in
            let browser = Browser(site)
            let wrong = try await browser.signIn(token: "wrong")
            #expect(wrong.status == 401 && wrong.text.contains("The cluster doesn&#39;t know that token"))
            #expect(try await browser.signIn(token: "").status == 401)
            let signedIn = try await browser.signIn(
                token: try await site.token(of: "viewer"), goBack: "/conversations?phase=running&q=a")
            #expect(signedIn.status == 303 && signedIn.location == "/conversations?phase=running&q=a")
            let cookie = try #require(signedIn.headers["Set-Cookie"].first { $0.hasPrefix("skyflo-session=") })
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))
            let value = try #require(await browser.cookies["skyflo-session"])
            let page = try await browser.get("/conversations")
            #expect(page.status == 200 && page.text.contains("system:serviceaccount:shop:viewer"))
            #expect(!page.text.contains(value))

            #expect(try await browser.post("/sign-out", fields: [:]).status == 303)
            await browser.set(cookie: "skyflo-session", to: value)
            #expect(try await browser.get("/conversations").status == 303)
        }
    }

    @Test func `after signing in nobody is led away`() async throws {
        try await Site.run { site in
            let token = try await site.token(of: "viewer")
            for place in ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
                let browser = Browser(site)
                let page = try await browser.get("/sign-in?return=\(PercentEncoding.query(place))")
                #expect(!page.text.contains("evil.example") && !page.text.contains("javascript:"))
                let answer = try await browser.post(
                    "/sign-in", body: Browser.encode(["token": token, "form": page.formKey, "return": place]))
                #expect(answer.status == 303 && answer.location == "/conversations")
            }
        }
    }

    @Test func `an address that tries too often has to wait`() async throws {
        try await Site.run { site in
            let browser = Browser(site)
            var statuses: [Int] = []
            for _ in 0..<12 { statuses.append(try await browser.signIn(token: "wrong").status) }
            #expect(statuses.prefix(10).allSatisfy { $0 == 401 } && statuses.last == 429)
            let token = try await site.token(of: "viewer")
            let refused = try await browser.signIn(token: token)
            #expect(refused.status == 429 && refused.headers.first(name: "Retry-After") == "5")
        }
    }

    @Test func `a form without its session's key, or from another site, does nothing`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = try await site.browser(as: "requester")
            let other = try await site.browser(as: "requester")
            let stop = "/conversations/shop/talk/stop"
            #expect(try await browser.post(stop, body: "").status == 403)
            #expect(try await browser.post(stop, fields: ["form": "x"]).status == 403)
            let foreign = try await other.get("/new").formKey
            #expect(try await browser.post(stop, fields: ["form": foreign]).status == 403)
            let own = "form=" + (try await browser.get("/new").formKey)
            let type = ("Content-Type", "application/x-www-form-urlencoded")
            for header in [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")] {
                #expect(try await browser.post(stop, body: own, headers: .init([type, header])).status == 403)
            }
            #expect(try await browser.post(stop, body: own, headers: ["Content-Type": "text/plain"]).status == 400)
            #expect(try await site.conversation().spec.stop == false)
            let good = try await browser.post(stop, body: own, headers: .init([type, ("Origin", site.url)]))
            #expect(good.status == 303)
            #expect(try await site.conversation().spec.stop)
        }
    }

    @Test func `signing in needs the page's own key, too`() async throws {
        try await Site.run { site in
            let token = try await site.token(of: "viewer")
            let browser = Browser(site)
            #expect(try await browser.post("/sign-in", body: Browser.encode(["token": token])).status == 403)
            _ = try await browser.get("/sign-in")
            #expect(
                try await browser.post("/sign-in", body: Browser.encode(["token": token, "form": "x"])).status == 403)
            #expect(await browser.cookies["skyflo-session"] == nil)
        }
    }

    @Test func `a token that is revoked ends its session at the next request`() async throws {
        try await Site.run { site in
            let browser = try await site.browser(as: "viewer")
            #expect(try await browser.get("/conversations").status == 200)
            try await site.api.delete(.serviceAccounts, namespace: Site.namespace, name: "viewer")
            try await eventuallySignedOut(browser)
        }
    }

    private func eventuallySignedOut(_ browser: Browser) async throws {
        for _ in 0..<200 {
            let answer = try await browser.get("/conversations")
            if answer.status == 401 || answer.status == 303 { return }
        }
        Issue.record("still signed in")
    }
}
