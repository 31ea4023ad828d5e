import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Synchronization
import Testing

/// Git, people and programs add to one conversation.
@Suite struct SharedConversationStoryTests {
    /// Answers with all that users said.
    private func listener() -> ScriptedModel {
        ScriptedModel { request, _ in
            let said = request.messages.compactMap { if case .user(let text) = $0 { text } else { nil } }
            return .says(said.joined(separator: ", "))
        }
    }

    private func manifest(_ messages: String...) -> KubeObject {
        var object = KubeObject(.conversations, namespace: Story.namespace, name: "talk")
        object["spec"] = [
            "serviceAccountName": "copilot", "messages": .array(messages.map { ["content": .string($0)] }),
        ]
        return object
    }

    private static let git = WriteOptions(fieldManager: "argocd-controller")

    /// As Argo CD's server-side diff: whether applying the manifest would change anything.
    private func hasDiff(_ manifest: KubeObject, _ story: Story) async throws -> Bool {
        let options = WriteOptions(fieldManager: Self.git.fieldManager, dryRun: true)
        let after = try await story.api.apply(manifest, in: .conversations, options: options)
        let before = try await story.api.get(.conversations, namespace: Story.namespace, name: "talk")
        return after["spec"] != before["spec"] || after.labels != before.labels
            || after.annotations != before.annotations
    }

    @Test func `what Git syncs meets no conflict and no diff, whoever else said something`() async throws {
        try await Story.run(listener()) { story in
            _ = try await story.api.apply(manifest("git 1"), in: .conversations, options: Self.git)
            try await story.untilPhase(.completed)
            // By kubectl patch, and by kubectl apply --server-side of another manager.
            try await story.change(spec: ["followUps": ["by-hand": ["content": "kubectl"]]])
            try await story.untilPhase(.completed, turn: 2)
            var applied = KubeObject(.conversations, namespace: Story.namespace, name: "talk")
            applied["spec"] = ["followUps": ["by-robot": ["content": "robot"]]]
            _ = try await story.api.apply(applied, in: .conversations, options: WriteOptions(fieldManager: "robot"))
            try await story.untilPhase(.completed, turn: 3)
            let screen = Mutex("")
            let terminal = Terminal(
                write: { text in screen.withLock { $0 += text } }, writeError: { _ in }, read: nil)
            let session = Session(api: story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: 1_800_000_000)
            }
            let ask = AskAction(text: "CLI", conversation: "talk", timeout: .seconds(180))
            #expect(try await ask.perform(in: session) == .success)
            #expect(screen.withLock(\.self) == "git 1, kubectl, robot, CLI\n")

            #expect(try await !hasDiff(manifest("git 1"), story))
            _ = try await story.api.apply(manifest("git 1"), in: .conversations, options: Self.git)
            _ = try await story.api.apply(manifest("git 1", "git 2"), in: .conversations, options: Self.git)
            let done = try await story.untilPhase(.completed, turn: 5)
            #expect(done.status.answer == "git 1, kubectl, robot, CLI, git 2")
            #expect(try await !hasDiff(manifest("git 1", "git 2"), story))
            #expect(done.status.followUpsTaken.values.sorted() == [2, 3, 4] && done.waitingMessages.isEmpty)
        }
    }

    @Test func `entries can only be added`() async throws {
        try await Story.run(listener()) { story in
            try await story.ask("one", spec: ["followUps": ["a": ["content": "two"]]])
            try await story.untilPhase(.completed, turn: 2)
            for change: JSONValue in [
                ["followUps": ["a": ["content": "other"]]], ["followUps": ["a": .null]], ["followUps": .null],
                ["followUps": ["": ["content": "x"]]], ["followUps": ["b": ["content": ""]]],
                ["followUps": [String(repeating: "b", count: 64): ["content": "x"]]],
            ] {
                await #expect(throws: APIStatus.self, "\(change)") { try await story.change(spec: change) }
            }
            try await story.change(spec: ["followUps": ["0": ["content": "three"]]])
            let done = try await story.untilPhase(.completed, turn: 3)
            #expect(done.status.answer == "one, two, three")
        }
    }

    @Test func `what waits is taken up one after the other, also by a worker that comes later`() async throws {
        let model = listener()
        try await Story.run(nil) { story in
            try await story.ask(
                "one", "two", spec: ["followUps": ["b": ["content": "four"], "a": ["content": "three"]]])
            try await story.withOperator(model) { try await story.until("begun") { $0.status.turn > 0 } }
            try await story.withOperator(model, identity: "operator-2") {
                let done = try await story.untilPhase(.completed, turn: 4)
                #expect(done.status.answer == "one, two, three, four")
                #expect(done.status.followUpsTaken == ["a": 3, "b": 4])
            }
        }
    }

    @Test func `whoever asks gets the own answer, although Git said something meanwhile`() async throws {
        try await Story.run(nil) { story in
            _ = try await story.api.apply(manifest("git 1"), in: .conversations, options: Self.git)
            let screen = Mutex("")
            let terminal = Terminal(
                write: { text in screen.withLock { $0 += text } }, writeError: { _ in }, read: nil)
            let session = Session(api: story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: 1_800_000_000)
            }
            async let asked = AskAction(text: "CLI", conversation: "talk", timeout: .seconds(180)).perform(in: session)
            try await story.until("the question is there") { !$0.spec.followUps.isEmpty }
            _ = try await story.api.apply(manifest("git 1", "git 2"), in: .conversations, options: Self.git)
            try await story.withOperator(listener()) { try await story.untilPhase(.completed, turn: 3) }
            #expect(try await asked == .success)
            #expect(screen.withLock(\.self) == "git 1, git 2, CLI\n")
        }
    }
}
