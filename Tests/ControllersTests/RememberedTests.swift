import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing
import WorkflowEngine

@testable import Controllers

/// What is remembered for a while instead of being read again, and for how long.
@Suite struct RememberedTests {
    private let cluster = FakeCluster()
    private let clock = SteppedClock()

    private func requests() -> Int {
        defer { cluster.forgetSent() }
        return cluster.sent.count
    }

    // MARK: ServiceAccounts

    @Test func `that a ServiceAccount exists is believed for ten seconds, that it doesn't never`() async throws {
        let accounts = ServiceAccountCache()
        let key = ObjectKey(namespace: "shop", name: "copilot")
        func exists() async throws -> Bool { try await accounts.contains(key, api: cluster, clock: clock) }
        for _ in 0..<2 { #expect(try await !exists()) }
        #expect(requests() == 2)
        cluster.put(KubeObject(.serviceAccounts, namespace: "shop", name: "copilot"), in: .serviceAccounts)
        #expect(try await exists())
        cluster.remove(.serviceAccounts, "copilot")
        clock.advance(by: .milliseconds(9999))
        #expect(try await exists())
        #expect(requests() == 1)
        clock.advance(by: .milliseconds(1))
        #expect(try await !exists())
    }

    // MARK: Keys of models

    private static func skyflo(generation: Int = 1, uid: String = "u") -> SkyfloAI {
        SkyfloAI(
            KubeObject([
                "metadata": [
                    "namespace": "shop", "name": "sky", "uid": .string(uid), "generation": JSONValue(generation),
                ],
                "spec": ["models": [["name": "m", "apiKeySecretRef": ["name": "key"]]]],
            ]))
    }

    private func putKey(_ value: String) {
        cluster.put(
            KubeObject(
                .secrets, namespace: "shop", name: "key",
                members: ["data": ["OPENAI_API_KEY": .string(Base64.encode(Array(value.utf8)))]]), in: .secrets)
    }

    private func key(_ keys: ModelKeyCache, _ skyflo: SkyfloAI, isNew: Bool = false) async throws -> String? {
        let model = try #require(skyflo.model(named: nil))
        return try await keys.credential(of: model, in: skyflo, isNew: isNew, api: cluster, clock: clock)?.secret
    }

    @Test func `a key is read once a minute, and for another SkyfloAI, and when it is asked for anew`() async throws {
        let keys = ModelKeyCache()
        putKey("one")
        #expect(try await key(keys, Self.skyflo()) == "one")
        putKey("two")
        clock.advance(by: .seconds(59))
        #expect(try await key(keys, Self.skyflo()) == "one")
        #expect(requests() == 1)
        #expect(try await key(keys, Self.skyflo(generation: 2)) == "two")
        #expect(try await key(keys, Self.skyflo(uid: "other")) == "two")
        putKey("three")
        #expect(try await key(keys, Self.skyflo(uid: "other"), isNew: true) == "three")
        #expect(requests() == 3)
        putKey("four")
        #expect(try await key(keys, Self.skyflo(uid: "other")) == "three")
        clock.advance(by: .seconds(60))
        #expect(try await key(keys, Self.skyflo(uid: "other")) == "four")
    }

    @Test func `that there is no key isn't remembered, and no description shows one`() async throws {
        let keys = ModelKeyCache()
        await #expect(throws: ModelKey.Failure.self) { try await key(keys, Self.skyflo()) }
        putKey("sesame-open")
        #expect(try await key(keys, Self.skyflo()) == "sesame-open")
        var dumped = ""
        dump(keys, to: &dumped)
        #expect(!dumped.contains("sesame") && !"\(keys)".contains("sesame"))
    }

    // MARK: A key that is refused

    /// Replies to whoever shows the right key.
    private struct Provider: ModelProvider, LanguageModel {
        var name = "m"
        var right: String
        var shown: String?

        func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel {
            Provider(right: right, shown: apiKey?.secret)
        }

        func reply(
            to request: ModelRequest, onDelta: @escaping @Sendable (ModelDelta) -> Void
        ) async throws -> ModelReply {
            guard shown == right else { throw LanguageModelError(.unauthorized, message: "refused (401)") }
            return ModelReply(content: "Hello.")
        }
    }

    /// Asks the model with the key that was known, while the Secret has another.
    private func ask(
        stored: String, right: String, change: JSONValue = [:], then check: @escaping @Sendable (Scene) throws -> Void
    ) async throws {
        let key = JSONValue.string(Base64.encode(Array(stored.utf8)))
        try await Scene.run { scene in
            let model: JSONValue = ["name": "m", "apiKeySecretRef": ["name": "key"]]
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["models": [model]]])
            let sky = try #require(scene.cluster.object(.skyfloAIs, "sky"))
            scene.dependencies.skyfloAIs.insert(sky)
            scene.cluster.put(
                KubeObject(.secrets, namespace: "shop", name: "key", members: ["data": ["OPENAI_API_KEY": key]]),
                in: .secrets)
            var dependencies = scene.dependencies
            dependencies.models = Provider(right: right)
            var references = scene.references
            references.model = try #require(SkyfloAI(sky).model(named: nil))
            references.credential = Credential("old")
            references.languageModel = Provider(right: right, shown: "old")
            if change != [:] {
                scene.cluster.change(.skyfloAIs, "sky", change)
                scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            }
            scene.store.references = references
            scene.store.log(.turnStarted(number: 1, message: "hello"))
            let caller = ModelCaller(
                dependencies: dependencies, stopWatcher: scene.coordinator.stopWatcher, redactor: scene.gate.redactor)
            try await caller.ask(in: &scene.store, references)
            try check(scene)
        }
    }

    @Test func `a key that the provider refuses is read again, and the model asked once more with the new one`()
        async throws
    {
        try await ask(stored: "new", right: "new") { scene in
            #expect(
                scene.store.machine.next(now: scene.store.now, stop: nil)
                    == .end(.init(.completed, reason: .answered, answer: "Hello.")))
            #expect(scene.store.references?.credential == Credential("new"))
        }
    }

    @Test(arguments: ["old", "other"])
    func `where it is still the same, or is refused as well, the turn fails`(_ stored: String) async throws {
        try await ask(stored: stored, right: "new") { scene in
            guard case .end(let end) = scene.store.machine.next(now: scene.store.now, stop: nil) else {
                Issue.record("it goes on")
                return
            }
            #expect(end.kind == .failed && end.message == "the model m gave no reply: refused (401)")
        }
    }

    @Test func `a new key isn't sent to the address that the SkyfloAI named before`() async throws {
        let change: JSONValue = [
            "spec": [
                "models": [["name": "m", "baseURL": "https://new.example/v1", "apiKeySecretRef": ["name": "key"]]]
            ]
        ]
        try await ask(stored: "new", right: "new", change: change) { scene in
            guard case .end(let end) = scene.store.machine.next(now: scene.store.now, stop: nil) else {
                Issue.record("it goes on")
                return
            }
            #expect(end.kind == .failed)
        }
    }

    // MARK: Who waits for a place

    @Test(arguments: [true, false])
    func `a turn that ends wakes who waits, where the SkyfloAI caps anything`(_ isCapped: Bool) async throws {
        try await Scene.run { scene in
            if isCapped {
                scene.cluster.change(.skyfloAIs, "sky", ["spec": ["limits": ["runningTurns": 1]]])
                scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            }
            scene.cluster.change(.conversations, "talk", ["status": ["queuedSince": "2027-01-01T00:00:00.000000Z"]])
            let talk = try #require(scene.cluster.object(.conversations, "talk"))
            scene.dependencies.conversations.insert(talk)
            let governing = Governing(skyfloAIs: scene.dependencies.skyfloAIs, fallback: nil)
            let woken = TurnSlots.woken(by: talk, among: scene.dependencies.conversations, governing)
            #expect(woken == (isCapped ? [talk.key] : []))
        }
    }
}
