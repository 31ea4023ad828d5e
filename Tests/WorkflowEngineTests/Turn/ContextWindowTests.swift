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

    private func calls(_ history: [HistoryMessage]) -> [String] {
        history.flatMap { message -> [String] in
            if case .assistant(_, let calls, _) = message { calls.map(\.modelID) } else { [] }
        }
    }

    private func results(_ history: [HistoryMessage]) -> [String] {
        history.compactMap { message in if case .tool(let id, _) = message { id } else { nil } }
    }
}
