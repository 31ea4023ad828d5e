import KubeClient
import KubeModel
import NIOHTTP1
import SkyfloAPI
import Testing

@testable import CommandCenter
@testable import SignIn

/// Local accounts on the pages, and what the cluster makes of who has one.
@Suite struct LocalAccountPageTests {
    private static var cheap: Site.SignIn {
        var signIn = Site.SignIn()
        signIn.service.hasLocalAccounts = true
        signIn.service.passwordCost = PasswordHash.Cost(rounds: 10, blockSize: 1, parallelism: 1)
        return signIn
    }

    @Test func `the first admin sets up, adds somebody, and their role is what the cluster lets them do`() async throws
    {
        try await Site.run(signIn: Self.cheap) { site in
            let conversation = try await site.converse()
            try await site.askForApproval(conversation)
            let admin = try await site.admin()
            #expect(try await Browser(site).get("/set-up").status == 404)
            let viewer = try await site.member("vera", roles: ["viewer"], by: admin)
            let approver = try await site.member("alice", roles: ["approver"], by: admin)

            let page = try await viewer.get("/conversations/shop/talk")
            #expect(page.status == 200 && page.text.contains("You may not decide here"))
            #expect(page.text.contains("skyflo:vera"))
            let stopped = try await viewer.post("/conversations/shop/talk/stop", fields: [:])
            #expect(stopped.status == 403)

            let gate = try await approver.get("/conversations/shop/talk")
            let decided = try await approver.post(
                "/conversations/shop/talk/decisions",
                fields: [
                    "decision": "Approved", "call": "c1", "digest": gate.field("digest") ?? "",
                    "uid": gate.field("uid") ?? "", "form": gate.formKey,
                ])
            #expect(decided.status == 303, "\(decided.text)")
            let approval = try await site.conversation().status.approvals["c1"]
            #expect(approval?.decidedBy == "skyflo:alice")
        }
    }

    @Test func `only who may manage accounts does, and no field of a form raises anybody`() async throws {
        try await Site.run(signIn: Self.cheap) { site in
            let admin = try await site.admin()
            let member = try await site.member("mallory", roles: ["requester"], by: admin)
            #expect(try await member.get("/team").status == 403)
            for path in [
                "/team", "/team/mallory/roles", "/team/root/deactivate", "/team/root/reset", "/team/root/reactivate",
            ] {
                let answer = try await member.post(path, fields: ["name": "x", "role-admin": "yes"])
                #expect(answer.status == 403, "\(path)")
            }
            _ = try await member.post(
                "/account/password",
                fields: [
                    "password": Site.password, "new": "another good password", "role-admin": "yes", "roles": "admin",
                ])
            let again = Browser(site)
            let signedIn = try await again.signIn(
                name: "mallory", password: "another good password",
                more: ["role-admin": "yes", "groups": "system:masters"])
            #expect(signedIn.status == 303)
            #expect(try await again.get("/team").status == 403)
            let account = try await again.get("/account")
            #expect(account.text.contains("skyflo:requesters") && !account.text.contains("skyflo:admins"))
            // By a token, whoever has the right in the cluster.
            let cluster = Browser(site)
            _ = try await cluster.signIn(token: try await site.adminToken())
            #expect(try await cluster.get("/team").status == 200)
        }
    }

    @Test func `what admins change counts at the next request`() async throws {
        try await Site.run(signIn: Self.cheap) { site in
            try await site.converse()
            let admin = try await site.admin()
            let alice = try await site.member("alice", roles: ["requester"], by: admin)
            #expect(try await alice.get("/conversations/shop/talk").status == 200)
            #expect(try await admin.post("/team/alice/roles", fields: ["role-approver": "yes"]).status == 303)
            #expect(try await alice.post("/conversations/shop/talk/stop", fields: [:]).status == 403)
            #expect(try await admin.post("/team/alice/deactivate", fields: [:]).status == 303)
            #expect(try await alice.get("/conversations").status == 303)
            #expect(try await Browser(site).signIn(name: "alice", password: Site.password).status == 401)
            #expect(try await admin.post("/team/alice/reactivate", fields: [:]).status == 303)
            #expect(try await alice.get("/conversations").status == 303)
            _ = try await Browser(site).signedIn("alice")
            let last = try await admin.post("/team/root/deactivate", fields: [:])
            #expect(last.status == 409 && last.text.contains("root is the last admin"))
            for roles in [[:], ["role-root": "yes"], ["role-admin": "no"]] as [[String: String]] {
                #expect(try await admin.post("/team/alice/roles", fields: roles).status == 422)
            }
            #expect(try await admin.post("/team/nobody/reset", fields: [:]).status == 422)
            #expect(try await admin.post("/team", fields: ["name": "a:b", "role-viewer": "yes"]).status == 422)
        }
    }

