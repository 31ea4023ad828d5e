import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools

/// What `kubectl get` takes for a resource type, k8s_get takes as well.
@Suite struct GetFormsTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}"))
        api.put(yaml("{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}}"))
        return api
    }

    @Test(arguments: [
        ("svc,pods", ["service/web", "pod/p"]), ("services, Pods", ["service/web", "pod/p"]),
        ("deploy/web,svc/web", ["deployment.apps/web", "service/web"]),
        ("deploy/web svc/web", ["deployment.apps/web", "service/web"]),
        ("deployments.v1.apps/web", ["deployment.apps/web"]), ("pods.v1.", ["pod/p"]),
        ("pods,po/p", ["pod/p", "pod/p"]),
        ("pods,pods", ["pod/p"]),
    ])
    func `several types and names`(_ type: String, _ names: [String]) async throws {
        let text = try await output(api(), "k8s_get", ["resource_type": .string(type), "output": "name"])
        #expect(text.split(separator: "\n").map(String.init) == names)
    }

    @Test func `tables of several types have the kind before the name`() async throws {
        let text = try await output(api(), "k8s_get", ["resource_type": "svc,deploy"])
        #expect(text.contains("service/web") && text.contains("\n\nNAME ") && text.contains("deployment.apps/web"))
    }

    @Test func `objects of several types are one list`() async throws {
        let text = try await output(api(), "k8s_get", ["resource_type": "svc,deploy", "output": "json"])
        let items = try JSONParser.parse(text)["items"]?.array?.compactMap { $0["kind"]?.string }
        #expect(items == ["Service", "Deployment"])
    }

    @Test func `what can't be read doesn't take the rest along`() async throws {
        let api = api()
        api.answer("GET /api/v1/namespaces/shop/secrets", APIStatus(code: 403, reason: .forbidden, message: "no"))
        let text = try await output(api, "k8s_get", ["resource_type": "secrets,pods,jobs"])
        #expect(text.contains("pod/p") && text.contains("may not list secrets"), "\(text)")
        #expect(text.contains("No resources found in shop namespace: no jobs.batch."))
        let names = try await output(api, "k8s_get", ["resource_type": "deploy,jobs", "name": "web"])
        #expect(names.contains("deployment.apps/web") && names.contains("not found"), "\(names)")
    }

    @Test(arguments: [
        ("pods,", true), (",", false), ("pods//p", false), ("/p", false), ("pods/", false), ("pods/../x", false),
        ("pods p", false), ("pods p q", false), ("a/b/c", false), ("pods/log", false), ("deploy/scale", false),
        ("pods/p%2Fx", false), ("pods/p?x=1", false),
        (
            Array(repeating: "pods", count: 30).enumerated().map { "\($0.element)\($0.offset)" }.joined(separator: ","),
            false
        ),
    ])
    func `what is ambiguous or no type is refused before anything is asked`(_ type: String, _ isRead: Bool) async {
        let api = api()
        _ = try? await output(api, "k8s_get", ["resource_type": .string(type)])
        #expect(api.requests.isEmpty != isRead)
    }

    @Test func `a field selector goes to the server as it is`() async throws {
        let api = api()
        _ = try await output(
            api, "k8s_get", ["resource_type": "pods", "field_selector": "status.phase!=Running,spec.nodeName=n1"])
        #expect(api.requests.first?[query: "fieldSelector"] == "status.phase!=Running,spec.nodeName=n1")
    }

    @Test(arguments: [
        ("clusterroles", "system:x"), ("clusterroles", "Upper_Case@corp.example"), ("widgets", "Node_CSR:abc"),
        ("clusterroles", "user=alice+admin"),
    ])
    func `names that the server judges reach it`(_ type: String, _ name: String) async {
        let api = api()
        let text = await failure(api, "k8s_get", ["resource_type": .string(type), "name": .string(name)])
        #expect(text.contains("NotFound"), "\(text)")
        #expect(api.requests.first?.path.hasSuffix("/\(PercentEncoding.segment(name))") == true)
    }
}
