import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

/// "None" and "not found" are said of what a source said so, and with what may be the reason.
@Suite struct AbsenceTests {
    private func namespace(_ name: String) -> KubeObject {
        yaml("{apiVersion: v1, kind: Namespace, metadata: {name: \(name)}}")
    }

    private let forbidden = APIStatus(code: 403, reason: .forbidden, message: "namespaces is forbidden")

    @Test(arguments: ["", "yaml", "json", "name", "wide"])
    func `a list in a namespace that doesn't exist says so`(_ format: String) async throws {
        let api = FakeAPI()
        for name in ["prod", "shop"] { api.put(namespace(name)) }
        let text = try await output(
            api, "k8s_get", ["resource_type": "pods", "namespace": "prodd", "output": .string(format)])
        #expect(
            text
                == "No resources found in prodd namespace: namespace prodd doesn't exist; the namespaces are prod, shop."
        )
    }

    @Test func `where namespaces may not be read, it may not exist`() async throws {
        let api = FakeAPI()
        api.answer("GET /api/v1/namespaces/prodd", forbidden)
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "namespace": "prodd"])
        #expect(
            text.hasPrefix(
                "No resources found in prodd namespace: no pods, or namespace prodd doesn't exist: missing"))
    }

    @Test func `where the server fails, it isn't known whether it exists`() async throws {
        let api = FakeAPI()
        api.fail("GET /api/v1/namespaces/prodd", KubeClientError(.timeout, message: "no answer in 30 s"))
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "namespace": "prodd"])
        #expect(text.contains("or namespace prodd doesn't exist: ") && text.contains("no answer in 30 s"), "\(text)")
    }

    @Test func `a namespace that is being deleted is told`() async throws {
        let api = FakeAPI()
        var old = namespace("old")
        old["metadata", "deletionTimestamp"] = "2026-11-21T03:00:00Z"
        api.put(old)
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "namespace": "old"])
        #expect(text.hasSuffix(": no pods; the namespace is being deleted."))
    }

    @Test func `all is no namespace unless one has that name`() async throws {
        let api = FakeAPI()
        let hint = "set all_namespaces to true"
        #expect(try await output(api, "k8s_get", ["resource_type": "pods", "namespace": "all"]).contains(hint))
        for name in ["*", "--all-namespaces", "-A"] {
            let text = await failure(api, "k8s_get", ["resource_type": "pods", "namespace": .string(name)])
            #expect(text.contains(hint), "\(text)")
        }
        api.put(namespace("all"))
        #expect(try await !output(api, "k8s_get", ["resource_type": "pods", "namespace": "all"]).contains(hint))
    }

    @Test func `an empty selection is one of its selector`() async throws {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: web}}}"))
        let text = try await output(api, "k8s_get", ["resource_type": "pods", "label_selector": "app=webb"])
        #expect(
            text == """
                No resources found in shop namespace: no pods with label_selector app=webb.
                Without the selector: 1.
                """)
    }

    @Test func `what can't be listed isn't nothing`() async {
        let api = FakeAPI()
        let down = APIStatus(code: 503, reason: .serviceUnavailable, message: "currently unable to handle the request")
        api.answer("GET /apis/example.dev/v1/namespaces/shop/widgets", down)
        let text = await failure(api, "k8s_get", ["resource_type": "widgets"])
        #expect(text.contains("widgets.example.dev cannot be listed, so it is not known whether any exist"), "\(text)")
    }

    @Test(
        arguments: [
            ("k8s_get", ["resource_type": "deploy", "name": "web", "namespace": "prodd"]),
            ("k8s_get", ["resource_type": "deploy/web", "namespace": "prodd", "output": "yaml"]),
            ("k8s_describe", ["resource_type": "deploy", "name": "web", "namespace": "prodd"]),
            ("k8s_rollout_status", ["name": "web", "namespace": "prodd"]),
            ("k8s_scale", ["resource_type": "deploy", "name": "web", "namespace": "prodd", "replicas": 3]),
            ("k8s_rollout_undo", ["name": "web", "namespace": "prodd"]),
        ] as [(String, JSONValue)])
    func `an object that isn't found may be in another namespace`(_ tool: String, _ arguments: JSONValue) async {
        let api = FakeAPI()
        api.put(web)
        let text = await failure(api, tool, arguments)
        #expect(text.contains("not found in namespace prodd: namespace prodd doesn't exist"), "\(text)")
        #expect(text.contains("deployments.apps \"web\" exists in namespace shop"), "\(text)")
    }

    @Test func `a refusal in a namespace that doesn't exist says that, too`() async {
        let api = FakeAPI()
        api.answer("GET /api/v1/namespaces/prodd/pods", APIStatus(code: 403, reason: .forbidden, message: "no"))
        let text = await failure(api, "k8s_get", ["resource_type": "pods", "namespace": "prodd"])
        #expect(
            text.contains("may not list pods in namespace prodd") && text.contains("prodd doesn't exist"), "\(text)")
    }

    @Test func `a refusal in a namespace that can't be looked up says that it may not exist`() async {
        let api = FakeAPI()
        api.answer("GET /api/v1/namespaces/prodd/pods", forbidden)
        api.answer("GET /api/v1/namespaces/prodd", forbidden)
        let text = await failure(api, "k8s_get", ["resource_type": "pods", "namespace": "prodd"])
        #expect(
            text.contains("may not list pods in namespace prodd") && text.contains("namespace prodd may not exist"),
            "\(text)")
    }

    @Test func `a resource that the server serves no more is no missing object`() async {
        let api = FakeAPI()
        let gone = APIStatus(code: 404, reason: .notFound, message: "the server could not find the requested resource")
        api.answer("GET /apis/example.dev/v1/namespaces/shop/widgets", gone)
        api.answer("GET /apis/example.dev/v1/namespaces/shop/widgets/a", gone)
        for arguments in [["resource_type": "widgets"], ["resource_type": "widgets", "name": "a"]] as [JSONValue] {
            #expect(await failure(api, "k8s_get", arguments).contains("no longer serves widgets.example.dev"))
        }
    }

    @Test func `events about an earlier object of the name aren't none`() async throws {
        let api = FakeAPI()
        api.put(web)
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Event, metadata: {name: e, namespace: shop}, type: Warning, reason: R, message: m,
                 involvedObject: {kind: Deployment, name: web, uid: before}}
                """))
        let text = try await output(api, "k8s_describe", ["resource_type": "deploy", "name": "web"])
        #expect(text.hasSuffix("Events: none about this one; 1 about an earlier Deployment of this name\n"), "\(text)")
    }

    @Test func `a server that fails to list events takes nothing else from a description`() async throws {
        let api = FakeAPI()
        api.put(web)
        api.fail("GET /api/v1/namespaces/shop/events", KubeClientError(.timeout, message: "no answer in 30 s"))
        let text = try await output(api, "k8s_describe", ["resource_type": "deploy", "name": "web"])
        #expect(text.contains("Name: web") && text.contains("Events: can't be listed: ") && text.contains("30 s"))
    }
}
