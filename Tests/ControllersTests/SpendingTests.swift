import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

/// What a namespace may spend in a day, and a conversation in all.
@Suite struct SpendingTests {
    private struct PaidModel: LanguageModel {
        let name = "paid"
        var usage = TokenUsage(prompt: 90, completion: 10)
        var failure: LanguageModelError?

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            if let failure { throw failure }
            return ModelReply(content: "Hello.", usage: usage)
        }
    }

    private static let key = ObjectKey(namespace: "shop", name: "sky")

    private func limit(_ scene: Scene, _ limits: JSONValue) throws {
        scene.cluster.change(.skyfloAIs, "sky", ["spec": ["limits": limits]])
        scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
    }

    private func ask(_ scene: inout Scene, turn: Int, _ model: PaidModel = PaidModel()) async throws -> TurnEnd? {
        scene.store.log(.turnStarted(number: turn, message: "Hi"))
        try await scene.store.claim()
        scene.references.languageModel = model
        let watcher = StopWatcher(
            conversations: scene.dependencies.conversations, skyfloAIs: scene.dependencies.skyfloAIs,
            clock: scene.dependencies.clock)
        let caller = ModelCaller(
            dependencies: scene.dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
        try await caller.ask(in: &scene.store, scene.references)
        guard case .end(let end) = scene.store.machine.next(now: scene.store.now, stop: nil) else { return nil }
        scene.store.log(.turnEnded(end))
        return end
    }

    private func spending(_ scene: Scene) -> DaySpending? {
        scene.cluster.object(.skyfloAIs, "sky").flatMap { SkyfloAI($0).status.spending }
    }

    private func ledger(_ scene: Scene) -> SpendingLedger {
        SpendingLedger(
            api: scene.cluster, skyfloAIs: scene.dependencies.skyfloAIs, clock: scene.dependencies.clock,
            logger: scene.dependencies.logger)
    }

    @Test func `what a request took is counted, and where nothing is limited nothing is asked`() async throws {
        try await Scene.run { scene in
            _ = try await ask(&scene, turn: 1)
            #expect(spending(scene) == nil)
            try limit(scene, ["namespaceTokensPerDay": 100_000])
            #expect(try await ask(&scene, turn: 2)?.kind == .completed)
            #expect(spending(scene)?.namespaces == ["shop": Spending(tokens: 100, cost: 0)])
            #expect(spending(scene)?.date == String("\(scene.dependencies.clock.now)".prefix(10)))
        }
    }

    @Test func `a request that the day doesn't allow isn't sent, and says why`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceTokensPerDay": 200])
            let end = try await ask(&scene, turn: 1)
            #expect(end?.kind == .failed && end?.message.contains("namespace shop may not spend more") == true)
            #expect(end?.message.contains("spec.limits of SkyfloAI shop/sky") == true)
            #expect(spending(scene)?.namespaces["shop"] == nil)
        }
    }

    @Test func `yesterday's count doesn't count, nor another namespace's`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceTokensPerDay": 5000])
            let old: JSONValue = ["date": "2020-01-01", "namespaces": ["shop": ["tokens": 4990]]]
            scene.cluster.change(.skyfloAIs, "sky", ["status": ["spending": old]])
            #expect(try await ask(&scene, turn: 1)?.kind == .completed)
            #expect(spending(scene)?.namespaces == ["shop": Spending(tokens: 100, cost: 0)])
            try await ledger(scene).settle(
                Spending(), by: Spending(tokens: 4990, cost: 0), in: "other", of: Self.key)
            #expect(try await ask(&scene, turn: 2)?.kind == .completed)
            #expect(spending(scene)?.namespaces["shop"]?.tokens == 200)
        }
    }

    @Test func `two workers can't both spend the rest`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceTokensPerDay": 100])
            let ledger = ledger(scene)
            let wanted = Spending(tokens: 60, cost: 0)
            let allowed = try await [Int](0..<4).concurrentMap(atOnce: 4) { _ in
                do {
                    return try await ledger.reserve(wanted, in: "shop", of: Self.key)
                } catch is LanguageModelError {
                    return false
                }
            }
            #expect(allowed.count { $0 } == 1)
            #expect(spending(scene)?.namespaces["shop"]?.tokens == 60)
        }
    }

    @Test func `what is spent in a day is what the conversations cost, to the last digit`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceCostPerDay": "100"])
            let prices: JSONValue = ["promptPerMillion": "0.15", "completionPerMillion": "0.6"]
            let skyflo = SkyfloAI(
                KubeObject(["spec": ["models": [["name": "default", "model": "m", "prices": prices]]]]))
            scene.references.model = skyflo.models[0]
            for turn in 1...7 {
                _ = try await ask(&scene, turn: turn, PaidModel(usage: .init(prompt: 93, completion: 11)))
            }
            let cost = scene.store.machine.usage.cost
            #expect(cost == 7 * (93 * 150_000 + 11 * 600_000))
            #expect(spending(scene)?.namespaces["shop"]?.cost == cost)
        }
    }

    @Test func `what a failed reply took is paid, too`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceTokensPerDay": 100_000])
            var failure = LanguageModelError(.incomplete, message: "broken off")
            failure.failedUsage = [FailedUsage(TokenUsage(prompt: 300))]
            let failed = try await ask(&scene, turn: 1, PaidModel(failure: failure))
            #expect(failed?.reason == .modelFailed && scene.store.machine.usage.prompt == 300)
            #expect(spending(scene)?.namespaces["shop"]?.tokens == 300)
        }
    }

    @Test func `a request without a reply costs nothing`() async throws {
        try await Scene.run { scene in
            try limit(scene, ["namespaceTokensPerDay": 100_000])
            let failed = try await ask(
                &scene, turn: 1, PaidModel(failure: LanguageModelError(.unreachable, message: "no connection")))
            #expect(failed?.reason == .modelFailed)
            #expect(spending(scene)?.namespaces["shop"]?.tokens == 0)
        }
    }

    @Test func `a conversation that has taken its tokens asks no model any more`() async throws {
        try await Scene.run { scene in
            scene.references.spending = .init(tokens: 100)
            _ = try await ask(&scene, turn: 1)
            scene.store.adopt(scene.references.policy(for: scene.store.conversation.spec))
            scene.store.log(.turnStarted(number: 2, message: "more"))
            guard case .end(let end) = scene.store.machine.next(now: scene.store.now, stop: nil) else {
                Issue.record("the model is asked")
                return
            }
            #expect(end.reason == .tokenLimit && end.message.contains("has used 100 tokens; its SkyfloAI allows 100"))
        }
    }
}
