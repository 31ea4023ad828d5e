import AsyncHTTPClient
import HTTPTransport
import KubeClient
import KubeModel
import NIOCore
import NIOHTTP1
import SkyfloAPI
import Testing

@testable import CommandCenter

/// Pages that are kept up to date.
@Suite struct FeedTests {
    private struct Event: Sendable {
        var name: String
        var json: JSONValue
    }

    /// Reads events of the conversation until `body` has seen enough.
    private func follow(
        _ site: Site, _ browser: Browser, until isEnough: @Sendable (Event) async throws -> Bool
    ) async throws {
        let request = await browser.request(.GET, path: "/conversations/shop/talk/events")
        let response = try await site.client.execute(request, timeout: .seconds(120))
        #expect(
            response.status == .ok
                && response.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true)
        var parser = ServerSentEventParser(limit: 1 << 20)
        for try await chunk in response.body {
            for event in try parser.push(Array(buffer: chunk)) where event.isValid {
                let json = try JSONParser.parse(event.data)
                if try await isEnough(Event(name: event.type, json: json)) { return }
            }
        }
        Issue.record("the stream ended")
    }

    @Test func `a page is sent what changes, and no more`() async throws {
        try await Site.run { site in
            let talk = try await site.converse()
            let browser = try await site.browser(as: "approver")
            let steps = Steps()
            try await follow(site, browser) { event in
                #expect(event.name == "parts")
                switch await steps.next() {
                case 1:
                    #expect(event.json["parts"]?.object?.count == ConversationMarkup.Part.allCases.count)
                    try await site.askForApproval(talk, text: "<script>")
                    return false
                case 2:
                    let parts = event.json["parts"]
                    #expect(parts?["turns"]?.string?.contains("data-approve") == true)
                    #expect(parts?["turns"]?.string?.contains("<script") == false)
                    #expect(parts?["facts"] == nil && event.json["waiting"] == 1)
                    try await site.setStatus(["phase": "Completed", "answer": "All **done**.", "approvals": [:]])
                    return false
                default:
                    return event.json["parts", "turns"]?.string?.contains("<b>done</b>") == true
                }
            }
        }
    }

    @Test func `a page's stream ends when its person signs out or the conversation is gone`() async throws {
        try await Site.run { site in
            try await site.converse()
            let browser = try await site.browser(as: "viewer")
            let steps = Steps()
            try await follow(site, browser) { event in
                if await steps.next() == 1 {
                    try await site.api.delete(.conversations, namespace: "shop", name: "talk")
                    return false
                }
                return event.name == "end" && event.json["reason"] == "it was deleted"
            }
            try await site.converse()
            let more = Steps()
            try await follow(site, browser) { event in
                if await more.next() == 1 {
                    _ = try await browser.post("/sign-out", fields: [:])
                    return false
                }
                return event.name == "end" && event.json["reason"] == "signed out"
            }
        }
    }

    @Test func `a person has no more pages open than is borne`() async throws {
        let limits = StreamLimits(all: 3, perSession: 2)
        try await Site.run { site in
            let sessions = [0, 1].map { WebSession(user: "user-\($0)", api: site.api, formKey: "", namespaces: []) }
            var slots = [try #require(limits.take(sessions[0])), try #require(limits.take(sessions[0]))]
            #expect(limits.take(sessions[0]) == nil)
            slots.append(try #require(limits.take(sessions[1])))
            #expect(limits.take(sessions[1]) == nil)
            slots.removeFirst()
            #expect(limits.take(sessions[1]) != nil)
        }
    }

    private actor Steps {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }
}
