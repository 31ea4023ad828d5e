import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing
import ToolKit
import WorkflowEngine

@testable import Controllers

/// Models that can't read as much as they are sent.
@Suite struct ContextTests {
    /// Refuses requests that have more tokens than its context, of three bytes each.
    private final class SmallModel: LanguageModel {
        let name = "small"
        private let window: Int
        private let tellsNumbers: Bool
        private let content: String
        private let seen = Mutex<[ModelRequest]>([])

        init(window: Int, tellsNumbers: Bool = true, saying content: String = "Hello.") {
            self.window = window
            self.tellsNumbers = tellsNumbers
            self.content = content
        }

        var requests: [ModelRequest] { seen.withLock(\.self) }

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            seen.withLock { $0.append(request) }
            let tokens = ContextTests.bytes(of: request) / 3
            guard tokens <= window else {
                throw LanguageModelError(
                    .contextTooLong, message: "too long",
                    contextSize: tellsNumbers ? .init(prompt: tokens, limit: window) : nil)
            }
            return ModelReply(content: content, usage: .init(prompt: tokens, completion: 5))
        }
    }

    private struct GetTool: Tool {
        let name = "k8s_get"
        let title = "Get"
        let description = ""
        let toolset = "kubernetes"
        let parameters = ToolParameters([])
        let onlyReads = true

        func call(_: ToolArguments, in _: ToolContext) async throws -> ToolOutcome { .output("") }
    }

    static func bytes(of request: ModelRequest) -> Int {
        request.messages.reduce(0) { total, message in
            switch message {
            case .system(let text), .user(let text): total + text.utf8.count
            case .assistant(let text, let calls, _):
                calls.reduce(total + text.utf8.count) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
            case .tool(_, let text): total + text.utf8.count
            }
        }
    }

    private func ask(_ scene: inout Scene, _ model: SmallModel) async throws {
        scene.references.languageModel = model
        let watcher = StopWatcher(
            conversations: scene.dependencies.conversations, skyfloAIs: scene.dependencies.skyfloAIs,
            clock: scene.dependencies.clock)
        let caller = ModelCaller(
            dependencies: scene.dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
        try await caller.ask(in: &scene.store, scene.references)
    }

    private func end(_ scene: Scene) -> TurnEnd? {
        if case .end(let end) = scene.store.machine.next(now: scene.store.now, stop: nil) { end } else { nil }
    }

    private func finish(_ scene: inout Scene) throws { scene.store.log(.turnEnded(try #require(end(scene)))) }

    @Test(arguments: [true, false])
    func `a conversation that has overflowed goes on, also after a message that is too long by itself`(
        _ tellsNumbers: Bool
    ) async throws {
        try await Scene.run { scene in
            let model = SmallModel(window: 1500, tellsNumbers: tellsNumbers)
            scene.store.log(.turnStarted(number: 1, message: "Hi"))
            try await scene.store.claim()
            try await ask(&scene, model)
            try finish(&scene)

            scene.store.log(.turnStarted(number: 2, message: String(repeating: "x ", count: 3500)))
            try await ask(&scene, model)
            let failure = try #require(end(scene))
            #expect(failure.kind == .failed && failure.reason == .modelFailed)
            #expect(failure.message.contains("the newest message, the instructions and the tools have about 2"))
            #expect(!tellsNumbers || failure.message.contains("the model's context has 1500"), "\(failure.message)")
            try finish(&scene)

            scene.store.log(.turnStarted(number: 3, message: "Never mind. Say hello."))
            try await ask(&scene, model)
            #expect(end(scene)?.answer == "Hello.")
            #expect(scene.store.machine.leftOut == "2 earlier turns left out")
            guard case .user(let told)? = model.requests.last?.messages.dropFirst().first else {
                Issue.record("no message")
                return
            }
            #expect(told.hasPrefix("(Earlier turns of this conversation were left out: 2.)"))
            #expect(told.hasSuffix("</context>\n\nNever mind. Say hello."))
            try finish(&scene)

            // What was learned stays, also for another worker.
            try await scene.store.flush()
            try await scene.store.writeStatus()
            #expect(scene.store.conversation.status.usage.leftOut == "2 earlier turns left out")
            scene.store = try await scene.restarted()
            scene.store.log(.turnStarted(number: 4, message: "And again."))
            let before = model.requests.count
            try await ask(&scene, model)
            #expect(model.requests.count == before + 1 && end(scene)?.answer == "Hello.")
        }
    }

    @Test func `long results are cut after a refusal, and the newest message stays`() async throws {
        try await Scene.run { scene in
            let model = SmallModel(window: 2000)
            scene.store.log(.turnStarted(number: 1, message: "What is wrong with web?"))
            try await scene.store.claim()
            for id in ["c1", "c2", "c3"] {
                scene.store.log(
                    .modelReplied(
                        ModelTurn(
                            content: "", calls: [.init(modelID: id, tool: "k8s_logs", arguments: "{\"a\":\"\(id)\"}")]))
                )
                scene.store.log(.callResolved(id: id, succeeded: true, result: String(repeating: "log\n", count: 1000)))
            }
            try await ask(&scene, model)
            #expect(end(scene)?.answer == "Hello.")
            let messages = try #require(model.requests.last?.messages)
            #expect(model.requests.count <= 3 && messages.count == 8)
            #expect(
                messages.contains {
                    if case .user(let text) = $0 { text.hasSuffix("What is wrong with web?") } else { false }
                })
            #expect(scene.store.machine.leftOut?.contains("tool results cut") == true)
        }
    }

    @Test func `a model that never has enough room is asked three times, and no more`() async throws {
        try await Scene.run { scene in
            let model = SmallModel(window: 0)
            scene.store.log(.turnStarted(number: 1, message: "Hi"))
            try await scene.store.claim()
            for id in ["c1", "c2"] {
                scene.store.log(
                    .modelReplied(
                        ModelTurn(
                            content: "", calls: [.init(modelID: id, tool: "k8s_logs", arguments: "{\"a\":\"\(id)\"}")]))
                )
                scene.store.log(.callResolved(id: id, succeeded: true, result: String(repeating: "log\n", count: 3000)))
            }
            try await ask(&scene, model)
            #expect(end(scene)?.reason == .modelFailed && (2...3).contains(model.requests.count))
        }
    }

    @Test func `a call that is written as text is noticed`() async throws {
        try await Scene.run { scene in
            scene.references.definitions = ToolRegistry([GetTool()]).definitions()
            scene.store.log(.turnStarted(number: 1, message: "List the pods"))
            try await scene.store.claim()
            let text = #"{"name":"k8s_get","arguments":{"resource_type":"pods"}}"#
            try await ask(&scene, SmallModel(window: 100_000, saying: "```json\n\(text)\n```"))
            #expect(scene.store.machine.next(now: scene.store.now, stop: nil) == .askModel)
            try await ask(&scene, SmallModel(window: 100_000, saying: "You would call `\(text)` for that."))
            #expect(end(scene)?.kind == .completed)
        }
    }

    @Test func `the last reply is asked for without tools, and with the reason`() async throws {
        try await Scene.run(spec: ["limits": ["modelTurns": 1]]) { scene in
            scene.references.model.provider = .openAI
            scene.references.definitions = ToolRegistry([GetTool()]).definitions()
            scene.store.log(.turnStarted(number: 1, message: "List the pods"))
            try await scene.store.claim()
            let model = SmallModel(window: 100_000)
            try await ask(&scene, model)
            let request = try #require(model.requests.last)
            #expect(request.tools.isEmpty)
            guard case .user(let note)? = request.messages.last else { return }
            #expect(note.hasPrefix("(No more tools in this turn: the limit of this turn is reached."))
        }
    }
}
