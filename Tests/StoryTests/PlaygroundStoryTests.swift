import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

/// What the playground sets up makes a plain Conversation in any namespace work, and gives no right to change anything.
@Suite struct PlaygroundStoryTests {
    private func run(_ messages: [String], in namespace: String = "default") async throws -> Conversation {
        let answer = Answer()
        try await Story.run(nil) { story in
            try await story.apply(file: "config/admission/skyflo-approvals.yaml")
            try await story.apply(file: "config/playground/playground.yaml")
            let key = ObjectKey(namespace: "skyflo-system", name: "skyflo")
            try await story.withOperator(OfflineProvider(), defaultSkyfloAI: key) {
                let object = KubeObject(
                    .conversations, namespace: namespace, name: "talk",
                    members: ["spec": ["messages": .array(messages.map { ["content": .string($0)] })]])
                _ = try await story.api.create(object, in: .conversations)
                try await eventually("it ends") {
                    let now = Conversation(try await story.api.get(.conversations, namespace: namespace, name: "talk"))
                    await answer.set(now)
                    return now.status.phase?.isTerminal == true && now.status.turn == messages.count
                }
            }
        }
        return try #require(await answer.value)
    }

    private actor Answer {
        var value: Conversation?
        func set(_ conversation: Conversation) { value = conversation }
    }

    @Test func `a plain question in namespace default is answered`() async throws {
        let talk = try await run(["list the deployments in namespace shop"])
        #expect(talk.status.phase == .completed && talk.status.reason == nil)
        let answer = try #require(talk.status.answer)
        #expect(answer.contains("web") && answer.contains("cart"), "\(answer)")
    }

    @Test func `events are shown, and a namespace that doesn't exist is told`() async throws {
        let talk = try await run(["Are there any events in namespace shop?", "List the pods in namespace prodd"])
        let isTold = ["Namespace **prodd** doesn't exist", "namespace prodd doesn't exist"].contains {
            talk.status.answer?.contains($0) == true
        }
        #expect(isTold, "\(talk.status.answer ?? "")")
        let events = try await run(["List the events in namespace shop"]).status.answer ?? ""
        #expect(events.hasPrefix("There are ") && events.contains("Warning   Failed"), "\(events)")
    }

    @Test(arguments: ["list the nodes", "list the secrets in shop", "scale deployment web in shop to 5"])
    func `everything but Secrets can be looked at, and nothing changed`(_ message: String) async throws {
        let talk = try await run([message])
        let isForbidden = talk.status.answer?.contains("missing permission") == true
        #expect(isForbidden == (message != "list the nodes"), "\(talk.status.answer ?? "")")
        #expect(talk.status.approvals.isEmpty)
    }
}
