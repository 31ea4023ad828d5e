import KubeModel
import Testing

@testable import LanguageModels

struct AlternatingConversationTests {
    private func call(_ id: String) -> ModelToolCall { ModelToolCall(id: id, name: "get", arguments: "{}") }

    @Test func `messages of the same side are one`() {
        let found = AlternatingConversation([
            .system("a"), .system("b"), .user("1"), .user("2"), .assistant("x", toolCalls: []),
            .assistant("y", toolCalls: []), .system("note"), .user("3"),
        ])
        #expect(found.system == "a\n\nb")
        #expect(
            found.messages == [
                .user([.text("1"), .text("2")]), .assistant([.text("x", extra: nil), .text("y", extra: nil)]),
                .user([.text("note"), .text("3")]),
            ])
    }

    @Test func `results come first and all of them`() {
        let found = AlternatingConversation([
            .user("1"), .assistant("", toolCalls: [call("a"), call("b"), call("a")]), .user("2"),
            .tool(callID: "a", content: "r1"), .tool(callID: "a", content: "r2"), .tool(callID: "z", content: "lost"),
        ])
        #expect(
            found.messages.last
                == .user([
                    .result(of: call("a"), content: "r1"), .result(of: call("a"), content: "r2"),
                    .result(of: call("b"), content: "(no result is known)"), .text("2"),
                    .text("The result of the tool call z: lost"),
                ]))
    }

    @Test func `nothing is empty, and the user has the first and the last word`() {
        let found = AlternatingConversation([
            .assistant("x", toolCalls: [call("a")]), .tool(callID: "a", content: " \n"), .assistant(" ", toolCalls: []),
            .user(""), .assistant("y", toolCalls: []),
        ])
        #expect(
            found.messages == [
                .user([.text("Go on.")]), .assistant([.text("x", extra: nil), .call(call("a"))]),
                .user([.result(of: call("a"), content: "(no output)")]), .assistant([.text("y", extra: nil)]),
                .user([.text("Go on.")]),
            ])
    }
}

struct ReplyLayoutTests {
    private let call = ModelToolCall(id: "a", name: "get", arguments: "{}")
    private let layout = ReplyLayout(parts: [
        .opaque(["t": 1]), .text(bytes: 3, extra: nil), .opaque(["t": 2]), .text(bytes: 4, extra: ["s": "x"]), .call,
    ])

    @Test func `parts come back in their places`() {
        #expect(
            layout.filled(content: "aä😀", calls: [call]) == [
                .opaque(["t": 1]), .text("aä", extra: nil), .opaque(["t": 2]), .text("😀", extra: ["s": "x"]),
                .call(call),
            ])
        #expect(ReplyLayout(json: layout.json) == layout)
    }

    @Test(arguments: ["a", "aä😀 and more", "aaaa😀", ""])
    func `where the text is another one, what is signed still comes first`(content: String) {
        let text: [ReplyLayout.Filled] = content.isEmpty ? [] : [.text(content, extra: nil)]
        #expect(
            layout.filled(content: content, calls: [call]) == [.opaque(["t": 1]), .opaque(["t": 2])] + text + [
                .call(call)
            ])
    }

    @Test(arguments: [.null, "x", [["text": -1]], [["text": "x"]], [["brandNew": 1]]] as [JSONValue])
    func `what nobody here wrote is nothing`(json: JSONValue) { #expect(ReplyLayout(json: json) == nil) }
}