    @Test func `names that aren't there are answered as wrong passwords are, and guessing has to wait`() async throws {
        var signIn = Self.cheap
        signIn.perSecond = 0.000_1
        try await Site.run(signIn: signIn) { site in
            _ = try await site.admin()
            let browser = Browser(site)
            let unknown = try await browser.signIn(name: "nobody", password: Site.password)
            let wrong = try await browser.signIn(name: "root", password: "wrong wrong wrong")
            #expect(unknown.status == 401 && wrong.status == 401)
            #expect(
                unknown.text.contains("The name or the password is wrong")
                    && wrong.text.contains("The name or the password"))
            var statuses: [Int] = []
            for _ in 0..<12 { statuses.append(try await browser.signIn(name: "root", password: "wrong").status) }
            #expect(statuses.last == 429)
        }
    }

    @Test func `guesses at one name from many addresses have to wait, too`() async throws {
        var signIn = Self.cheap
        signIn.proxies = ["127.0.0.0/8"]
        signIn.perSecond = 0.000_1
        try await Site.run(signIn: signIn) { site in
            let browser = Browser(site)
            let key = try await browser.get("/sign-in").formKey
            var statuses: [Int] = []
            for number in 0..<32 {
                let answer = try await browser.post(
                    "/sign-in", body: Browser.encode(["name": "root", "password": "wrong", "form": key]),
                    headers: [
                        "Content-Type": "application/x-www-form-urlencoded",
                        "X-Forwarded-For": "10.9.9.9, 192.0.2.\(number)",
                    ])
                statuses.append(answer.status)
            }
            #expect(statuses.first == 401 && statuses.last == 429, "\(statuses)")
        }
    }

    @Test func `whoever guesses from one address keeps nobody else out`() async throws {
        var signIn = Self.cheap
        signIn.proxies = ["127.0.0.0/8"]
        signIn.perSecond = 0.000_1
        try await Site.run(signIn: signIn) { site in
            _ = try await site.admin()
            let browser = Browser(site)
            let key = try await browser.get("/sign-in").formKey
            func attempt(_ password: String, from address: String) async throws -> Int {
                try await browser.post(
                    "/sign-in", body: Browser.encode(["name": "root", "password": password, "form": key]),
                    headers: [
                        "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address,
                    ]
                ).status
            }
            var statuses: [Int] = []
            for port in 0..<15 { statuses.append(try await attempt("wrong", from: "192.0.2.7:\(5000 + port)")) }
            #expect(statuses.last == 429)
            #expect(try await attempt(Site.password, from: "192.0.2.8") == 303)
        }
    }

    @Test func `a link is for one person, once`() async throws {
        try await Site.run(signIn: Self.cheap) { site in
            let admin = try await site.admin()
            let added = try await admin.post("/team", fields: ["name": "alice", "role-viewer": "yes"])
            let link = try #require(added.link)
            let browser = Browser(site)
            for bad in [
                "/join", "/join?name=alice", "/join?name=alice&code=x", link.replacing("name=alice", with: "name=root"),
                link + "0",
            ] { #expect(try await browser.get(bad).status == 403, "\(bad)") }
            let page = try await browser.get(link)
            let fields = [
                "name": "alice", "code": page.field("code") ?? "", "new": Site.password, "form": page.formKey,
            ]
            #expect(try await browser.post("/join", fields: fields.merging(["form": "x"]) { $1 }).status == 403)
            #expect(try await browser.post("/join", fields: fields.merging(["name": "root"]) { $1 }).status == 403)
            #expect(try await browser.post("/join", fields: fields.merging(["new": "short"]) { $1 }).status == 422)
            #expect(try await browser.post("/join", fields: fields).status == 200)
            #expect(try await browser.post("/join", fields: fields).status == 403)
            #expect(try await browser.get(link).status == 403)
        }
    }

    @Test func `without local accounts there is no door to them`() async throws {
        try await Site.run { site in
            let browser = Browser(site)
            #expect(try await browser.get("/set-up").status == 404)
            #expect(try await browser.get("/sign-in/oidc").status == 404)
            #expect(try await browser.get("/sign-in/oidc/callback?code=x&state=y").status == 404)
            #expect(try await browser.get("/join?name=a&code=b").status == 403)
            #expect(try await browser.signIn(name: "root", password: "x").status == 403)
            let viewer = try await site.browser(as: "viewer")
            #expect(try await viewer.get("/team").status == 404)
            let account = try await viewer.get("/account")
            #expect(account.status == 200 && !account.text.contains("Present password"))
            #expect(try await viewer.post("/account/password", fields: ["password": "a", "new": "b"]).status == 403)
            let second = try await site.browser(as: "viewer")
            #expect(try await viewer.post("/account/sessions", fields: [:]).status == 303)
            #expect(try await second.get("/conversations").status == 303)
        }
    }
}
