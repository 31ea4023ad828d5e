import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing
import WorkflowEngine

@testable import Controllers

/// What people see of a turn while its model thinks.
@Suite struct ProgressTests {
    /// A model that replies once a condition holds.
    private struct PatientModel: LanguageModel {
        let name = "patient"
        var condition: @Sendable () -> Bool

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            let deadline = ContinuousClock.now + .seconds(20)
            while !condition(), ContinuousClock.now < deadline { await Task.yield() }
            return ModelReply(content: condition() ? "Done." : "it never came")
        }
    }

    /// The system's, with a count of how often something has waited for it.
    private final class CountingClock: RuntimeClock {
        private let system = SystemClock()
        private let count = Mutex(0)

        var sleeps: Int { count.withLock(\.self) }
        var uptime: Duration { system.uptime }
        var now: KubeTime { system.now }
        func sleep(until deadline: Duration) async throws {
            try await system.sleep(until: deadline)
            count.withLock { $0 += 1 }
        }
    }

    /// A turn whose model has made one call with a sentence; the call has its result.
    private func begin(_ scene: inout Scene) async throws {
        scene.store.log(.turnStarted(number: 1, message: "look"))
        try await scene.store.claim()
        try await scene.store.keepProgress()
        scene.store.log(
            .modelReplied(
                ModelTurn(
                    content: "Looking at the deployments.",
                    calls: [.init(modelID: "m", tool: "k8s_get", arguments: #"{"resource_type":"deployments"}"#)],
                    usage: .init(prompt: 100, completion: 5))))
        scene.store.log(.callResolved(id: "c1", succeeded: true, result: "web api"))
        scene.cluster.forgetSent()
    }

    private func ask(_ scene: inout Scene, until condition: @escaping @Sendable () -> Bool) async throws {
        scene.references.languageModel = PatientModel(condition: condition)
        let watcher = StopWatcher(
            conversations: scene.dependencies.conversations, skyfloAIs: scene.dependencies.skyfloAIs,
            clock: scene.dependencies.clock)
        let caller = ModelCaller(
            dependencies: scene.dependencies, stopWatcher: watcher, redactor: scene.gate.redactor)
        try await caller.ask(in: &scene.store, scene.references)
    }

    private static func status(_ cluster: FakeCluster) -> ConversationStatus {
        ConversationStatus(cluster.object(.conversations, "talk")?["status"] ?? .null)
    }

    @Test func `plan, calls and tokens of a reply are there while the next one is awaited, and stored`() async throws {
        try await Scene.run { scene in
            try await begin(&scene)
            let cluster = scene.cluster
            try await ask(&scene) { Self.status(cluster).usage.modelCalls == 1 }
            let status = Self.status(cluster)
            #expect(status.plan.map(\.text) == ["Looking at the deployments."])
            #expect(status.calls["c1"]?.state == .succeeded && status.usage.promptTokens == 100)
            #expect(status.phase == .planning && scene.store.machine.end != nil)
            let other = try await scene.restarted()
            #expect(other.machine.call("c1")?.result == "web api", "what people have seen isn't lost with the worker")
            #expect(other.machine.usage.prompt == 100)
        }
    }

    @Test func `nothing is written where nothing is new`() async throws {
        let clock = CountingClock()
        try await Scene.run(clock: clock) { scene in
            try await begin(&scene)
            let cluster = scene.cluster
            let seen = Mutex<Int?>(nil)
            try await ask(&scene) {
                guard Self.status(cluster).usage.modelCalls == 1 else { return false }
                let since = seen.withLock { seen in
                    seen = seen ?? clock.sleeps
                    return clock.sleeps - (seen ?? 0)
                }
                return since >= 5
            }
            #expect(cluster.writes.count { KubeRequest.isStatusWrite($0.request) } == 1)
        }
    }

    @Test func `a quick reply costs no write`() async throws {
        try await Scene.run { scene in
            try await begin(&scene)
            scene.store.progressInterval = .seconds(60)
            try await ask(&scene) { true }
            #expect(scene.cluster.writes.isEmpty)
        }
    }
}

extension WorkflowStateMachine {
    /// How the turn is about to end.
    fileprivate var end: TurnEnd? {
        if case .end(let end) = next(now: KubeTime(microseconds: 0), stop: nil) { end } else { nil }
    }
}
