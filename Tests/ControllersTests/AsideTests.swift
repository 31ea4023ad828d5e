import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing
import WorkflowEngine

@testable import Controllers

/// Titles and summaries: what is asked of a model besides a turn's own requests.
@Suite struct AsideTests {
    /// Tells its own requests from those of turns by their instructions.
    private final class TwoSidedModel: LanguageModel {
        let name = "two-sided"
        private let aside: @Sendable (ModelRequest) async throws -> ModelReply
        private let seen = Mutex<[ModelRequest]>([])

        init(_ aside: @escaping @Sendable (ModelRequest) async throws -> ModelReply) { self.aside = aside }

        var requests: [ModelRequest] { seen.withLock(\.self) }
        var asides: [ModelRequest] { requests.filter(Self.isAside) }

        static func isAside(_ request: ModelRequest) -> Bool {
            guard case .system(let text)? = request.messages.first else { return false }
            return text.hasPrefix("Give the conversation a title") || text.hasPrefix("Sum up the beginning")
        }

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            seen.withLock { $0.append(request) }
            if Self.isAside(request) { return try await aside(request) }
            return ModelReply(content: "Hello.", usage: .init(prompt: 100, completion: 5))
        }
    }

    private func caller(_ scene: Scene) -> ModelCaller {
        let watcher = StopWatcher(
            conversations: scene.dependencies.conversations, skyfloAIs: scene.dependencies.skyfloAIs,
            clock: scene.dependencies.clock)
        return ModelCaller(dependencies: scene.dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
    }

    // MARK: Titles

    private func title(_ scene: inout Scene, _ model: TwoSidedModel) async throws -> (String, ModelTurn.Usage)? {
        scene.references.languageModel = model
        scene.store.log(.turnStarted(number: 1, message: "scale web to 3"))
        try await scene.store.claim()
        scene.store.log(.modelReplied(ModelTurn(content: "Scaled.")))
        scene.store.log(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "Scaled.")))
        try await scene.store.writeStatus()
        guard let titler = caller(scene).titler(for: scene.store.machine, scene.references) else { return nil }
        return try await titler.title(of: scene.store)
    }

    @Test func `a title is asked for without tools, from the first message and the answer`() async throws {
        try await Scene.run { scene in
            scene.references.asksForTitles = true
            let model = TwoSidedModel { _ in
                ModelReply(content: "\"Scaling web to 3.\"\n", usage: .init(prompt: 50, completion: 6))
            }
            let made = try #require(try await title(&scene, model))
            #expect(made.0 == "Scaling web to 3" && made.1.total == 56)
            let request = try #require(model.requests.first)
            #expect(request.tools.isEmpty && request.maxTokens == 512 && request.messages.count == 2)
            #expect(request.messages.last == .user("User: scale it\n\nAssistant: Scaled."))
            scene.store.log(.titled(made.0, made.1))
            try await scene.store.writeStatus()
            #expect(scene.store.conversation.status.title == "Scaling web to 3")
            #expect(scene.store.conversation.status.usage.promptTokens == 50)
            #expect(caller(scene).titler(for: scene.store.machine, scene.references) == nil, "once")
        }
    }

    @Test func `without being wanted, or after a failure, the title is the message's first words`() async throws {
        try await Scene.run { scene in
            let model = TwoSidedModel { _ in throw LanguageModelError(.unavailable, message: "no") }
            let made = try await title(&scene, model)
            #expect(made == nil && model.requests.isEmpty)
        }
        try await Scene.run { scene in
            scene.references.asksForTitles = true
            let model = TwoSidedModel { _ in throw LanguageModelError(.unavailable, message: "no") }
            let made = try await title(&scene, model)
            #expect(made == nil && model.requests.count == 1)
            #expect(scene.store.conversation.status.title == "scale it")
            #expect(scene.store.conversation.status.phase == .completed)
        }
    }

    @Test func `whoever says something more doesn't wait for a title`() async throws {
        try await Scene.run { scene in
            scene.references.asksForTitles = true
            let (cluster, conversations) = (scene.cluster, scene.dependencies.conversations)
            let model = TwoSidedModel { _ in
                cluster.change(
                    .conversations, "talk", ["spec": ["messages": [["content": "scale it"], ["content": "and more"]]]])
                conversations.insert(cluster.object(.conversations, "talk")!)
                try await Task.sleep(for: .seconds(60))
                return ModelReply(content: "Late")
            }
            let began = ContinuousClock.now
            let made = try await title(&scene, model)
            #expect(made == nil)
            #expect(ContinuousClock.now - began < .seconds(15))
        }
    }

    @Test func `a reply that broke off, or that is no title, is paid for and left alone`() async throws {
        try await Scene.run { scene in
            scene.references.asksForTitles = true
            let model = TwoSidedModel { _ in
                ModelReply(content: "Scaling", finish: .length, usage: .init(prompt: 50, completion: 512))
            }
            let made = try #require(try await title(&scene, model))
            #expect(made.0 == "" && made.1.total == 562)
            scene.store.log(.titled(made.0, made.1))
            #expect(scene.store.machine.title == nil && scene.store.machine.usage.total == 562)
        }
    }

    @Test(arguments: [
        ("Scaling web", "Scaling web"), ("**Scaling web**", "Scaling web"), ("“Scaling web”.", "Scaling web"),
        ("\n# Title: Scaling   web!\nmore", "Scaling web"), ("", ""), ("…", ""),
        (String(repeating: "long ", count: 40), ""),
    ])
    func `of a reply only what is a title is taken`(_ reply: String, _ title: String) {
        #expect(Titler.clean(reply) == title)
    }

    // MARK: Summaries

    private func ask(
        _ scene: inout Scene, after turns: Int, _ model: TwoSidedModel, window: Int = 3000
    ) async throws {
        scene.references.languageModel = model
        scene.references.model.provider = .openAI
        scene.references.model.contextWindow = window
        for turn in 1...turns {
            scene.store.log(
                .turnStarted(number: turn, message: "message \(turn) " + String(repeating: "x", count: 2000)))
            if turn == 1 { try await scene.store.claim() }
            guard turn < turns else { break }
            scene.store.log(.modelReplied(ModelTurn(content: "answer \(turn)")))
            scene.store.log(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "answer \(turn)")))
        }
        try await caller(scene).ask(in: &scene.store, scene.references)
    }

    private func told(_ model: TwoSidedModel) -> String {
        guard case .user(let text)? = model.requests.last?.messages.dropFirst().first else { return "" }
        return text
    }

    @Test func `what can't be read any more is summed up once, counted, stored, and said`() async throws {
        try await Scene.run { scene in
            scene.references.asksForSummaries = true
            let model = TwoSidedModel { _ in
                ModelReply(content: "web has 3 replicas", usage: .init(prompt: 900, completion: 20))
            }
            try await ask(&scene, after: 6, model)
            #expect(model.asides.count == 1 && model.requests.count == 2)
            let aside = try #require(model.asides.first)
            #expect(aside.tools.isEmpty && aside.maxTokens == 1024)
            #expect(told(model).contains("as you summed it up:\nweb has 3 replicas\n"))
            #expect(scene.store.machine.usage.prompt == 1000)
            #expect(scene.store.machine.leftOut?.hasSuffix("left out; summed up by the model") == true)
            #expect(scene.store.machine.history.count == 12, "the transcript has all of it")
            try await scene.store.flush()
            try await scene.store.writeStatus()
            let other = try await scene.restarted()
            #expect(other.machine.summary == scene.store.machine.summary && other.machine.summary != nil)
        }
    }

    @Test func `where that fails, or isn't wanted, the oldest is left out as ever`() async throws {
        try await Scene.run { scene in
            scene.references.asksForSummaries = true
            let model = TwoSidedModel { _ in throw LanguageModelError(.unavailable, message: "no") }
            try await ask(&scene, after: 6, model)
            #expect(
                model.requests.count == 2
                    && told(model).hasPrefix("(Earlier turns of this conversation were left out: "))
            #expect(scene.store.machine.summary == nil && !told(model).contains("summed"))
        }
        try await Scene.run { scene in
            let model = TwoSidedModel { _ in ModelReply(content: "web has 3 replicas") }
            try await ask(&scene, after: 6, model)
            #expect(model.requests.count == 1)
        }
    }

    @Test func `a conversation that fits is never summed up`() async throws {
        try await Scene.run { scene in
            scene.references.asksForSummaries = true
            let model = TwoSidedModel { _ in ModelReply(content: "web has 3 replicas") }
            try await ask(&scene, after: 6, model, window: 100_000)
            #expect(model.requests.count == 1 && scene.store.machine.leftOut == nil)
        }
    }
}
