import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import CommandCenter

@Suite struct EarlierTurnsTests {
    private func entries(_ events: TurnEvent...) -> [TranscriptChain.Entry] {
        events.map { TranscriptChain.Entry(at: KubeTime(microseconds: 0), event: $0) }
    }

    private func end(_ answer: String) -> TurnEnd { TurnEnd(.completed, reason: .accepted, answer: answer) }

    private func page(_ earlier: EarlierTurns, turns: Int) -> String {
        let messages = (1...turns).map { JSONValue.object(["content": .string("message-\($0).")]) }
        let object = KubeObject([
            "metadata": ["name": "talk", "namespace": "shop", "uid": "u"], "spec": ["messages": .array(messages)],
            "status": ["turn": JSONValue(turns), "phase": "Completed", "answer": "the last"],
        ])
        let view = ConversationMarkup(
            Conversation(object), earlier: earlier, user: "ann", mayDecide: true, formKey: "k")
        return view.html(of: .turns).markup
    }

    @Test func `each turn has its own end, and what took a change back too`() {
        let turns = EarlierTurns(
            entries(
                .turnStarted(number: 1, message: "a"), .turnEnded(end("one")), .undoStarted(changes: ["c1"]),
                .turnEnded(end("back")), .turnStarted(number: 2, message: "b"), .turnEnded(end("two"))))
        #expect(turns.endings == [1: [end("one"), end("back")], 2: [end("two")]])
    }

    @Test func `what doesn't count isn't shown`() {
        let turns = EarlierTurns(
            entries(
                .turnStarted(number: 1, message: "a"), .turnEnded(end("one")), .turnStarted(number: 2, message: "b"),
                .turnEnded(end("forged")), .disregarded(after: 2), .turnStarted(number: 2, message: "b"),
                .turnEnded(end("two"))))
        #expect(turns.endings == [1: [end("one")], 2: [end("two")]])
    }

    @Test func `earlier answers are answers, and a missing one says why`() {
        var earlier = EarlierTurns()
        earlier.endings = [1: [end("**one** <script>")]]
        earlier.obstacle = "you may not"
        let markup = page(earlier, turns: 3)
        #expect(markup.contains("<b>one</b> &lt;script&gt;") && markup.contains("the last"))
        #expect(markup.components(of: "is in the transcript (you may not).") == 1)
    }

    @Test func `of many turns the newest are shown`() {
        let markup = page(.none, turns: 50)
        #expect(markup.contains("30 earlier turns are in the transcript."))
        #expect(!markup.contains("message-30.") && markup.contains("message-31.") && markup.contains("message-50."))
    }
}
