import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing

/// `spec.limits` of a SkyfloAI: how many turns run at once.
@Suite struct TurnCapStoryTests {
    /// A model that answers "Done.", and the first time only when `go` is called.
    private static func slowModel() -> (model: ScriptedModel, go: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let model = ScriptedModel { _, turn in
            if turn == 0 { for await _ in stream { break } }
            return .says("Done.")
        }
        return (model, { continuation.yield() })
    }

    @Test func `a conversation above the cap waits, says for what and its place, and goes on by itself`() async throws {
        let (model, go) = Self.slowModel()
        try await Story.run(model) { story in
            try await story.changeSkyflo(["limits": ["runningTurns": 1]])
            try await story.ask("one", name: "one")
            try await story.untilPhase(.planning, "one")
            try await story.ask("two", name: "two")
            let second = try await story.until("queued", of: "two") { $0.status.queuedSince != nil }
            #expect(second.status.phase == .pending && second.status.reason == "TurnQueued")
            let running = try #require(second.status.conditions[type: "Running"])
            #expect(running.status == .false && running.reason == "TurnQueued")
            #expect(
                running.message
                    == "waits for a turn: 1 of at most 1 turn is running under SkyfloAI shop/skyflo "
                    + "(spec.limits.runningTurns); it is number 1 in the queue")
            try await story.ask("three", name: "three")
            try await story.until("second in line", of: "three") {
                $0.status.conditions[type: "Running"]?.message.hasSuffix("it is number 2 in the queue") == true
            }
            #expect(model.requests.count == 1)
            go()
            for name in ["one", "two", "three"] {
                let done = try await story.untilPhase(.completed, name)
                #expect(done.status.queuedSince == nil && done.status.turn == 1)
            }
            // The one that came first was asked about first, and each once.
            #expect(model.requests.map(\.firstUserText) == ["one", "two", "three"])
        }
    }

    @Test func `stop and deletion work while it waits, and who is behind moves up`() async throws {
        let (model, go) = Self.slowModel()
        try await Story.run(model) { story in
            try await story.changeSkyflo(["limits": ["runningTurnsPerNamespace": 1]])
            try await story.ask("one", name: "one")
            try await story.untilPhase(.planning, "one")
            for name in ["two", "three", "four"] {
                try await story.ask(name, name: name)
                try await story.until("queued", of: name) { $0.status.queuedSince != nil }
            }
            try await story.change("two", spec: ["stop": true])
            let stopped = try await story.until("stopped", of: "two") { $0.status.reason == "Stopped" }
            #expect(stopped.status.queuedSince == nil && stopped.status.turn == 0)
            try await story.api.delete(.conversations, namespace: Story.namespace, name: "three")
            try await story.until("moved up", of: "four") {
                $0.status.conditions[type: "Running"]?.message.hasSuffix("it is number 1 in the queue") == true
            }
            go()
            try await story.untilPhase(.completed, "four")
            #expect(model.requests.map(\.firstUserText) == ["one", "four"])
        }
    }

    @Test func `a turn that waits for a person holds nobody up`() async throws {
        let model = ScriptedModel { request, _ in
            request.firstUserText == "scale" && request.messages.count == 2 ? .scale(to: 3) : .says("Done.")
        }
        try await Story.run(model) { story in
            try await story.changeSkyflo(["limits": ["runningTurns": 1]])
            try await story.ask("scale", name: "one")
            try await story.untilPhase(.awaitingApproval, "one")
            try await story.ask("two", name: "two")
            try await story.untilPhase(.completed, "two")
            try await story.approve("c1", in: "one")
            try await story.untilPhase(.completed, "one")
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `who waits begins when the cap is raised`() async throws {
        let (model, go) = Self.slowModel()
        try await Story.run(model) { story in
            try await story.changeSkyflo(["limits": ["runningTurns": 1]])
            try await story.ask("one", name: "one")
            try await story.untilPhase(.planning, "one")
            try await story.ask("two", name: "two")
            try await story.until("queued", of: "two") { $0.status.queuedSince != nil }
            try await story.changeSkyflo(["limits": ["runningTurns": 2]])
            try await story.untilPhase(.completed, "two")
            go()
            try await story.untilPhase(.completed, "one")
        }
    }
}

extension ModelRequest {
    var firstUserText: String? {
        messages.lazy.compactMap { if case .user(let text) = $0 { text } else { nil } }.first
    }
}
