import Testing
import WorkflowEngine

@Suite struct ContextWindowTests {
    private func turn(_ number: Int, size: Int) -> [HistoryMessage] {
        [
            .user("message \(number)"),
            .assistant("", calls: [.init(modelID: "m\(number)", tool: "get", arguments: "{}")]),
            .tool(modelID: "m\(number)", content: String(repeating: "x", count: size)),
            .assistant("answer \(number)", calls: []),
        ]
    }

    @Test func `a short history stays as it is`() {
        let history = turn(1, size: 10)
        #expect(ContextWindow(limit: 1000).fit(history) == history)
    }

    @Test func `old turns go as a whole, the newest message never`() {
        let history = (1...20).flatMap { turn($0, size: 500) } + [.user("now")]
        let fitted = ContextWindow(limit: 2000).fit(history)
        #expect(fitted.last == .user("now"))
        guard case .user(let first)? = fitted.first else {
            Issue.record("the window doesn't begin with a user's message")
            return
        }
        #expect(first.hasPrefix("(Earlier turns"))
        #expect(calls(fitted) == results(fitted))
    }

    @Test func `in a long turn old results are shortened and calls keep their results`() {
        let rounds = (1...50).flatMap { turn($0, size: 1000)[1...2] }
        let fitted = ContextWindow(limit: 10_000).fit([.user("go")] + rounds)
        #expect(fitted.count == 101)
        #expect(calls(fitted) == results(fitted))
        #expect(fitted.last == rounds.last)
    }

    @Test func `results that the model hasn't seen yet are cut last, to their beginning and end`() {
        let old = turn(1, size: 3000)[1...2]
        let table = "NAME READY\n" + String(repeating: "x", count: 5000) + "\nlast line"
        let newest: [HistoryMessage] = [
            .assistant("", calls: [.init(modelID: "n", tool: "get", arguments: "{}")]),
            .tool(modelID: "n", content: table),
        ]
        let roomy = ContextWindow(limit: 5800).fitted([.user("go")] + old + newest)
        #expect(roomy.messages.last == newest.last && roomy.shortened == 1 && roomy.fits)
        let narrow = ContextWindow(limit: 2500).fitted([.user("go")] + old + newest)
        guard case .tool(_, let content)? = narrow.messages.last else {
            Issue.record("the result is gone")
            return
        }
        #expect(content.hasPrefix("(cut to fit: \(table.utf8.count) bytes") && content.contains("NAME READY"))
        #expect(content.hasSuffix("last line") && narrow.fits)
        #expect(narrow.leftOut == "2 tool results cut")
    }

    @Test func `a message that doesn't fit by itself stays whole, and it is said that it doesn't fit`() {
        let long = String(repeating: "x", count: 7000)
        let fitted = ContextWindow(limit: 2000).fitted(turn(1, size: 100) + [.user(long)])
        #expect(!fitted.fits && fitted.turns == 1 && fitted.messages.count == 1 && fitted.bytes >= 7000)
        #expect(fitted.leftOut == "1 earlier turn left out")
        let next = ContextWindow(limit: 2000).fitted(turn(1, size: 100) + [.user(long), .user("Never mind.")])
        #expect(
            next.fits
                && next.messages == [.user("(Earlier turns of this conversation were left out: 2.)\n\nNever mind.")])
    }

    @Test func `manifests of earlier calls go, and their calls stay valid JSON`() {
        let manifest = #"{"manifest":"\#(String(repeating: "x", count: 4000))"}"#
        let fitted = ContextWindow(limit: 1500).fitted([
            .user("go"), .assistant("", calls: [.init(modelID: "a", tool: "apply", arguments: manifest)]),
            .tool(modelID: "a", content: "done"),
            .assistant("", calls: [.init(modelID: "b", tool: "get", arguments: "{}")]),
            .tool(modelID: "b", content: "web"),
        ])
        #expect(fitted.fits && calls(fitted.messages) == ["a", "b"])
        guard case .assistant(_, let made, _) = fitted.messages[1] else { return }
        #expect(made.map(\.arguments) == [#"{"left_out":"4015 bytes"}"#])
    }

    private func calls(_ history: [HistoryMessage]) -> [String] {
        history.flatMap { message -> [String] in
            if case .assistant(_, let calls, _) = message { calls.map(\.modelID) } else { [] }
        }
    }

    private func results(_ history: [HistoryMessage]) -> [String] {
        history.compactMap { message in if case .tool(let id, _) = message { id } else { nil } }
    }
}
