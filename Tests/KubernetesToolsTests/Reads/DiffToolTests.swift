import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

@Suite struct DiffToolTests {
    private func manifest(_ image: String, token: String = "verysecretvalue") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "\(image)", env: [{name: API_TOKEN, value: \(token)}]}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        """
    }

    @Test func `each document is compared with the live object, and nothing is written`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.createWorkload("Deployment", name: "web")
            try await shop.rollout(.deployments, name: "web")
            let text = try await shop.answer("k8s_diff", ["content": .string(manifest("shop/app:2"))])
            for expected in [
                "--- /dev/null\n+++ configmap shop/settings (after)", "+  mode: fast",
                "--- deployment shop/web (live)\n+++ deployment shop/web (after)", "shop/app:1", "shop/app:2",
            ] { #expect(text.contains(expected), "\(expected)\n\(text)") }
            #expect(!text.contains("verysecretvalue"))
            let live = try await shop.client.get(.deployments, namespace: "shop", name: "web")
            #expect(live["spec", "template", "spec", "containers"]?[0]?["image"] == "shop/app:1")
            let settings = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
            #expect(try await shop.client.find(settings, namespace: "shop", name: "settings") == nil)
        }
    }

    @Test func `no difference is an answer`() async throws {
        try await SimulatedShop.run { shop in
            let map =
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {mode: fast}}"
            try await shop.create(yaml(map))
            let text = try await shop.answer("k8s_diff", ["content": .string(map)])
            #expect(text == "No differences: configmap shop/settings unchanged.", "\(text)")
        }
    }

    @Test func `an object that changes meanwhile is read again`() async throws {
        let api = FakeAPI()
        api.put(web)
        let path = "PATCH /apis/apps/v1/namespaces/shop/deployments/web"
        api.answer(path, APIStatus(code: 409, reason: .conflict, message: "the object has been modified"))
        api.answer(path, web.json)
        let text = try await output(api, "k8s_diff", ["content": .string(manifest("shop/app:2"))])
        #expect(text.contains("+++ configmap shop/settings (after)"), "\(text)")
    }

    @Test func `everything that is sent is a read or a dry run`() async throws {
        let api = FakeAPI()
        api.put(web)
        let text = try await output(api, "k8s_diff", ["content": .string(manifest("shop/app:2"))])
        #expect(text.contains("+++ deployment shop/web (after)"), "\(text)")
        let writing = api.requests.filter { $0.method != .get }
        #expect(!writing.isEmpty && writing.allSatisfy { $0[query: "dryRun"] == "All" && $0.isReadOnly })
    }

    @Test(
        arguments: [
            ("a: [", "content"), ("{}", "content"),
            ("{apiVersion: v1, kind: ConfigMap, metadata: {}}", "metadata.name"),
            ("{apiVersion: v1, kind: Gizmo, metadata: {name: a}}", "no matches for kind \"Gizmo\""),
        ])
    func `what is no manifest is refused as by k8s_apply`(_ content: String, _ expected: String) async {
        let text = await failure(FakeAPI(), "k8s_diff", ["content": .string(content)])
        #expect(text.contains(expected), "\(text)")
    }
}
