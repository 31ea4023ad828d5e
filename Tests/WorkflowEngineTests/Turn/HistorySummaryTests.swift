import KubeModel
import Testing

@testable import WorkflowEngine

/// What a model sums up of a conversation that it can't read as a whole.
@Suite struct HistorySummaryTests {
    private func turn(_ number: Int, size: Int) -> [HistoryMessage] {
        [
            .user("message \(number)"),
            .assistant("", calls: [.init(modelID: "m\(number)", tool: "get", arguments: "{}")]),
            .tool(modelID: "m\(number)", content: "result \(number) " + String(repeating: "x", count: size)),
            .assistant("answer \(number)", calls: []),
        ]
    }

    private func text(_ message: HistoryMessage?) -> String {
        switch message {
        case .user(let text), .tool(_, let text): text
        default: ""
        }
    }

    @Test func `nothing is summed up that fits, or is hardly anything`() {
        let history = turn(1, size: 100) + turn(2, size: 100)
        #expect(SummaryTask(history, summary: nil, limit: 10_000, room: 10_000) == nil)
        #expect(SummaryTask(history, summary: nil, limit: 300, room: 10_000) == nil)
    }

    @Test func `turns that would go are summed up, and more than have to`() throws {
        let history = (1...10).flatMap { turn($0, size: 2000) } + [.user("now")]
        let task = try #require(SummaryTask(history, summary: nil, limit: 17_000, room: 40_000))
        let dropped = ContextWindow(limit: 17_000).fitted(history).dropped
        #expect(task.messages > dropped && task.messages % 4 == 0)
        #expect(task.text.hasPrefix("User: message 1\n") && task.text.contains("Result: result 1 xx"))
        #expect(task.text.contains("Call: get {}") && !task.text.contains("message 9"))
        let tight = try #require(SummaryTask(history, summary: nil, limit: 17_000, room: 1000))
        #expect(tight.text.utf8.count <= 1003 && tight.text.contains("answer"))
    }

    @Test func `a summary stands in place of what it covers, from then on`() throws {
        let history = (1...5).flatMap { turn($0, size: 2000) } + [.user("now")]
        let summary = HistorySummary(messages: 8, text: "web was scaled to 3")
        let roomy = ContextWindow(limit: 100_000).fitted(history, summary: summary)
        #expect(roomy.messages.count == 13 && roomy.dropped == 8 && roomy.turns == 2)
        #expect(
            text(roomy.messages.first)
                == "(Earlier turns of this conversation were left out: 2. What was left out says, as you summed it up:\n"
                + "web was scaled to 3\n)\n\nmessage 3")
        #expect(roomy.leftOut == "2 earlier turns left out; summed up by the model")
        let narrow = ContextWindow(limit: 3000).fitted(history, summary: summary)
        #expect(narrow.turns == 4 && text(narrow.messages.first).contains("web was scaled to 3"))
        #expect(narrow.messages.last == .user("now"))
        // The next one has what the first one said.
        let task = try #require(SummaryTask(history, summary: summary, limit: 3000, room: 40_000))
        #expect(task.text.hasPrefix("Summary of what was before:\nweb was scaled to 3\n\nUser: message 3"))
    }

    @Test func `in a long turn results are summed up, and the message and the calls stay`() throws {
        let rounds = (1...12).flatMap { turn($0, size: 2000)[1...2] }
        let history = [.user("go")] + rounds
        let task = try #require(SummaryTask(history, summary: nil, limit: 12_000, room: 60_000))
        #expect(task.messages == history.count - 2, "all but what the model hasn't seen yet")
        let summary = HistorySummary(messages: task.messages, text: "all is well")
        let fitted = ContextWindow(limit: 12_000).fitted(history, summary: summary)
        #expect(fitted.messages.count == history.count && fitted.shortened == 11 && fitted.turns == 0)
        #expect(
            text(fitted.messages.first).hasPrefix("(What was left out says, as you summed it up:\nall is well\n)\n\ngo")
        )
        #expect(fitted.messages.last == history.last)
        #expect(SummaryTask(history, summary: summary, limit: 12_000, room: 60_000) == nil, "not again")
    }

    @Test func `the machine keeps the newest summary and counts what it took`() {
        var play = MachineHarness()
        play.apply(.summarized(messages: 1, text: "a", .init(prompt: 10, completion: 5)))
        play.apply(.summarized(messages: 1, text: "b", .init(prompt: 1)), .summarized(messages: 9, text: "c", .init()))
        #expect(play.machine.summary == HistorySummary(messages: 1, text: "a"))
        #expect(play.machine.usage.total == 16 && play.machine.tokens == 16 && play.machine.modelTurns == 0)
        #expect(play.machine.history == [.user("scale web")], "the transcript has all of it")
    }
}
