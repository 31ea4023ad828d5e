import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

@testable import CommandCenter

/// What forms do in the cluster, and what they refuse.
@Suite struct ChangeTests {
    private static let talk = "/conversations/shop/talk"

    private static func decision(_ page: Browser.Answer, _ word: String = "Approved") -> [String: String] {
        [
            "call": page.field("call") ?? "", "digest": page.field("digest") ?? "", "uid": page.field("uid") ?? "",
            "decision": word, "form": page.formKey,
        ]
    }

    @Test func `an approval is the person's, with the reason, on what was shown`() async throws {
        try await Site.run { site in
            try await site.askForApproval(try await site.converse())
            let browser = try await site.browser(as: "approver")
            let page = try await browser.get(Self.talk)
            #expect(page.text.contains("PATCH /apis/apps/v1/namespaces/shop/deployments/web"))
            #expect(page.text.contains("<span class=\"vh\">added </span>replicas: 3 plain"))
            #expect(
                page.text.contains("It will be taken back") && page.text.contains("Touches: the pods of web"))
            var fields = Self.decision(page)
            fields["reason"] = "looks <b>right</b>"
            let answer = try await browser.post(Self.talk + "/decisions", fields: fields)
            #expect(answer.status == 303 && answer.location == Self.talk)
            let approval = try #require(try await site.conversation().status.approvals["c1"])
            #expect(approval.decision == .approved && approval.reason == "looks <b>right</b>")
            #expect(approval.decidedBy == "system:serviceaccount:shop:approver")
            let after = try await browser.get(Self.talk)
            #expect(after.text.contains("c1 approved.") && after.text.contains("looks &lt;b&gt;right"))
            #expect(!after.text.contains("data-approve"))
            #expect(try await !browser.get(Self.talk).text.contains("c1 approved."))

            let again = try await browser.post(Self.talk + "/decisions", fields: Self.decision(page, "Denied"))
            #expect(again.status == 409 && again.text.contains("Nothing was decided"))
            #expect(try await site.conversation().status.approvals["c1"]?.decision == .approved)
        }
    }

    @Test func `nothing is decided where the preview moved, and the new one is shown`() async throws {
        try await Site.run { site in
            let talk = try await site.converse()
            try await site.askForApproval(talk)
            let browser = try await site.browser(as: "approver")
            let page = try await browser.get(Self.talk)
            try await site.askForApproval(talk, replicas: 50)
            for word in ["Approved", "Denied"] {
                let answer = try await browser.post(Self.talk + "/decisions", fields: Self.decision(page, word))
                #expect(answer.status == 409 && answer.text.contains("changed while you looked"))
                #expect(answer.text.contains("replicas: 50 plain"))
                #expect(answer.field("digest") != page.field("digest"))
            }
            #expect(try await site.conversation().status.approvals["c1"]?.decision == nil)
        }
    }

    @Test func `an entry that somebody altered can be denied only`() async throws {
        try await Site.run { site in
            try await site.askForApproval(try await site.converse())
            try await site.setStatus(["approvals": ["c1": ["arguments": "{\"replicas\":99}"]]])
            let browser = try await site.browser(as: "approver")
            let page = try await browser.get(Self.talk)
            #expect(page.text.contains("changed after the operator wrote it") && !page.text.contains("data-approve"))
            let approved = try await browser.post(Self.talk + "/decisions", fields: Self.decision(page))
            #expect(approved.status == 409)
            #expect(try await site.conversation().status.approvals["c1"]?.decision == nil)
            #expect(
                try await browser.post(Self.talk + "/decisions", fields: Self.decision(page, "Denied")).status == 303)
            #expect(try await site.conversation().status.approvals["c1"]?.decision == .denied)
        }
    }

    @Test func `who may not decide has no button, and a forged form is refused by the cluster`() async throws {
        try await Site.run { site in
            try await site.askForApproval(try await site.converse())
            let approver = try await site.browser(as: "approver").get(Self.talk)
            for account in ["viewer", "requester"] {
                let browser = try await site.browser(as: account)
                let page = try await browser.get(Self.talk)
                #expect(page.text.contains("You may not decide here") && !page.text.contains("data-approve"))
                var fields = Self.decision(approver)
                fields["form"] = page.formKey
                let answer = try await browser.post(Self.talk + "/decisions", fields: fields)
                #expect(answer.status == 403 && answer.text.contains("Nothing was decided"), "\(account)")
            }
            #expect(try await site.conversation().status.approvals["c1"]?.decision == nil)
            let waiting = try await site.browser(as: "viewer").get("/waiting")
            #expect(waiting.text.contains("Nothing waits for you.") && waiting.text.contains("Waits for others"))
            let mine = try await site.browser(as: "approver").get("/waiting")
            #expect(mine.text.contains("1 decision,") && mine.text.contains("/conversations/shop/talk#gate-c1"))
        }
    }

    @Test func `a decision has to say what it is about`() async throws {
        try await Site.run { site in
            try await site.askForApproval(try await site.converse())
            let browser = try await site.browser(as: "approver")
            let page = try await browser.get(Self.talk)
            let good = Self.decision(page)
            for (field, value, status) in [
                ("decision", "Maybe", 400), ("decision", "", 400), ("call", nil, 400), ("digest", nil, 400),
                ("uid", nil, 400), ("call", "c7", 409), ("digest", "sha256:0", 409), ("digest", "", 409),
                ("uid", "other", 409), ("reason", String(repeating: "a", count: 1025), 400),
            ] as [(String, String?, Int)] {
                var fields = good
                fields[field] = value
                let answer = try await browser.post(Self.talk + "/decisions", fields: fields)
                #expect(answer.status == status, "\(field) \(value ?? "missing")")
            }
            #expect(try await site.conversation().status.approvals["c1"]?.decision == nil)
        }
    }

    @Test func `a message is sent once, however often its form is`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = try await site.browser(as: "requester")
            let page = try await browser.get(Self.talk)
            let key = try #require(page.field("key"))
            let fields = ["message": "\r\nand now\r\nthe rest", "key": key, "form": page.formKey]
            for _ in 0..<2 {
                #expect(try await browser.post(Self.talk + "/messages", fields: fields).status == 303)
            }
            #expect(try await site.conversation().spec.followUps == [key: "and now\nthe rest"])
            #expect(try await browser.get(Self.talk).text.contains("and now\nthe rest"))
            for (field, value) in [
                ("message", ""), ("message", " \n "), ("message", String(repeating: "a", count: 8193)), ("key", "x"),
                ("key", ""),
            ] {
                var bad = fields
                bad[field] = value
                #expect(try await browser.post(Self.talk + "/messages", fields: bad).status == 400, "\(field)")
            }
            let viewer = try await site.browser(as: "viewer")
            var refused = fields
            refused["form"] = try await viewer.get("/new").formKey
            let answer = try await viewer.post(Self.talk + "/messages", fields: refused)
            #expect(answer.status == 403 && answer.text.contains("and now\nthe rest</textarea>"))
        }
    }

    @Test func `a conversation is stopped, and goes on`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = try await site.browser(as: "requester")
            #expect(try await browser.get(Self.talk).text.contains("Stop talk"))
            #expect(try await browser.post(Self.talk + "/stop", fields: [:]).status == 303)
            #expect(try await site.conversation().spec.stop)
            let page = try await browser.get(Self.talk)
            #expect(page.text.contains("Stopped: nothing runs.") && page.text.contains("Resume"))
            let key = try #require(page.field("key"))
            let fields = ["message": "go on", "key": key, "form": page.formKey]
            let refused = try await browser.post(Self.talk + "/messages", fields: fields)
            #expect(refused.status == 409 && refused.text.contains("go on</textarea>"))
            #expect(try await browser.post(Self.talk + "/resume", fields: [:]).status == 303)
            #expect(try await site.conversation().spec.stop == false)
            let viewer = try await site.browser(as: "viewer")
            #expect(try await viewer.post(Self.talk + "/stop", fields: [:]).status == 403)
            #expect(try await site.conversation().spec.stop == false)
        }
    }

    @Test func `a change is taken back where it was made`() async throws {
        try await Site.run { site in
            try await site.converse(
                status: [
                    "phase": "Completed", "turn": 1,
                    "changes": ["c1": ["call": "c1", "turn": 1, "summary": "web: replicas 2 to 3", "kind": "Changed"]],
                ])
            let browser = try await site.browser(as: "requester")
            #expect(try await browser.get(Self.talk).text.contains("Undo c1"))
            #expect(try await browser.post(Self.talk + "/undo", fields: ["change": "c7"]).status == 400)
            #expect(try await browser.post(Self.talk + "/undo", fields: ["change": "c1"]).status == 303)
            #expect(try await site.conversation().spec.undo == ["c1"])
            #expect(try await browser.get(Self.talk).text.contains("Undo requested"))
        }
    }

    @Test func `asking makes one conversation, as the person who asks`() async throws {
        try await Site.run { site in
            let browser = try await site.browser(as: "requester")
            #expect(try await browser.get("/new?namespace=No").status == 400)
            let page = try await browser.get("/new?namespace=shop")
            #expect(page.text.contains("Ask in shop"))
            let key = try #require(page.field("key"))
            let fields = [
                "namespace": "shop", "key": key, "message": "how many?", "account": "copilot", "mode": "ReadOnly",
                "form": page.formKey,
            ]
            for _ in 0..<2 {
                let answer = try await browser.post("/new", fields: fields)
                #expect(answer.status == 303 && answer.location == "/conversations/shop/\(key)")
            }
            let conversation = try await site.conversation(key)
            #expect(conversation.creator == "system:serviceaccount:shop:requester")
            #expect(conversation.spec.messages == ["how many?"] && conversation.spec.approvalMode == .readOnly)
            #expect(conversation.spec.serviceAccountName == "copilot")
            for (field, value) in [
                ("namespace", ""), ("namespace", "../x"), ("message", " "), ("mode", "All"), ("key", "talk"),
                ("key", "ask-../x"),
            ] {
                var bad = fields
                bad[field] = value
                #expect(try await browser.post("/new", fields: bad).status == 400, "\(field) \(value)")
            }
            var refused = fields
            (refused["namespace"], refused["key"]) = ("other", "ask-2")
            let answer = try await browser.post("/new", fields: refused)
            #expect(answer.status == 422 && answer.text.contains("Nothing was asked"))
            let viewer = try await site.browser(as: "viewer").get("/new?namespace=shop")
            #expect(viewer.text.contains("You may not create conversations in shop"))
        }
    }
}
