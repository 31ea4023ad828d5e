import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct WriteToolsTests {
    private let scalePath = "/apis/apps/v1/namespaces/shop/deployments/web/scale"

    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        api.answer("GET \(scalePath)", ["kind": "Scale", "spec": ["replicas": 2]])
        return api
    }

    /// No tool may send anything but reads and dry runs.
    private func expectNoWrites(_ api: FakeAPI) {
        #expect(api.requests.allSatisfy { $0.method == .get || $0[query: "dryRun"] == "All" })
    }

    // MARK: - Scale

    @Test func `scale patches the scale with uid and version`() async throws {
        let api = api()
        let proposal = try await proposal(api, "k8s_scale", ["resource_type": "deploy", "name": "web", "replicas": 3])
        #expect(proposal.summary == "Scale deployment shop/web from 2 to 3 replicas")
        #expect(proposal.risk == .low)
        let planned = try #require(proposal.requests.first)
        #expect(planned.request.method == .patch)
        #expect(planned.request.target == scalePath + "?fieldManager=skyflo")
        #expect(planned.request.contentType == "application/merge-patch+json")
        #expect(
            try body(planned) == ["spec": ["replicas": 3], "metadata": ["uid": "uid-web", "resourceVersion": "41"]])
        #expect(planned.target.uid == "uid-web" && planned.target.resourceVersion == "41" && planned.before == web)
        #expect(
            proposal.postConditions == [
                .replicas(.init(resource: .deployments, namespace: "shop", name: "web"), count: 3),
                .noWarnings(.init(resource: .deployments, namespace: "shop", name: "web")),
            ])
        expectNoWrites(api)
    }

    @Test func `scaling down is riskier, to nothing most`() async throws {
        for (count, risk) in [(1, Risk.medium), (0, .high)] {
            let arguments: JSONValue = ["resource_type": "deploy", "name": "web", "replicas": JSONValue(count)]
            #expect(try await proposal(api(), "k8s_scale", arguments).risk == risk)
        }
    }

    @Test func `what is already so is no proposal`() async throws {
        let api = api()
        #expect(
            try await output(api, "k8s_scale", ["resource_type": "deploy", "name": "web", "replicas": 2]).hasPrefix(
                "Nothing to do"))
        #expect(
            try await output(
                api, "k8s_set_image",
                ["resource_type": "deploy", "resource_name": "web", "container_images": "app=shop/app:1"]
            ).hasPrefix("Nothing to do"))
        #expect(
            try await output(
                api, "k8s_patch", ["resource_type": "deploy", "name": "web", "patch": #"{"spec":{"replicas":2}}"#]
            ).hasPrefix("Nothing to do"))
        #expect(
            try await output(
                api, "k8s_apply",
                ["content": "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2}}"]
            ).hasPrefix("Nothing to do"))
        expectNoWrites(api)
    }

    @Test func `a kind that keeps its replicas elsewhere is shown by its scale`() async throws {
        let api = FakeAPI()
        api.put(
            yaml(
                "{apiVersion: example.dev/v1, kind: Widget, metadata: {name: w, namespace: shop, uid: u}, spec: {size: 4}}"
            ))
        api.answer(
            "GET /apis/example.dev/v1/namespaces/shop/widgets/w/scale",
            ["kind": "Scale", "metadata": ["name": "w", "uid": "u", "resourceVersion": "9"], "spec": ["replicas": 4]])
        let proposal = try await proposal(api, "k8s_scale", ["resource_type": "widget", "name": "w", "replicas": 5])
        #expect(proposal.requests[0].before?.kind == "Scale")
        #expect(try body(proposal.requests[0])["metadata", "resourceVersion"] == "9")
    }

    // MARK: - Images, restarts, undo

    @Test func `set image patches only the named containers`() async throws {
        let proposal = try await proposal(
            api(), "k8s_set_image",
            [
                "resource_type": "deploy", "resource_name": "web",
                "container_images": "app=r.io:5000/app@sha256:ab, migrate=m:2",
            ])
        let planned = proposal.requests[0]
        #expect(planned.request.contentType == "application/strategic-merge-patch+json")
        #expect(
            try body(planned) == [
                "spec": [
                    "template": [
                        "spec": [
                            "initContainers": [["name": "migrate", "image": "m:2"]],
                            "containers": [["name": "app", "image": "r.io:5000/app@sha256:ab"]],
                        ]
                    ]
                ], "metadata": ["uid": "uid-web", "resourceVersion": "41"],
            ])
        #expect(
            proposal.postConditions.count == 2 && proposal.summary.contains("app shop/app:1 → r.io:5000/app@sha256:ab"))
    }

    @Test func `a star means all containers, and a cronjob's template lies deeper`() async throws {
        let all = try await proposal(
            api(), "k8s_set_image", ["resource_type": "deploy", "resource_name": "web", "container_images": "*=x:1"])
        #expect(try body(all.requests[0])["spec", "template", "spec", "containers"]?.array?.count == 2)
        let api = FakeAPI()
        api.put(
            yaml(
                """
                {apiVersion: batch/v1, kind: CronJob, metadata: {name: c, namespace: shop},
                 spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}}}}
                """))
        let cron = try await proposal(
            api, "k8s_set_image", ["resource_type": "cronjob", "resource_name": "c", "container_images": "a=a:2"])
        #expect(
            try body(cron.requests[0])["spec", "jobTemplate", "spec", "template", "spec", "containers"] == [
                ["name": "a", "image": "a:2"]
            ])
    }

    @Test(arguments: [
        ("app", "is not container=image"), ("app=", "is not an image reference"),
        ("nope=x:1", "its containers: migrate, app, proxy"),
        ("app=x:1,app=x:2", "each container once"), ("app=x:1,*=y:1", "each container once"),
        ("app=--x", "is not an image reference"),
        ("app=x y", "is not an image reference"), ("--all=x:1", "is not container=image"),
        ("app=../../x", "is not an image reference"),
        ("app=x:1,", "is not container=image"),
    ])
    func `images that aren't are refused`(_ images: String, _ expected: String) async {
        let text = await failure(
            api(), "k8s_set_image",
            ["resource_type": "deploy", "resource_name": "web", "container_images": .string(images)])
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `a job's image can't be changed`() async {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: shop}}"))
        let text = await failure(
            api, "k8s_set_image", ["resource_type": "job", "resource_name": "j", "container_images": "a=b"])
        #expect(text.contains("can't be changed"))
    }

    @Test func `a restart fixes its time in the proposal`() async throws {
        let proposal = try await proposal(api(), "k8s_rollout_restart", ["name": "web"])
        #expect(
            try body(proposal.requests[0])["spec", "template", "metadata", "annotations"]
                == ["kubectl.kubernetes.io/restartedAt": "2027-01-15T08:00:00Z"])
        let paused = FakeAPI()
        paused.put(KubeObject(MergePatch.apply(["spec": ["paused": true]], to: web.json)))
        #expect(await failure(paused, "k8s_rollout_restart", ["name": "web"]).contains("paused"))
    }

    @Test func `an undo puts the template of the revision before back`() async throws {
        let api = FakeAPI()
        api.put(
            KubeObject(
                MergePatch.apply(
                    ["metadata": ["annotations": ["deployment.kubernetes.io/revision": "3"]]], to: web.json)))
        for (revision, owner) in [("1", "uid-web"), ("2", "uid-web"), ("3", "uid-web"), ("9", "other")] {
            api.put(
                yaml(
                    """
                    {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-\(revision), namespace: shop, labels: {app: web},
                      annotations: {deployment.kubernetes.io/revision: "\(revision)"},
                      ownerReferences: [{kind: Deployment, name: web, uid: \(owner), controller: true}]},
                     spec: {template: {metadata: {labels: {app: web, pod-template-hash: h}}, spec: {containers: [{name: app, image: "app:\(revision)"}]}}}}
                    """))
        }
        let proposal = try await proposal(api, "k8s_rollout_undo", ["name": "web"])
        #expect(proposal.summary.hasSuffix("from revision 3 to revision 2"))
        let operations = try #require(try body(proposal.requests[0]).array)
        #expect(operations[0] == ["op": "test", "path": "/metadata/uid", "value": "uid-web"])
        #expect(operations[1] == ["op": "test", "path": "/metadata/resourceVersion", "value": "41"])
        #expect(operations[2]["path"] == "/spec/template")
        #expect(operations[2]["value", "spec", "containers"]?[0]?["image"] == "app:2")
        #expect(operations[2]["value", "metadata", "labels"] == ["app": "web"])
        #expect(
            await failure(api, "k8s_rollout_undo", ["name": "web", "to_revision": 9]).contains(
                "its revisions are: 1, 2, 3"))
    }

    // MARK: - Delete

    @Test func `a delete is bound to uid and version`() async throws {
        let proposal = try await proposal(api(), "k8s_delete", ["resource_type": "deploy", "name": "web"])
        let planned = proposal.requests[0]
        #expect(
            planned.request.method == .delete
                && planned.request.target == "/apis/apps/v1/namespaces/shop/deployments/web")
        #expect(try body(planned)["preconditions"] == ["uid": "uid-web", "resourceVersion": "41"])
        #expect(try body(planned)["propagationPolicy"] == "Background")
        #expect(proposal.warnings == ["its replica sets and pods are deleted with it"])
        let web = PostCondition.Subject(resource: .deployments, namespace: "shop", name: "web")
        #expect(
            proposal.postConditions == [
                .gone(web, uid: "uid-web"),
                .podsGone(web, uid: "uid-web", selector: LabelSelector(matching: ["app": "web"])),
            ])
    }

    @Test(arguments: [
        (
            "{apiVersion: v1, kind: Namespace, metadata: {name: x}}", "ns", Risk.high,
            "everything in namespace x"
        ),
        ("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: x, namespace: shop}}", "pvc", .high, "data"),
        ("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: x, namespace: shop}}", "sts", .high, "pods"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: shop}}", "secret", .high, "pods"),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: shop}}", "cm", .medium, "pods"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: shop, ownerReferences: [{kind: ReplicaSet, name: r, controller: true}]}}",
            "pod", .low, ""
        ),
    ])
    func `what goes with it is said`(_ manifest: String, _ type: String, _ risk: Risk, _ warning: String)
        async throws
    {
        let api = FakeAPI()
        api.put(yaml(manifest))
        let proposal = try await proposal(api, "k8s_delete", ["resource_type": .string(type), "name": "x"])
        #expect(proposal.risk == risk)
        #expect(warning.isEmpty == proposal.warnings.isEmpty)
        #expect(proposal.warnings.allSatisfy { $0.contains(warning) }, "\(proposal.warnings)")
    }

    @Test func `what is being deleted isn't deleted again, and a namespace for a cluster-wide kind is an error`()
        async throws
    {
        let api = FakeAPI()
        api.put(
            KubeObject(
                MergePatch.apply(
                    ["metadata": ["deletionTimestamp": "2026-11-21T03:00:00Z", "finalizers": ["a/b"]]], to: web.json)))
        let text = try await output(api, "k8s_delete", ["resource_type": "deploy", "name": "web"])
        #expect(text.contains("being deleted already") && text.contains("a/b"))
        #expect(
            await failure(api, "k8s_delete", ["resource_type": "nodes", "name": "n", "namespace": "shop"]).contains(
                "are not namespaced"))
    }
}
