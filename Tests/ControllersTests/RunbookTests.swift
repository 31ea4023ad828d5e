import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

/// Runbooks of an installation: which a model is given, and what becomes of those that aren't there.
@Suite struct RunbookTests {
    private static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")

    private func put(_ text: String, _ name: String, key: String = "runbook.md", in scene: Scene) {
        scene.cluster.put(
            KubeObject(
                Self.configMaps, namespace: "shop", name: name, members: ["data": .object([key: .string(text)])]),
            in: Self.configMaps)
    }

    private static func entry(
        _ name: String, keywords: [String] = [], namespaces: [String] = [], configMap: String? = nil
    ) -> JSONValue {
        [
            "name": .string(name), "configMapRef": ["name": .string(configMap ?? name)],
            "keywords": JSONValue(keywords), "namespaces": JSONValue(namespaces),
        ]
    }

    private func skyflo(_ runbooks: JSONValue..., in scene: Scene) throws -> SkyfloAI {
        scene.cluster.change(.skyfloAIs, "sky", ["spec": ["runbooks": .array(runbooks)]])
        return SkyfloAI(try #require(scene.cluster.object(.skyfloAIs, "sky")))
    }

    private func matching(_ skyflo: SkyfloAI, in scene: Scene, _ cache: RunbookCache = RunbookCache()) async throws
        -> [Runbook]
    {
        try await cache.matching(
            scene.store.conversation, in: skyflo, redactor: scene.gate.redactor, api: scene.cluster,
            clock: scene.dependencies.clock)
    }

    @Test func `those that match a message and the namespace are read, and remembered`() async throws {
        try await Scene.run { scene in
            for name in ["scaling", "always", "other", "elsewhere"] { put("Do \(name).", name, in: scene) }
            let skyflo = try skyflo(
                Self.entry("scaling", keywords: ["scale"], namespaces: ["sh*"]), Self.entry("always"),
                Self.entry("other", keywords: ["restart"]), Self.entry("elsewhere", namespaces: ["prod"]), in: scene)
            let cache = RunbookCache()
            scene.cluster.forgetSent()
            for _ in 0..<2 {
                #expect(try await matching(skyflo, in: scene, cache).map(\.name) == ["scaling", "always"])
            }
            #expect(scene.cluster.sent.count == 2 && scene.cluster.sent.allSatisfy { $0.identity == nil })
        }
    }

    @Test func `one that is missing is left out, told by a condition, and found again`() async throws {
        try await Scene.run { scene in
            put("Do it.", "there", in: scene)
            put("Do it.", "key", key: "other.md", in: scene)
            let skyflo = try skyflo(Self.entry("there"), Self.entry("gone"), Self.entry("key"), in: scene)
            scene.dependencies.skyfloAIs.insert(skyflo.object)
            #expect(try await matching(skyflo, in: scene).map(\.name) == ["there"])

            func condition() async throws -> Condition? {
                _ = try await SkyfloAIReconciler(scene.dependencies).reconcile(skyflo.object.key)
                let object = try #require(scene.cluster.object(.skyfloAIs, "sky"))
                scene.dependencies.skyfloAIs.insert(object)
                #expect(SkyfloAI(object).conditions[type: "Ready"]?.status == .true)
                return SkyfloAI(object).conditions[type: "RunbooksFound"]
            }
            let missing = try await condition()
            #expect(missing?.status == .false && missing?.reason == "RunbookMissing")
            #expect(
                missing?.message
                    == "runbook gone: ConfigMap gone with a key runbook.md does not exist, or may not be read\n"
                    + "runbook key: ConfigMap key with a key runbook.md does not exist, or may not be read")
            put("Do it.", "gone", in: scene)
            put("Do it.", "key", in: scene)
            #expect(try await condition()?.message == "3 runbooks found")
        }
    }

    @Test func `a long one is cut, and credentials in one aren't shown`() async throws {
        try await Scene.run { scene in
            put("password: hunter2-hunter2\n" + String(repeating: "x", count: 20_000), "long", in: scene)
            let runbook = try #require(try await matching(try skyflo(Self.entry("long"), in: scene), in: scene).first)
            #expect(runbook.text.utf8.count <= RunbookCache.limit && runbook.text.hasSuffix("… (cut)"))
            #expect(!runbook.text.contains("hunter2"))
        }
    }

    // MARK: In requests

    private static func runbook(_ name: String, keywords: String..., text: String = "Do it.") throws -> Runbook {
        let reference = SkyfloAI(KubeObject(["spec": ["runbooks": [entry(name, keywords: keywords)]]])).runbooks.first
        return Runbook(reference: try #require(reference), text: text)
    }

    private func users(_ request: ModelRequest) -> [String] {
        request.messages.compactMap { if case .user(let text) = $0 { text } else { nil } }
    }

    @Test func `a runbook stands beside the first message that it matches, and stays there`() async throws {
        try await Scene.run { scene in
            scene.references.model.provider = .openAI
            scene.references.namespaceFacts = "Its rights here: none."
            scene.references.runbooks = [
                try Self.runbook("scaling", keywords: "scale"), try Self.runbook("restarts", keywords: "restart"),
            ]
            func prepare() -> PreparedRequest {
                let machine = scene.store.machine
                return scene.references.prepared(
                    for: machine, of: scene.store.conversation, within: scene.references.budget(for: machine))
            }
            scene.store.log(.turnStarted(number: 1, message: "scale it"))
            let first = prepare()
            let message = try #require(users(first.request).first)
            #expect(
                message.hasSuffix(
                    """
                    \nIts rights here: none.
                    Runbook scaling (by those who run this installation; follow it where it applies):
                    Do it.
                    </context>

                    scale it
                    """), "\(message)")
            #expect(first.use.runbooks == ["scaling"])
            scene.store.log(.modelReplied(ModelTurn(content: "Scaled.")))
            scene.store.log(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "Scaled.")))
            scene.store.log(.turnStarted(number: 2, message: "scale it again and restart it"))
            let second = prepare()
            #expect(users(second.request).first == message)
            #expect(users(second.request).last?.contains("Runbook restarts") == true)
            #expect(users(second.request).last?.contains("Runbook scaling") == false)
            #expect(second.use.runbooks == ["scaling", "restarts"])

            var reply = ModelTurn(content: "Done.")
            reply.context = second.use
            scene.store.log(.modelReplied(reply))
            try await scene.store.claim()
            #expect(scene.store.conversation.status.runbooks == ["scaling", "restarts"])
        }
    }

    @Test func `runbooks leave most of a small context to the conversation`() async throws {
        try await Scene.run { scene in
            scene.references.model.provider = .openAI
            scene.references.model.contextWindow = 4096
            scene.references.runbooks = [
                try Self.runbook("long", text: String(repeating: "x", count: 6000)), try Self.runbook("short"),
            ]
            scene.store.log(.turnStarted(number: 1, message: "scale it"))
            let machine = scene.store.machine
            let budget = scene.references.budget(for: machine)
            let prepared = scene.references.prepared(for: machine, of: scene.store.conversation, within: budget)
            #expect(prepared.use.runbooks == ["short"])
        }
    }
}
