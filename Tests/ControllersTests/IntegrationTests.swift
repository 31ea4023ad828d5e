import ControllerRuntime
import Integrations
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import TestJenkins
import TestWeb
import Testing
import Writes

@testable import Controllers

/// Integrations as a SkyfloAI names them: credentials that rotate, settings that change, and what its status says.
@Suite struct IntegrationTests {
    private static func with(
        _ body: @escaping @Sendable (inout Scene, TestJenkins) async throws -> Void
    ) async throws {
        let jenkins = TestJenkins(prefix: "/ci")
        jenkins.change { state in
            state.job("shop/deploy")
            state.job("web/other")
        }
        try await jenkins.serve {
            try await Scene.run { scene in
                put(token: jenkins.token, in: scene.cluster)
                configure(["allowedJobs": ["shop/*"]], jenkins, in: scene)
                try await eventually(scene) { !$0.integrations(of: .jenkins).isEmpty }
                try await body(&scene, jenkins)
            }
        }
    }

    private static func put(token: String, in cluster: FakeCluster, type: String = "Opaque") {
        func encoded(_ text: String) -> JSONValue { .string(Base64.encode(Array(text.utf8))) }
        cluster.put(
            KubeObject(
                .secrets, namespace: "shop", name: "ci",
                members: ["type": .string(type), "data": ["username": encoded("copilot"), "token": encoded(token)]]),
            in: .secrets)
    }

    private static func configure(_ more: JSONValue, _ jenkins: TestJenkins, in scene: Scene) {
        let own: JSONValue = ["name": "main", "url": .string(jenkins.url), "secretRef": ["name": "ci"]]
        scene.cluster.change(
            .skyfloAIs, "sky", ["spec": ["integrations": ["jenkins": [MergePatch.apply(more, to: own)]]]])
        if let object = scene.cluster.object(.skyfloAIs, "sky") { scene.dependencies.skyfloAIs.insert(object) }
    }

    private static func directory(_ scene: Scene) -> IntegrationDirectory {
        scene.dependencies.integrations(of: ObjectKey(namespace: "shop", name: "sky"))
    }

    private static func eventually(_ scene: Scene, _ condition: (IntegrationDirectory) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition(directory(scene)) {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }

    private static func client(_ scene: Scene) async throws -> JenkinsClient {
        let transport = try await directory(scene).transport(to: "main", of: .jenkins)
        return JenkinsClient(transport, name: "main")
    }

    @Test func `a token that rotates is read again when it is refused`() async throws {
        try await Self.with { scene, jenkins in
            let client = try await Self.client(scene)
            let path = try JenkinsPath("shop/deploy")
            _ = try await client.job(path)
            _ = try await client.job(path)
            func reads() -> Int { scene.cluster.sent.count { $0.request.path.hasSuffix("/secrets/ci") } }
            #expect(reads() == 1)
            jenkins.rotate(token: "another-token")
            Self.put(token: "another-token", in: scene.cluster)
            _ = try await client.job(path)
            #expect(reads() == 2)
            jenkins.rotate(token: "a-third-one")
            await #expect(throws: IntegrationError.self) { try await client.job(path) }
        }
    }

    @Test func `who disables an integration is obeyed by the next request`() async throws {
        try await Self.with { scene, jenkins in
            #expect(Self.directory(scene).integrations(of: .jenkins) == [.init(name: "main", allowedNames: ["shop/*"])])
            Self.configure(["enabled": false], jenkins, in: scene)
            #expect(Self.directory(scene).integrations(of: .jenkins).isEmpty)
            await #expect(throws: IntegrationError.self) {
                try await Self.directory(scene).transport(to: "main", of: .jenkins)
            }
        }
    }

    @Test(arguments: ["kubernetes.io/service-account-token", "kubernetes.io/dockerconfigjson"])
    func `credentials of another type are not sent anywhere`(_ type: String) async throws {
        try await Self.with { scene, jenkins in
            Self.put(token: jenkins.token, in: scene.cluster, type: type)
            let client = try await Self.client(scene)
            await #expect(throws: IntegrationError.self) { try await client.identity() }
            #expect(jenkins.requests.isEmpty)
        }
    }

    @Test func `the status says whether each was reached, as whom, which version, since when`() async throws {
        try await Self.with { scene, jenkins in
            let reconciler = SkyfloAIReconciler(scene.dependencies)
            let key = ObjectKey(namespace: "shop", name: "sky")
            _ = try await reconciler.reconcile(key)
            func status() throws -> IntegrationStatus {
                let object = try #require(scene.cluster.object(.skyfloAIs, "sky"))
                return try #require(SkyfloAI(object).status.integrations.first)
            }
            let first = try status()
            #expect(first.isReached && first.user == "copilot" && first.version == "2.479.3" && first.message.isEmpty)
            let since = try #require(first.since)
            Self.configure(["secretRef": ["name": "missing"]], jenkins, in: scene)
            scene.cluster.change(.skyfloAIs, "sky", ["metadata": ["generation": 9]])
            scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            _ = try await reconciler.reconcile(key)
            let second = try status()
            #expect(!second.isReached && second.user == nil)
            #expect(second.message == "Jenkins main: Secret missing does not exist")
            #expect(try #require(second.since) >= since)
            let whole = JSONWriter.string(try #require(scene.cluster.object(.skyfloAIs, "sky")).json)
            #expect(!whole.contains(jenkins.token))
        }
    }
}
