import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

@Suite struct ClusterInfoTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.answer("GET /version", ["gitVersion": "v1.36.2", "platform": "linux/amd64"])
        api.answer("GET /readyz", KubeResponse(status: 200, body: Array("ok".utf8)))
        for (name, status) in [("n1", "True"), ("n2", "Unknown")] {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: Node, metadata: {name: \(name)}, spec: {unschedulable: \(name == "n2")},
                     status: {conditions: [{type: Ready, status: "\(status)"}], nodeInfo: {kubeletVersion: v1.36.1}}}
                    """))
        }
        return api
    }

    @Test func `version, health, nodes and the services that kubectl names`() async throws {
        let api = api()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Service, spec: {ports: [{name: dns, port: 53}]},
                 metadata: {name: kube-dns, namespace: kube-system,
                  labels: {kubernetes.io/cluster-service: "true", kubernetes.io/name: CoreDNS}}}
                """))
        #expect(
            try await output(api, "k8s_cluster_info", [:]) == """
                Kubernetes control plane: version v1.36.2 (linux/amd64)
                Health (/readyz): ok
                Nodes: 2, 1 ready, 1 unschedulable
                Kubelets: v1.36.1 (2)
                Not ready: n2
                Core services:
                  CoreDNS is running at /api/v1/namespaces/kube-system/services/kube-dns:dns/proxy

                """)
        #expect(api.requests.allSatisfy { $0.method == .get })
    }

    @Test func `a server that isn't ready says which check fails`() async throws {
        let api = api()
        let body = "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n"
        api.answer("GET /readyz", KubeResponse(status: 500, body: Array(body.utf8)))
        let text = try await output(api, "k8s_cluster_info", [:])
        // The first answer is the ready one.
        let second = try await output(api, "k8s_cluster_info", [:])
        #expect(text.contains("Health (/readyz): ok"))
        #expect(second.contains("not ready (HTTP 500): [-]etcd failed: reason withheld"), "\(second)")
    }

    @Test func `what may not be read is said for each part`() async throws {
        let api = api()
        let no = APIStatus(code: 403, reason: .forbidden, message: "no")
        for path in ["/api/v1/nodes", "/api/v1/namespaces/kube-system/services"] { api.answer("GET \(path)", no) }
        let text = try await output(api, "k8s_cluster_info", [:])
        #expect(
            text.contains("Nodes: can't be listed: ") && text.contains("may not list nodes cluster-wide"), "\(text)")
        #expect(text.contains("Core services: can't be listed: missing permission to list services in"), "\(text)")
        #expect(text.contains("version v1.36.2"))
    }

    @Test func `a running cluster is described`() async throws {
        try await SimulatedShop.run { shop in
            let text = try await shop.answer("k8s_cluster_info", [:])
            #expect(text.contains("version v1.36") && text.contains("(/readyz): ok"), "\(text)")
            #expect(text.contains("Nodes: 1, 1 ready\n"), "\(text)")
        }
    }
}
