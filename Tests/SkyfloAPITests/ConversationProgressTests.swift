import KubeModel
import SkyfloAPI
import Testing

@Suite struct ConversationProgressTests {
    private func conversation(_ annotation: String?, status: JSONValue = [:]) -> Conversation {
        var object = KubeObject(.conversations, namespace: "shop", name: "talk", members: ["status": status])
        object["metadata", "uid"] = "mine"
        if let annotation { object.annotations = [ConversationProgress.annotation: annotation] }
        return Conversation(object)
    }

    @Test func `progress is read as it was written`() {
        let progress = ConversationProgress(uid: "u", turn: 3, undosTaken: 2)
        #expect(ConversationProgress(annotation: progress.text) == progress)
        #expect(ConversationProgress(annotation: #"{"uid":"u","turn":3}"#)?.undosTaken == 0)
    }

    @Test(arguments: [
        nil, ConversationProgress(uid: "mine", turn: 1, undosTaken: 0).text,
        ConversationProgress(uid: "other", turn: 1, undosTaken: 0).text, "{",
    ])
    func `with a status of its own it is no restored one, whatever the annotation says`(annotation: String?) {
        #expect(conversation(annotation, status: ["turn": 1, "uid": "mine"]).restoration == nil)
        // Of a version that didn't write the uid.
        #expect(conversation(annotation, status: ["turn": 1]).restoration == nil)
    }

    @Test func `without status and annotation it is new`() {
        #expect(conversation(nil).restoration == nil)
        #expect(conversation(nil, status: ["phase": "Pending", "uid": "mine"]).restoration == nil)
    }

    @Test(arguments: [
        ConversationProgress(uid: "mine", turn: 1, undosTaken: 0).text,
        ConversationProgress(uid: "other", turn: 1, undosTaken: 0).text, "", "{", "[]", "null", #"{"turn":"1"}"#,
    ])
    func `without a status, an annotation of any kind says that it is restored`(annotation: String) {
        #expect(conversation(annotation).restoration != nil)
    }

    @Test func `with a status of another object it is restored`() throws {
        let text = try #require(conversation(nil, status: ["turn": 1, "uid": "other"]).restoration)
        #expect(text.contains("other"))
    }
}
