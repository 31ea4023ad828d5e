import Testing

@testable import LanguageModels

/// Thinking inside the content, as those see it who look on while the reply comes.
@Suite struct ThinkingFilterTests {
    /// The text in pieces of a size, and what is shown of it.
    private func shown(_ text: String, size: Int) -> (content: String, reasoning: String) {
        var filter = ThinkingFilter()
        var rest = text[...]
        var deltas: [ModelDelta] = []
        while !rest.isEmpty {
            deltas += filter.add(.content(String(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        deltas += filter.finish()
        var (content, reasoning) = ("", "")
        for delta in deltas {
            switch delta {
            case .content(let text): content += text
            case .reasoning(let text): reasoning += text
            default: break
            }
        }
        return (content, reasoning)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `thinking is never shown as text, however it is cut`(size: Int) {
        let cases = [
            (
                "<think>\nThe user < wants </thin X.\n</think>\n\nweb has 2.", "web has 2.",
                "\nThe user < wants </thin X.\n"
            ),
            ("\n<think>a</think><think>b</think>\nweb", "web", "ab"), ("[THINK]hm[/THINK]web", "web", "hm"),
            ("<thinking>hm</thinking> web", "web", "hm"), ("<think>never ends", "", "never ends"),
            ("<th is no tag", "<th is no tag", ""), ("web has <think> in it", "web has <think> in it", ""),
            ("  web", "  web", ""), ("<", "<", ""), ("", "", ""),
        ]
        for (text, content, reasoning) in cases {
            let found = shown(text, size: size)
            #expect(found.content == content, "\(text)")
            #expect(found.reasoning == reasoning, "\(text)")
        }
    }

    @Test func `a call ends what was held back, and a new try begins anew`() {
        var filter = ThinkingFilter()
        #expect(filter.add(.content("<thi")) == [])
        #expect(filter.add(.toolCall(name: "get")) == [.content("<thi"), .toolCall(name: "get")])
        #expect(filter.add(.content("<think>")) == [.content("<think>")])
        let wait = ModelDelta.waiting(ModelWait(for: .zero, reason: "r"))
        #expect(filter.add(wait) == [wait])
        #expect(filter.add(.content("<think>x")) == [.reasoning("x")])
        #expect(filter.add(.reasoning("y")) == [.reasoning("y")])
    }
}
