import FakeKubeAPI
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools

@Suite struct MetricsToolsTests {
    @Test func `pods and nodes have usage, sorted and by container`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.createWorkload("Deployment", name: "web")
            try await shop.rollout(.deployments, name: "web")
            let pods = try await shop.answer("k8s_top_pods", ["sort_by": "cpu"])
            let lines = pods.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines[0] == ["NAME", "CPU(cores)", "MEMORY(bytes)"] && lines.count == 3, "\(pods)")
            let cores = lines.dropFirst().compactMap { Int($0[1].dropLast()) }
            #expect(cores == cores.sorted(by: >) && cores.allSatisfy { (80...120).contains($0) }, "\(pods)")
            let containers = try await shop.answer(
                "k8s_top_pods", ["show_containers": true, "no_headers": true, "label_selector": "app=web"])
            #expect(containers.split(separator: "\n").allSatisfy { $0.contains("   app   ") }, "\(containers)")
            let one = try await shop.answer("k8s_top_pods", ["pod_name": .string(lines[1][0])])
            #expect(one.split(separator: "\n").count == 2)
            let everywhere = try await shop.answer("k8s_top_pods", ["all_namespaces": true])
            #expect(everywhere.hasPrefix("NAMESPACE   NAME ") && everywhere.contains("\nshop        web-"))
            let nodes = try await shop.answer("k8s_top_nodes", [:])
            #expect(nodes.hasPrefix("NAME         CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)\nlocal-node "))
            #expect(!nodes.contains("<unknown>") && nodes.contains("%"), "\(nodes)")
        }
    }

    @Test func `what has no metrics says why`() async throws {
        try await SimulatedShop.run { shop in
            let empty = try await shop.answer("k8s_top_pods", [:])
            #expect(empty.hasSuffix("no metrics of pods.\nThere are no such pods."), "\(empty)")
            let gone = try await shop.answer("k8s_top_pods", ["pod_name": "gone"])
            #expect(gone.contains("pods \"gone\" not found"), "\(gone)")
            let nowhere = try await shop.answer("k8s_top_pods", ["namespace": "shopp"])
            #expect(nowhere.contains("namespace shopp doesn't exist"), "\(nowhere)")
            let node = try await shop.answer("k8s_top_nodes", ["node_name": "gone"])
            #expect(node.contains("nodes \"gone\" not found"), "\(node)")
        }
    }

    @Test func `the permission that is missing is named`() async throws {
        try await SimulatedShop.run { shop in
            let text = try await shop.answer("k8s_top_pods", [:], as: worker)
            #expect(text.contains("may not list pods (group metrics.k8s.io) in namespace shop"), "\(text)")
        }
    }

    @Test func `a cluster without metrics is told from one whose metrics are down`() async throws {
        let api = FakeAPI()
        for tool in ["k8s_top_pods", "k8s_top_nodes"] {
            let text = await failure(api, tool, [:])
            #expect(text.contains("doesn't serve metrics.k8s.io") && text.contains("isn't installed"), "\(text)")
        }
        let down = FakeAPI()
        let stale: JSONValue = [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
            "items": [
                [
                    "metadata": ["name": "metrics.k8s.io"],
                    "versions": [["version": "v1beta1", "freshness": "Stale", "resources": []]],
                ]
            ],
        ]
        down.answer("GET /apis", stale)
        _ = await failure(down, "k8s_top_pods", [:])
        let text = await failure(down, "k8s_top_pods", [:])
        #expect(text.contains("its server (metrics-server) doesn't answer"), "\(text)")
    }

    @Test(
        arguments: [
            ("k8s_top_pods", ["namespace": "a", "all_namespaces": true], "exclude each other"),
            ("k8s_top_pods", ["pod_name": "a", "label_selector": "a=b"], "exclude each other"),
            ("k8s_top_pods", ["sort_by": "disk"], "sort_by: \"disk\" is not one of cpu, memory"),
            ("k8s_top_pods", ["label_selector": "a=="], ""),
            ("k8s_top_nodes", ["node_name": "a", "label_selector": "a=b"], "exclude each other"),
            ("k8s_top_nodes", ["node_name": "a/b"], "node_name"),
        ] as [(String, JSONValue, String)])
    func `what makes no sense is refused`(_ tool: String, _ arguments: JSONValue, _ expected: String) async {
        let text = await failure(FakeAPI(), tool, arguments)
        #expect(text.contains(expected), "\(text)")
    }

    @Test(
        arguments: [
            ("12345678n", "13m", "0Mi"), ("250m", "250m", "0Mi"), ("1.5", "1500m", "0Mi"),
            ("64Mi", "67108864000m", "64Mi"),
            ("131072Ki", "134217728000m", "128Mi"), ("0", "0m", "0Mi"), ("2e3", "2000000m", "0Mi"),
        ])
    func `quantities are printed as kubectl prints them`(_ text: String, _ cores: String, _ bytes: String) throws {
        let amount = try #require(ResourceAmount(.string(text)))
        #expect(amount.cores == cores && amount.mebibytes == bytes)
        #expect(ResourceAmount("x1") == nil && ResourceAmount("1x") == nil && ResourceAmount(.null) == nil)
    }
}
