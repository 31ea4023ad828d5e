import KubeModel
import SkyfloAPI
import Testing

@testable import Controllers

@Suite struct SystemPromptTests {
    /// About how many tokens a text has: at least as many as cl100k for English text, by 1 to 8 in 100 for these prompts.
    static func tokens(_ text: String) -> Int {
        var count = 0
        var letters = 0
        func flush() {
            if letters > 0 { count += 1 + (letters - 1) / 9 }
            letters = 0
        }
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic, scalar.isASCII {
                letters += 1
                continue
            }
            flush()
            count += scalar == " " ? 0 : scalar.isASCII ? 1 : 2
        }
        flush()
        return count
    }

    private static let installation = SystemPrompt.Installation(
        version: "v1.36.0",
        lacks: ["metrics (metrics.k8s.io)", "Argo CD, Argo Rollouts, Flux", "the toolset helm, which is turned off"])

    @Test func `all built-in parts together have at most 600 tokens`() {
        let whole = SystemPrompt(installation: Self.installation).text
        #expect(Self.tokens(whole) <= 600, "\(Self.tokens(whole))")
        #expect(Self.tokens(whole) > 300, "the count counts")
        #expect(Self.tokens(SystemPrompt(isReadOnly: true, installation: Self.installation).text) <= 600)
    }

    @Test func `read-only says so, and says nothing of changing`() {
        let text = SystemPrompt(isReadOnly: true).text
        #expect(text.contains("nothing can be changed here") && !text.contains("approves or denies"))
        #expect(!SystemPrompt().text.contains("Read-only"))
    }

    @Test func `what is missing here and the installation's instructions come after what is the same everywhere`() {
        let plain = SystemPrompt().text
        let whole = SystemPrompt(installation: Self.installation, instructions: "Be brief.").text
        #expect(whole.hasPrefix(plain))
        #expect(
            whole.dropFirst(plain.count) == """


                This cluster: Kubernetes v1.36.0. Not available here: metrics (metrics.k8s.io), Argo CD, Argo Rollouts, Flux, \
                the toolset helm, which is turned off.

                Instructions of this installation:
                Be brief.
                """)
    }

    @Test(arguments: [(0, "Thursday"), (1_796_061_000, "Monday"), (-86_400, "Wednesday")])
    func `a message says when and where it was written`(_ seconds: Int, _ day: String) {
        let conversation = Conversation(
            KubeObject(
                .conversations, namespace: "shop", name: "talk",
                members: ["spec": ["serviceAccountName": "copilot", "messages": [["content": "x"]]]]))
        let time = KubeTime(seconds: Double(seconds))
        #expect(
            ConversationContext.text(for: conversation, at: time)
                == "\(time) (\(day)). Namespace shop, ServiceAccount copilot. "
                + "At most 25 model calls, 100 calls, 20 changes.")
    }
}
