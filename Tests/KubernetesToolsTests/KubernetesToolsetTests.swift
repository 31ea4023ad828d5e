import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit

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

    /// Of what each parameter is where nobody gives it; the namespace is that of the conversation here.
    @Test func `every tool of the reference is there, with its parameters and defaults`() throws {
        let reference: [String: KeyValuePairs<String, JSONValue?>] = [
            "k8s_logs": [
                "pod_name": nil, "namespace": nil, "num_lines": 50, "container_name": nil, "since": nil,
                "previous": false,
            ],
            "k8s_get": [
                "resource_type": nil, "name": nil, "all_namespaces": false, "namespace": nil, "output": nil,
                "label_selector": nil,
            ],
            "k8s_describe": ["name": nil, "resource_type": nil, "namespace": nil],
            "k8s_apply": ["content": nil, "namespace": nil],
            "k8s_patch": [
                "name": nil, "resource_type": nil, "patch": nil, "namespace": nil, "patch_type": "strategic",
            ],
            "k8s_set_image": ["resource_name": nil, "resource_type": nil, "container_images": nil, "namespace": nil],
            "k8s_rollout_restart": ["name": nil, "namespace": nil],
            "k8s_scale": ["name": nil, "resource_type": nil, "replicas": nil, "namespace": nil],
            "k8s_delete": ["name": nil, "resource_type": nil, "namespace": nil],
            "k8s_rollout_status": ["name": nil, "namespace": nil],
            "k8s_rollout_undo": ["name": nil, "resource_type": "deployment", "namespace": nil, "to_revision": nil],
            "k8s_rollout_history": ["name": nil, "resource_type": "deployment", "namespace": nil, "revision": nil],
            "k8s_cluster_info": [:], "k8s_cordon": ["node_name": nil], "k8s_uncordon": ["node_name": nil],
            "k8s_drain": ["node_name": nil, "ignore_daemonsets": true, "delete_emptydir_data": false],
            "k8s_run_pod": ["name": nil, "image": nil, "namespace": nil, "command": nil],
            "k8s_exec": ["pod_name": nil, "command": nil, "namespace": nil, "container_name": nil],
            "k8s_top_pods": [
                "pod_name": nil, "namespace": nil, "all_namespaces": false, "show_containers": false,
                "label_selector": nil, "sort_by": nil, "no_headers": false,
            ],
            "k8s_top_nodes": ["node_name": nil, "sort_by": nil, "label_selector": nil, "no_headers": false],
        ]
        let all = KubernetesToolset.all { .init(seconds: 0) }
        for (name, parameters) in reference {
            let tool = try #require(all.first { $0.name == name }, "\(name)")
            for (parameter, value) in parameters {
                let ours = tool.parameters.list.first { $0.names.contains(parameter) }
                #expect(ours != nil && ours?.defaultValue == value, "\(name) \(parameter)")
            }
            let known = Set(parameters.map(\.key) + ["name", "kind"])
            #expect(
                tool.parameters.list.filter(\.isRequired).allSatisfy { !known.isDisjoint(with: $0.names) }, "\(name)")
        }
    }

    /// The names of before stay what stored conversations and other clients use.
    @Test func `what a parameter was called before is taken`() async throws {
        let api = FakeAPI()
        api.put(web)
        let texts = [
            try await output(api, "k8s_get", ["resource_type": "deploy", "name": "web"]),
            try await output(api, "k8s_get", ["kind": "deploy", "name": "web"]),
        ]
        #expect(texts[0] == texts[1])
    }
}
