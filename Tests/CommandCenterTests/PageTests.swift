import KubeClient
import KubeModel
import NIOHTTP1
import Testing

@testable import CommandCenter

/// What pages show, and to whom.
@Suite struct PageTests {
    @Test func `every answer forbids what the pages don't need`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = try await site.browser(as: "viewer")
            for path in [
                "/conversations", "/waiting", "/new", "/conversations/shop/talk", "/conversations/shop/none",
                "/nothing",
                "/sign-in", WebAsset.script.link.text,
            ] {
                let answer = try await browser.get(path)
                let policy = answer.headers.first(name: "Content-Security-Policy") ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"), "\(path)")
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                #expect(answer.headers.first(name: "X-Content-Type-Options") == "nosniff")
                #expect(!answer.text.contains("style=\"") && !answer.text.contains("<script>"))
            }
        }
    }

    @Test func `a place takes its own methods, and a file its own name`() async throws {
        try await Site.run { site in
            let browser = try await site.browser(as: "viewer")
            let stopped = try await browser.get("/conversations/shop/talk/stop")
            #expect(stopped.status == 405 && stopped.headers.first(name: "Allow") == "POST")
            #expect(try await browser.post("/conversations", fields: [:]).status == 405)
            #expect(try await browser.send(.PUT, path: "/new").status == 405)
            #expect(try await browser.send(.DELETE, path: "/conversations/shop/talk").status == 405)
            let head = try await browser.send(.HEAD, path: "/conversations")
            #expect(head.status == 200 && head.text.isEmpty)
            #expect(try await browser.get("/conversations").status == 200)
            #expect(try await browser.get("/assets/../people.yaml").status == 404)
            #expect(try await browser.get("/assets/icons.svg").status == 404)
            for asset in WebAsset.all {
                let answer = try await browser.get(asset.link.text)
                #expect(answer.status == 200 && answer.headers.first(name: "Content-Type") == asset.type)
            }
            #expect(try await browser.get("/readyz").status == 200)
        }
    }

    @Test func `people see the conversations that they may list`() async throws {
        try await Site.run { site in
            try await site.converse("talk")
            try await site.converse("secret", in: "other")
            let viewer = try await site.browser(as: "viewer")
            let all = try await viewer.get("/conversations")
            #expect(all.status == 200 && all.text.contains("/conversations/shop/talk"))
            #expect(!all.text.contains("secret"))
            #expect(try await viewer.get("/conversations?namespace=other").status == 403)
            #expect(try await viewer.get("/conversations/other/secret").status == 403)
            #expect(try await viewer.get("/conversations/other/secret/events").status == 403)
            #expect(try await viewer.get("/conversations/shop/none").status == 404)
            let nobody = try await site.browser(as: "nobody").get("/conversations")
            #expect(nobody.status == 200 && nobody.text.contains("You may list conversations in no namespace"))
            let refused = try await site.browser(as: "nobody").get("/conversations/shop/talk")
            #expect(refused.status == 403 && refused.text.contains("You may not do that"))

            let admin = Browser(site)
            let token = try await site.adminToken()
            #expect(try await admin.signIn(token: token).status == 303)
            let everything = try await admin.get("/conversations")
            #expect(everything.text.contains("/conversations/other/secret") && everything.text.contains("/shop/talk"))
        }
    }

    @Test func `usage of a reply that was cut off is shown as about so much`() async throws {
        try await Site.run { site in
            var usage: JSONValue = ["promptTokens": 140, "completionTokens": 20, "cost": "0.5", "totalTokens": 160]
            let told: JSONValue = ["phase": "Stopped", "turn": 1]
            try await site.converse("whole", status: MergePatch.apply(["usage": usage], to: told))
            usage["estimatedTokens"] = 160
            usage["estimatedCost"] = "0.5"
            try await site.converse("cut", status: MergePatch.apply(["usage": usage], to: told))
            let browser = try await site.browser(as: "viewer")
            #expect(try await browser.get("/conversations/shop/whole").text.contains("<b>140</b>"))
            let cut = try await browser.get("/conversations/shop/cut").text
            for figure in ["~140", "~20", "~0.5"] { #expect(cut.contains("<b>\(figure)</b>"), "\(figure)") }
        }
    }

    @Test func `a list is filtered by phase, words and namespace`() async throws {
        try await Site.run { site in
            try await site.converse("done", status: ["phase": "Completed", "turn": 1, "title": "Scale the web"])
            try await site.askForApproval(try await site.converse("waits"))
            let browser = try await site.browser(as: "viewer")
            func names(_ query: String) async throws -> [String] {
                let text = try await browser.get("/conversations?" + query).text
                return ["done", "waits"].filter { text.contains("href=\"/conversations/shop/\($0)\"") }
            }
            #expect(try await names("") == ["done", "waits"])
            #expect(try await names("phase=waiting") == ["waits"])
            #expect(try await names("phase=completed") == ["done"])
            #expect(try await names("phase=running") == ["waits"])
            #expect(try await names("q=web+SCALE") == ["done"])
            #expect(try await names("q=nothing") == [])
            #expect(try await names("namespace=shop&shown=1").count == 1)
            for query in [
                "phase=nope", "shown=0", "shown=x", "namespace=No", "q=" + String(repeating: "a", count: 300),
            ] {
                #expect(try await browser.get("/conversations?" + query).status == 400, "\(query)")
            }
        }
    }

    private static let hostile =
        "</h3><script>alert(1)</script><img src=x onerror=alert(2)> \" onmouseover=\"alert(3) '><button data-approve>"
        + " \u{202E}gnp"

    @Test func `hostile text stays text, wherever it stands`() async throws {
        try await Site.run { site in
            let text = Self.hostile
            let talk = try await site.converse(saying: text)
            try await site.askForApproval(talk, text: text)
            try await site.setStatus([
                "answer": .string("**Done** [Approve](javascript:alert(1)) \(text)\n\n```\n\(text)\n```"),
                "plan": [["step": .string(text), "state": "InProgress", "calls": []]],
                "activity": .string(text),
                "verification": [
                    ["call": "c1", "check": .string(text), "result": "Failed", "evidence": .string(text)]
                ],
                "changes": ["c9": ["call": "c9", "turn": 1, "summary": .string(text)]],
                "calls": [
                    "c2": [
                        "tool": "k8s_logs", "turn": 1, "state": "Failed", "result": .string(text),
                        "arguments": .string(text),
                    ]
                ],
            ])
            let browser = try await site.browser(as: "approver")
            for path in ["/conversations", "/waiting", "/conversations/shop/talk"] {
                let page = try await browser.get(path)
                #expect(page.status == 200)
                for forbidden in ["<script>", "<img", "onmouseover=\"alert", "javascript:alert(1)\"", "\u{202E}"] {
                    #expect(!page.text.contains(forbidden), "\(forbidden) at \(path)")
                }
                #expect(page.text.contains("\\u{202e}gnp"), "\(path)")
                let approvals = page.text.components(of: "data-approve=\"\"")
                #expect(approvals == (path.hasSuffix("talk") ? 1 : 0), "\(path)")
                let search = try await browser.get("/conversations?q=\(PercentEncoding.query(text))")
                #expect(!search.text.contains("<script>"))
            }
            for bad in ["/conversations?phase=", "/conversations?namespace="] {
                let answer = try await browser.get(bad + PercentEncoding.query(text))
                #expect(answer.status == 400 && !answer.text.contains("<script>"))
            }
        }
    }

    @Test func `a theme is kept in a cookie, and nothing else is taken for one`() async throws {
        try await Site.run { site in
            let browser = try await site.browser(as: "viewer")
            let answer = try await browser.post("/theme", fields: ["theme": "dark", "return": "/waiting"])
            #expect(answer.status == 303 && answer.location == "/waiting")
            #expect(try await browser.get("/new").text.contains("data-theme=\"dark\""))
            #expect(try await browser.post("/theme", fields: ["theme": "x\" onclick=\""]).status == 400)
            await browser.set(cookie: "skyflo-theme", to: "evil")
            #expect(try await !browser.get("/new").text.contains("evil"))
        }
    }
}

extension String {
    /// How often something is in it.
    func components(of part: String) -> Int { ranges(of: part).count }
}

extension Site {
    /// A token with all rights.
    func adminToken() async throws -> String {
        let binding: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": ["name": "everything"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"],
            "subjects": [["kind": "ServiceAccount", "name": "nobody", "namespace": .string(Site.namespace)]],
        ]
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
        _ = try await api.call(
            KubeRequest(.post, path: path, contentType: "application/json", body: JSONWriter.string(binding)))
        return try await token(of: "nobody")
    }
}
