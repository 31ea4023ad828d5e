import FakeKubeAPI
import KubeClient
import KubeModel
import Testing
import ToolKit

@testable import KubernetesTools

@Suite struct KubernetesToolsetTests {
    @Test func `only the tools that read say so`() {
        let reading = tools.definitions().filter(\.onlyReads).map(\.name)
        #expect(
            reading == [
                "k8s_get", "k8s_describe", "k8s_logs", "k8s_rollout_status", "k8s_rollout_history", "k8s_cluster_info",
                "k8s_events", "k8s_top_pods", "k8s_top_nodes", "k8s_auth_can_i", "k8s_list_api_resources",
                "k8s_explain",
                "k8s_diff", "k8s_owner_tree", "k8s_http_get", "wait_for_x_seconds", "k8s_wait",
            ])
    }

    @Test func `a 403 names the permission that is missing`() async {
        let api = FakeAPI()
        let path = "/api/v1/namespaces/shop/secrets/db"
        api.answer("GET \(path)", APIStatus(code: 403, reason: .forbidden, message: "secrets \"db\" is forbidden"))
        let text = await failure(api, "k8s_get", ["resource_type": "secrets", "name": "db"])
        #expect(text.contains("system:serviceaccount:shop:helper may not get secrets in namespace shop"), "\(text)")
    }

    @Test func `every request goes out under the identity of the conversation`() async throws {
        let api = FakeAPI()
        api.put(web)
        _ = try await output(api, "k8s_get", ["resource_type": "deployments"])
        let sent = api.sent.filter { $0.request.path.contains("shop") }
        #expect(!sent.isEmpty && sent.allSatisfy { $0.identity == worker })
    }
}
