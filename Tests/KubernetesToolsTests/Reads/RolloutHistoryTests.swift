import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

@Suite struct RolloutHistoryTests {
    private func replicaSet(_ name: String, revision: Int, image: String, cause: String? = nil) -> KubeObject {
        var set = yaml(
            """
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: \(name)
              namespace: shop
              creationTimestamp: "2026-11-21T03:00:00Z"
              labels: {app: web}
              annotations: {deployment.kubernetes.io/revision: "\(revision)"}
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: uid-web, controller: true}]
            spec:
              template:
                metadata: {labels: {app: web, pod-template-hash: abc}}
                spec: {containers: [{name: app, image: "\(image)", env: [{name: API_TOKEN, value: verysecret}]}]}
            """)
        if let cause { set["metadata", "annotations", "kubernetes.io/change-cause"] = .string(cause) }
        return set
    }

    private func history() -> FakeAPI {
        let api = FakeAPI()
        var deployment = web
        deployment.annotations = ["deployment.kubernetes.io/revision": "3"]
        api.put(deployment)
        api.put(replicaSet("web-c", revision: 3, image: "shop/app:3"))
        api.put(replicaSet("web-a", revision: 1, image: "shop/app:1", cause: "first release"))
        var foreign = replicaSet("other", revision: 2, image: "x")
        foreign.ownerReferences = []
        api.put(foreign)
        return api
    }

    @Test func `revisions are listed in order with causes and images, the current one marked`() async throws {
        let text = try await output(history(), "k8s_rollout_history", ["name": "web"])
        #expect(
            text == """
                deployment.apps/web
                REVISION   CHANGE-CAUSE    CREATED                IMAGES
                1          first release   2026-11-21T03:00:00Z   app=shop/app:1
                3          <none>          2026-11-21T03:00:00Z   app=shop/app:3 (current)
                """)
    }

    @Test func `a revision is shown with its template and what going back to it changes`() async throws {
        let text = try await output(history(), "k8s_rollout_history", ["name": "web", "revision": 1])
        for expected in [
            "deployment.apps/web with revision #1\n", "Change cause: first release", "Image: shop/app:1",
            "API_TOKEN=‹redacted:", "--- revision 3 (current)\n+++ revision 1\n", "-    image: shop/app:3",
            "+    image: shop/app:1",
        ] { #expect(text.contains(expected), "\(expected)\n\(text)") }
        #expect(!text.contains("verysecret") && !text.contains("pod-template-hash"))
    }

    @Test(
        arguments: [
            (["name": "web", "revision": 2], "web has no revision 2; there are: 1, 3"),
            (["name": "web", "revision": 0], "revision: 0 is not between 1 and"),
            (["name": "web", "resource_type": "pods"], "\"pods\" is not one of deployment, statefulset, daemonset"),
            (["name": "p", "kind": "secrets"], "kind: \"secrets\" is not one of"),
            (["name": "gone"], "not found"), (["name": "../web"], "name"),
        ] as [(JSONValue, String)])
    func `what has no such history is refused`(_ arguments: JSONValue, _ expected: String) async {
        let api = history()
        api.put(yaml("{apiVersion: v1, kind: Secret, metadata: {name: p, namespace: shop}}"))
        let text = await failure(api, "k8s_rollout_history", arguments)
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `where the history may not be read, the permission is named`() async {
        let api = history()
        api.answer(
            "GET /apis/apps/v1/namespaces/shop/replicasets", APIStatus(code: 403, reason: .forbidden, message: "no"))
        let text = await failure(api, "k8s_rollout_history", ["name": "web"])
        #expect(text.contains("may not list replicasets (group apps) in namespace shop"), "\(text)")
    }

    @Test(arguments: ["Deployment", "StatefulSet", "DaemonSet"])
    func `each kind that rolls out has a history`(_ kind: String) async throws {
        try await SimulatedShop.run { shop in
            let resource: APIResource =
                kind == "Deployment" ? .deployments : kind == "StatefulSet" ? .statefulSets : .daemonSets
            try await shop.createWorkload(kind, name: "web")
            try await shop.rollout(resource, name: "web")
            try await shop.setImage(resource, name: "web", image: "shop/app:2")
            let arguments: JSONValue = ["name": "web", "resource_type": .string(kind)]
            let text = try await shop.answer("k8s_rollout_history", arguments)
            #expect(text.contains("app=shop/app:1\n") && text.hasSuffix("app=shop/app:2 (current)"), "\(text)")
            let detail = try await shop.answer(
                "k8s_rollout_history", ["name": "web", "resource_type": .string(kind), "revision": 1])
            #expect(detail.contains("Image: shop/app:1") && detail.contains("-    image: shop/app:2"), "\(detail)")
            #expect(!detail.contains("verysecretvalue"))
        }
    }
}
