import KubeModel
import Testing

@testable import LanguageModels

/// What one model gets of a history that several wrote.
@Suite struct PreparedRequestTests {
    private let own = ProviderData.Author(format: "f", host: "h", model: "a")
    private let other = ProviderData.Author(format: "f", host: "h", model: "b")

    private func call(_ id: String) -> ModelToolCall {
        ModelToolCall(id: id, name: "get", arguments: "{}", providerData: ["x": 1])
    }

    private func ids(_ request: ModelRequest) -> [[String]] {
        request.messages.map { message in
            switch message {
            case .assistant(_, let calls, _): calls.map(\.id)
            case .tool(let id, _): [id]
            default: []
            }
        }
    }

    @Test func `the model that wrote it gets everything as it was`() {
        let history = ModelRequest(messages: [
            .user("x"),
            .assistant(
                "", toolCalls: [call("a/b"), call("a/b")], providerData: ProviderData(author: own, content: "t")),
            .tool(callID: "a/b", content: "1"), .tool(callID: "a/b", content: "2"),
        ])
        #expect(history.prepared(for: own, ids: ToolCallIDForm()) == history)
    }

    @Test func `others get nothing that was attached, and ids that they accept`() {
        let history = ModelRequest(messages: [
            .assistant(
                "", toolCalls: [call("a/b"), call("ok"), call("ok")],
                providerData: ProviderData(author: own, content: "t")),
            .tool(callID: "a/b", content: "1"), .tool(callID: "ok", content: "2"), .tool(callID: "ok", content: "3"),
            .assistant("", toolCalls: [call("ok")]), .tool(callID: "ok", content: "4"),
        ])
        let prepared = history.prepared(for: other, ids: ToolCallIDForm())
        #expect(
            ids(prepared) == [
                ["call_1", "ok", "call_3"], ["call_1"], ["ok"], ["call_3"], ["call_4"], ["call_4"],
            ])
        for case .assistant(_, let calls, let data) in prepared.messages {
            #expect(data == nil)
            #expect(calls.allSatisfy { $0.providerData == nil })
        }
    }

    @Test func `a provider's form of ids is kept`() {
        let form = ToolCallIDForm(maxLength: 9, isFixedLength: true, onlyAlphanumeric: true)
        let history = ModelRequest(messages: [
            .assistant("", toolCalls: [call("call_1"), call("abcdefghi")]), .tool(callID: "call_1", content: "1"),
        ])
        #expect(ids(history.prepared(for: own, ids: form)) == [["call00001", "abcdefghi"], ["call00001"]])
    }

    @Test func `a call without an id gets one that the conversation doesn't have`() throws {
        let reply = ModelReply(toolCalls: [call(""), call("call_2"), call("")])
        let ids = try reply.withIDs(avoiding: ["call_3"], form: ToolCallIDForm()).toolCalls.map(\.id)
        #expect(ids.count == Set(ids + ["call_3"]).count - 1)
        #expect(ids[1] == "call_2")
        #expect(ids.allSatisfy { !$0.isEmpty })
    }

    @Test func `texts for readers can be replaced, signed ones can't`() {
        let data = ProviderData(
            author: own,
            content: [
                "reasoning_content": "pw",
                "blocks": [["thinking": "pw", "signature": "pw"], ["text": "pw", "id": "pw"]],
            ])
        #expect(
            data.mapTexts { $0.replacing("pw", with: "*") }.content == [
                "reasoning_content": "*",
                "blocks": [["thinking": "pw", "signature": "pw"], ["text": "*", "id": "pw"]],
            ])
    }
}
