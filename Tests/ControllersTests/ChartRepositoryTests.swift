import ChartRepositories
import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import TestCharts
import Testing
import ToolKit
import Writes

@testable import Controllers

/// Chart repositories as a SkyfloAI names them: who may use one, settings that change, and what its status says.
@Suite struct ChartRepositoryTests {
    private static let key = ObjectKey(namespace: "shop", name: "sky")

    private static func with(
        _ body: @escaping @Sendable (inout Scene, TestChartServer) async throws -> Void
    ) async throws {
        let server = TestChartServer()
        server.add("web", version: "1.0.0", archive: ChartArchives.simple("web", version: "1.0.0"))
        server.push("acme/web", tag: "1.0.0", archive: ChartArchives.simple("web", version: "1.0.0"))
        server.require(.user("copilot", password: "hush-hush"))
        try await server.serve {
            try await Scene.run { scene in
                func encoded(_ text: String) -> JSONValue { .string(Base64.encode(Array(text.utf8))) }
                scene.cluster.put(
                    KubeObject(
                        .secrets, namespace: "shop", name: "registry",
                        members: [
                            "type": "Opaque",
                            "data": ["username": encoded("copilot"), "password": encoded("hush-hush")],
                        ]), in: .secrets)
                configure(
                    [
                        ["name": "stable", "url": .string(server.url)],
                        [
                            "name": "oci", "url": .string(server.registry), "plainHTTP": true,
                            "secretRef": ["name": "registry"],
                        ],
                    ], in: scene)
                try await eventually(scene) { $0.repositories.count == 2 }
                try await body(&scene, server)
            }
        }
    }

    private static func configure(_ repositories: JSONValue, in scene: Scene) {
        scene.cluster.change(.skyfloAIs, "sky", ["spec": ["helm": ["repositories": repositories]]])
        if let object = scene.cluster.object(.skyfloAIs, "sky") { scene.dependencies.skyfloAIs.insert(object) }
    }

    private static func charts(_ scene: Scene) -> any ChartProvider {
        ReadAccess(scene.dependencies).charts(
            of: key, in: "shop", for: .serviceAccount(namespace: "shop", name: "copilot"))
    }

    private static func eventually(_ scene: Scene, _ condition: (any ChartProvider) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition(charts(scene)) {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }

    @Test func `charts come from the repositories of the SkyfloAI, with the credential of its Secret`() async throws {
        try await Self.with { scene, server in
            let charts = Self.charts(scene)
            #expect(charts.repositories.map(\.name) == ["stable", "oci"] && charts.skyfloAI == Self.key)
            let first = try await charts.chart(ChartReference("stable/web"))
            #expect(try await charts.chart(ChartReference("oci/web")).digest == first.digest)
            let reads = scene.cluster.sent.filter { $0.request.path.hasSuffix("/secrets/registry") }
            #expect(reads.count == 1)
        }
    }

    @Test func `a repository with a credential takes a right, and one without takes none`() async throws {
        try await Self.with { scene, server in
            let charts = Self.charts(scene)
            func reviews() -> [JSONValue] {
                scene.cluster.sent.filter { $0.request.path.hasSuffix("/selfsubjectaccessreviews") }.compactMap {
                    $0.request.body.flatMap { try? JSONParser.parse($0) }?["spec", "resourceAttributes"]
                }
            }
            _ = try await charts.chart(ChartReference("stable/web"))
            #expect(reviews().isEmpty)
            _ = try await charts.chart(ChartReference("oci/web", version: "1.0.0"))
            let asked = try #require(reviews().first)
            #expect(asked["resource"] == "helmrepositories" && asked["group"] == "skyflo.ai" && asked["verb"] == "get")
            #expect(asked["name"] == "oci" && asked["namespace"] == "shop")
        }
    }

    @Test func `who disables a repository is obeyed by the next request`() async throws {
        try await Self.with { scene, server in
            let charts = Self.charts(scene)
            _ = try await charts.chart(ChartReference("stable/web"))
            Self.configure([["name": "stable", "url": .string(server.url), "enabled": false]], in: scene)
            #expect(charts.repositories.isEmpty)
            await #expect(throws: ToolFailure.self) { try await charts.chart(ChartReference("stable/web")) }
        }
    }

    @Test func `the status says of each whether it was reached, and why not`() async throws {
        try await Self.with { scene, server in
            let reconciler = SkyfloAIReconciler(scene.dependencies)
            _ = try await reconciler.reconcile(Self.key)
            func statuses() throws -> [HelmRepositoryStatus] {
                SkyfloAI(try #require(scene.cluster.object(.skyfloAIs, "sky"))).status.helmRepositories
            }
            let first = try statuses()
            #expect(first.map(\.name) == ["stable", "oci"])
            #expect(first.allSatisfy { $0.isReached && $0.message.isEmpty && $0.since != nil }, "\(first)")
            Self.configure(
                [
                    ["name": "stable", "url": "http://127.0.0.1:1/"],
                    [
                        "name": "oci", "url": .string(server.registry), "plainHTTP": true,
                        "secretRef": ["name": "missing"],
                    ],
                ], in: scene)
            scene.cluster.change(.skyfloAIs, "sky", ["metadata": ["generation": 9]])
            scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            _ = try await reconciler.reconcile(Self.key)
            let second = try statuses()
            #expect(second.allSatisfy { !$0.isReached })
            #expect(second.first?.message.hasPrefix("Helm repository stable: the system can't be reached") == true)
            #expect(second.last?.message == "Helm repository oci: Secret missing does not exist")
            Self.configure([], in: scene)
            scene.cluster.change(.skyfloAIs, "sky", ["metadata": ["generation": 10]])
            scene.dependencies.skyfloAIs.insert(try #require(scene.cluster.object(.skyfloAIs, "sky")))
            _ = try await reconciler.reconcile(Self.key)
            #expect(try statuses().isEmpty)
        }
    }
}
