import KubeModel
import LiveEvents
import SkyfloAPI
import Testing

@testable import CommandCenter

@Suite struct PageOutboxTests {
    private func view(_ status: JSONValue = [:]) -> ConversationMarkup {
        let object = KubeObject([
            "metadata": ["name": "talk", "namespace": "shop", "uid": "u"],
            "spec": ["messages": [["content": "go"]]], "status": status,
        ])
        return ConversationMarkup(Conversation(object), user: "ann", mayDecide: true, formKey: "k")
    }

    private func event(_ content: LiveEvent.Content) -> LiveEvent { LiveEvent(.zero, content) }

    @Test func `tokens that wait are one event, in their order with the rest`() {
        let outbox = PageOutbox {}
        outbox.beginTurn()
        for word in ["a", "b"] { outbox.tell(event(.thinking(word))) }
        for word in ["c", "d", "e"] { outbox.tell(event(.token(word, count: 1))) }
        outbox.tell(event(.usage(TokenCounts())))
        outbox.tell(event(.tokensRetracted(reason: "anew")))
        outbox.tell(event(.token("f", count: 1)))
        let (text, isLast) = outbox.take()
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("event") }.map { $0.dropFirst(7) } == [
                "turn", "thinking", "token", "token.retracted", "token",
            ])
        #expect(text.contains("{\"text\":\"ab\"}") && text.contains("{\"text\":\"cde\"}") && !isLast)
        #expect(outbox.take().text.isEmpty)
    }

    @Test func `a page that takes nothing costs no more than the newest`() {
        let outbox = PageOutbox {}
        let word = String(repeating: "x", count: 1000)
        for _ in 0..<1000 {
            outbox.tell(event(.token(word, count: 1)))
            outbox.show(view())
        }
        outbox.tell(event(.token("last", count: 1)))
        let text = outbox.take().text
        #expect(text.utf8.count < 100_000 && text.contains("last"))
        #expect(text.hasPrefix("event: turn\n"))
    }

    @Test func `a state is told once, and only what differs of the next`() {
        let outbox = PageOutbox {}
        outbox.show(view())
        #expect(outbox.take().text.contains("\"turns\""))
        outbox.show(view())
        #expect(outbox.take().text.isEmpty)
        outbox.show(view(["phase": "Completed", "turn": 1]))
        let text = outbox.take().text
        #expect(text.contains("\"state\"") && !text.contains("\"facts\""))
        outbox.sayHere()
        #expect(outbox.take().text == ": here\n\n")
        outbox.end("it was deleted")
        let (end, isLast) = outbox.take()
        #expect(isLast && end == "event: end\ndata: {\"reason\":\"it was deleted\"}\n\n")
    }
}
