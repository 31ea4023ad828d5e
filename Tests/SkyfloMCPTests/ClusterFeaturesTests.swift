import KubeClient
import KubeModel
import KubernetesTools
import LocalCluster
import MCP
import OperatorTestKit
import SkyfloMCP
import Testing
import ToolKit
import Writes

extension ClusterFeatures {
    static func features(_ api: any KubeAPI, user: String, options: Options = Options()) -> ClusterFeatures {
        let now: @Sendable () -> KubeTime = { KubeTime(seconds: 1_800_000_000) }
        return ClusterFeatures(
            api: api, user: user, namespace: "default",
            registry: ToolRegistry(KubernetesToolset.all(now: now), onDemand: KubernetesToolset.groups),
            redactor: Redactor(key: Array("a key for tests only".utf8)), options: options, now: now)
    }

    static func forTests(_ api: any KubeAPI, user: String) -> MCPServer {
        MCPServer(
            .init(name: "skyflo", title: "Skyflo", version: "1", instructions: ""), features: features(api, user: user))
    }
}

@Suite struct ClusterFeaturesTests {
    private static let meta = RequestMeta(legacy: [:], revision: .november2025)

    private func call(_ features: ClusterFeatures, _ tool: String, _ arguments: JSONObject = [:]) async throws
        -> ToolResult
    {
        try await features.call(tool: tool, arguments: arguments, request: Self.meta, progress: .none)
    }

    @Test func `only what reads is offered beside conversations`() async throws {
        try await TestCluster.run { cluster in
            let features = ClusterFeatures.features(cluster.api, user: "kubernetes-admin")
            let tools = try await features.tools()
            let names = Set(tools.map(\.name))
            #expect(names.isSuperset(of: ["conversation_ask", "approval_decide", "k8s_get", "k8s_wait"]))
            #expect(names.isDisjoint(with: ["k8s_scale", "k8s_delete", "load_toolset"]))
            for tool in tools where tool.name.hasPrefix("k8s_") {
                #expect(tool.annotations["readOnlyHint"] == true, "\(tool.name)")
            }
            #expect(
                tools.allSatisfy {
                    $0.inputSchema["type"] == "object" && $0.name.count <= 64 && !$0.description.isEmpty
                })
        }
    }

    @Test func `a tool that changes something isn't run, and says how it is done`() async throws {
        try await TestCluster.run { cluster in
            let features = ClusterFeatures.features(cluster.api, user: "kubernetes-admin")
            let scale = try await call(features, "k8s_scale", ["name": "web", "replicas": 3])
            #expect(scale.isError && scale.text.contains("conversation_ask"))
            await #expect(throws: RPCError.self) { try await call(features, "k8s_nothing") }
            let readOnly = ClusterFeatures.features(cluster.api, user: "a", options: .init(isReadOnly: true))
            #expect(try await call(readOnly, "k8s_scale").text.contains("read-only"))
        }
    }

    @Test func `reads are done as the caller, without impersonation`() async throws {
        try await TestCluster.run { cluster in
            _ = try await cluster.api.create(.configMap("colours", data: ["sky": "blue"]), in: .configMaps)
            let features = ClusterFeatures.features(cluster.api, user: "whoever")
            let got = try await call(features, "k8s_get", ["resource_type": "configmaps"])
            #expect(!got.isError && got.text.contains("colours"), "\(got.text)")
            let wrong = try await call(features, "k8s_get", ["resource_tipe": "configmaps"])
            #expect(wrong.isError && wrong.text.contains("resource_tipe"))
        }
    }

    @Test func `a wait ends by itself`() async throws {
        try await TestCluster.run { cluster in
            _ = try await cluster.api.create(.configMap("colours", data: [:]), in: .configMaps)
            let features = ClusterFeatures.features(cluster.api, user: "whoever")
            let waited = try await call(
                features, "k8s_wait",
                ["resource_type": "configmap", "name": "colours", "for": "create", "timeout": "10s"])
            #expect(!waited.isError && waited.text.contains("Met"), "\(waited.text)")
        }
    }

    @Test func `namespaces and conversations are completed; what may not be listed is left out`() async throws {
        try await TestCluster.run { cluster in
            let features = ClusterFeatures.features(cluster.api, user: "whoever")
            let namespaces = try await features.complete(
                .prompt("diagnose"), argument: "namespace", value: "kube-s", context: [:])
            #expect(namespaces == ["kube-system"])
            // Nothing serves conversations here.
            let names = try await features.complete(
                .resource(uri: "skyflo://conversations/{namespace}/{name}"), argument: "name", value: "", context: [:])
            #expect(names.isEmpty)
        }
    }

    @Test(arguments: [
        "skyflo://conversations/a/..", "skyflo://conversations/a/b/c", "skyflo://secrets/a/b", "http://a/b/c", "",
        "skyflo://conversations/a/b?x", "skyflo://conversations//b", "skyflo://conversations/a/%2e%2e",
    ])
    func `a resource can't lead elsewhere`(uri: String) async throws {
        try await TestCluster.run { cluster in
            let features = ClusterFeatures.features(cluster.api, user: "whoever")
            let error = await #expect(throws: RPCError.self) { try await features.read(resource: uri) }
            #expect(error?.code == .invalidParams && error?.data?["uri"]?.string == uri)
        }
    }
}
