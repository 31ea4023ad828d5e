import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct ContextBudgetTests {
    private func budget(window: Int? = nil, seen: ContextSize? = nil, fixed: Int = 3000) -> ContextBudget {
        ContextBudget(model: "qwen2.5", window: window, reply: nil, fixed: fixed, seen: seen)
    }

    @Test func `what the SkyfloAI says of the window counts, and what a refusal has shown where that is less`() {
        #expect(budget().window == ContextBudget.defaultWindow && !budget().isLearned)
        #expect(budget(window: 32_768).window == 32_768)
        var seen = ContextSize()
        seen.window = 4096
        #expect(budget(window: 32_768, seen: seen).window == 4096 && budget(seen: seen).isLearned)
        seen.window = 200_000
        #expect(budget(window: 32_768, seen: seen).window == 32_768)
    }

    @Test func `room for the reply, and what is sent with each request, is left`() {
        let budget = budget(window: 4096)
        #expect(budget.reserve == 1024)
        #expect(budget.history == Int(Double(4096 - 1024) * 3.0 * 0.95) - 3000)
        #expect(budget.result == budget.history / 4)
        #expect(self.budget(window: 300).history == 0 && self.budget(window: 300).result == 1024)
        #expect(self.budget().result == 16_384)
    }

    @Test func `a refusal with its numbers gives a request that fits`() {
        var budget = budget()
        budget.shrink(afterSending: 21_000, prompt: 7126, limit: 4096)
        #expect(budget.window == 4096 && budget.bytesPerToken < 3)
        #expect(Double(budget.history + budget.fixed) / (21_000.0 / 7126.0) < 4096 - 1000)
    }

    @Test(arguments: [nil, 1_000_000])
    func `a refusal that says nothing useful makes the next request a quarter shorter`(_ limit: Int?) {
        var budget = budget()
        budget.shrink(afterSending: 60_000, prompt: nil, limit: limit)
        #expect(budget.history + budget.fixed <= 45_000 && budget.history + budget.fixed > 40_000)
        budget.shrink(afterSending: 45_000, prompt: nil, limit: limit)
        #expect(budget.history + budget.fixed <= 33_750)
    }

    @Test func `replies correct how many bytes a token has, for their model alone`() {
        var play = MachineHarness()
        var reply = ModelTurn(content: "Hi", usage: .init(prompt: 1000))
        reply.context = ContextUse(model: "small", bytes: 2500, window: 4096, leftOut: "1 earlier turn left out")
        play.apply(.modelReplied(reply))
        #expect(play.machine.contextSizes["small"]?.bytesPerToken == 2.5)
        #expect(play.machine.contextSizes["small"]?.window == 4096 && play.machine.contextSizes["other"] == nil)
        #expect(play.machine.leftOut == "1 earlier turn left out")
        play.apply(.turnEnded(play.end()!), .turnStarted(number: 2, message: "more"))
        #expect(play.machine.leftOut == nil && play.machine.contextSizes["small"]?.window == 4096)
    }
}
