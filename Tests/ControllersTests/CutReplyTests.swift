import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

/// Tokens of a reply that was cut off before its provider had counted it.
@Suite struct CutReplyTests {
    /// Says something and then nothing, until it is given up.
    private struct StalledModel: LanguageModel {
        let name = "stalled"
        var said: @Sendable () -> Void
        var parts = [FailedUsage(TokenUsage(), uncounted: 280)]

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            onDelta(.content(String(repeating: "x", count: 280)))
            said()
            let (never, continuation) = AsyncStream.makeStream(of: Void.self)
            defer { continuation.finish() }
            for await _ in never {}
            onDelta(.abandoned(parts))
            throw CancellationError()
        }
    }

    private struct FailingModel: LanguageModel {
        let name = "failing"
        var failure: LanguageModelError

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            throw failure
        }
    }

    private static let prices: JSONValue = ["promptPerMillion": "1", "completionPerMillion": "10"]

    private func ask(_ scene: inout Scene, _ model: some LanguageModel) async throws -> ContextBudget {
        let skyflo = SkyfloAI(
            KubeObject(["spec": ["models": [["name": "default", "model": "claude", "prices": Self.prices]]]]))
        scene.references.model = skyflo.models[0]
        scene.references.languageModel = model
        scene.store.log(.turnStarted(number: 1, message: "Hi"))
        try await scene.store.claim()
        let watcher = StopWatcher(
            conversations: scene.dependencies.conversations, skyfloAIs: scene.dependencies.skyfloAIs,
            clock: scene.dependencies.clock)
        let caller = ModelCaller(dependencies: scene.dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
        let budget = scene.references.budget(for: scene.store.machine)
        try await caller.ask(in: &scene.store, scene.references)
        return budget
    }

    private func stop(_ scene: Scene) -> @Sendable () -> Void {
        let (cluster, conversations) = (scene.cluster, scene.dependencies.conversations)
        return {
            cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            if let object = cluster.object(.conversations, "talk") { conversations.insert(object) }
        }
    }

    @Test func `what a stopped reply took is estimated, said to be, and part of all sums`() async throws {
        try await Scene.run { scene in
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["limits": ["namespaceTokensPerDay": 100_000]]])
            scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            let budget = try await ask(&scene, StalledModel(said: stop(scene)))
            let usage = scene.store.machine.usage
            #expect(usage.completion == 100 && usage.estimated.completion == 100, "2.8 bytes a token")
            #expect(usage.prompt >= budget.tokens(ofBytes: budget.fixed) && usage.prompt == usage.estimated.prompt)
            #expect(usage.cost == (usage.prompt + 10 * 100) * 1_000_000 && usage.estimated.cost == usage.cost)
            let end = scene.store.machine.next(now: scene.store.now, stop: "spec.stop")
            guard case .end(let end) = end else { return #expect(Bool(false), "the turn goes on") }
            #expect(end.reason == .stopped)
            scene.store.log(.turnEnded(end))
            try await scene.store.flush()
            try await scene.store.writeStatus()
            let status = scene.store.conversation.status.usage
            #expect(status.estimatedTokens == usage.total && status.totalTokens == usage.total)
            #expect(status.lastTurn.estimatedTokens == usage.total && status.estimatedCost == status.cost)
            let day = scene.cluster.object(.skyfloAIs, "sky").flatMap { SkyfloAI($0).status.spending }
            #expect(day?.namespaces["shop"] == Spending(usage), "what was reserved is corrected")
            let other = try await scene.restarted()
            #expect(other.machine.usage == usage, "it is in the transcript")
        }
    }

    @Test func `of a reply that is given up nothing is estimated that was counted, or that never began`() async throws {
        try await Scene.run { scene in
            let counted = [FailedUsage(TokenUsage(prompt: 40, completion: 1), uncounted: 280)]
            _ = try await ask(&scene, StalledModel(said: stop(scene), parts: counted))
            let usage = scene.store.machine.usage
            #expect(usage.prompt == 40 && usage.completion == 100)
            #expect(usage.estimated.prompt == 0 && usage.estimated.completion == 99)
            #expect(usage.estimated.cost == 990_000_000)
        }
        try await Scene.run { scene in
            _ = try await ask(&scene, StalledModel(said: stop(scene), parts: []))
            #expect(scene.store.machine.usage == ModelTurn.Usage())
        }
    }

    @Test func `a lost connection is estimated, too`() async throws {
        try await Scene.run { scene in
            var failure = LanguageModelError(.incomplete, message: "the connection was lost")
            failure.failedUsage = [
                FailedUsage(TokenUsage(prompt: 90, completion: 10)), FailedUsage(TokenUsage(), uncounted: 28),
            ]
            _ = try await ask(&scene, FailingModel(failure: failure))
            let usage = scene.store.machine.usage
            #expect(usage.estimated.completion == 10 && usage.completion == 20)
            #expect(usage.prompt == 90 + usage.estimated.prompt && usage.estimated.prompt > 0)
        }
    }
}
