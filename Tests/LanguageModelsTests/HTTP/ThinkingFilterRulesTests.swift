import Testing

@testable import LanguageModels

/// The filter against ``ThinkingText``, which decides on the whole text.
@Suite struct ThinkingFilterRulesTests {
    /// What counts in the end: an answer that is taken back was none.
    private static func told(_ text: String, cut: Int) -> (answer: String, thinking: String, retractions: Int) {
        var filter = ThinkingFilter()
        var pieces: [ModelDelta] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces += filter.add(.content(String(rest.prefix(cut))))
            rest = rest.dropFirst(cut)
        }
        pieces += filter.finish()
        var (answer, thinking, retractions) = ("", "", 0)
        for piece in pieces {
            switch piece {
            case .content(let text): answer += text
            case .reasoning(let text): thinking += text
            case .retraction: (answer, retractions) = ("", retractions + 1)
            case .toolCall, .waiting, .abandoned: break
            }
        }
        return (answer, thinking, retractions)
    }

    private static let texts = [
        "Web has 2 replicas.", "<think>Let me see.</think>Web has 2 replicas.",
        "<think>\nLet me see.\n</think>\n\nWeb has 2 replicas.", "Use the tag <think> to think.",
        "  <thinking>a</thinking> b", "[THINK]x[/THINK]y", "◁think▷ä◁/think▷ö",
        "<think>one</think><think>two</think>three", "a < b and c > d, `x[0]` <b>",
        "<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>Yes.", "<thin air", "",
    ]

    @Test(arguments: texts, 1...9) func `what is told is what the whole reply says`(text: String, cut: Int) {
        let told = Self.told(text, cut: cut)

        #expect(told.answer == ThinkingText.removed(from: text, isCut: false))
        #expect(told.retractions == 0)
    }

    @Test(arguments: 1...9) func `thinking is told as such`(cut: Int) {
        #expect(Self.told("<think>Let me see.</think>Yes.", cut: cut).thinking == "Let me see.")
        #expect(Self.told("<think>never ends", cut: cut).thinking == "never ends")
    }

    @Test(arguments: 1...9) func `what a template made thinking is taken back when its end comes`(cut: Int) {
        let text = "The user wants the replicas.\n</think>\n\nWeb has 2."
        let told = Self.told(text, cut: cut)

        #expect(told.answer.drop(while: \.isWhitespace) == "Web has 2.")
        #expect(told.retractions == 1)
    }

    @Test func `an answer isn't held back`() {
        var filter = ThinkingFilter()

        #expect(filter.add(.content("Web")) == [.content("Web")])
        #expect(filter.add(.content(" has")) == [.content(" has")])
    }
}
