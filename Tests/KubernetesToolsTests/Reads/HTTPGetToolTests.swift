import FakeKubeAPI
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools

@Suite struct HTTPGetToolTests {
    private func service(annotation: String? = nil) -> KubeObject {
        var service = yaml(
            """
            {apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
             spec: {selector: {app: web}, ports: [{name: http, port: 80}, {name: admin, port: 8443}]}}
            """)
        if let annotation { service.annotations = ["skyflo.ai/http-get": annotation] }
        return service
    }

    private func api(annotation: String? = nil) -> FakeAPI {
        let api = FakeAPI()
        api.put(service(annotation: annotation))
        return api
    }

    @Test func `status, headers and body are shown without secrets`() async throws {
        let api = api()
        var response = KubeResponse(
            status: 200, contentType: "text/plain", body: Array("up token=abcdefgh12345678\n".utf8))
        response.headers = [
            .init("Content-Type", value: "text/plain"), .init("Set-Cookie", value: "sid=cookievalue1234"),
        ]
        api.answer("GET /api/v1/namespaces/shop/services/web%3A80/proxy/metrics", response)
        let text = try await output(api, "k8s_http_get", ["name": "web", "path": "/metrics", "query": ["a b": "c&d"]])
        #expect(text.hasPrefix("HTTP 200\nContent-Type: text/plain\nSet-Cookie: ‹redacted:"), "\(text)")
        #expect(text.contains("\n\nup token=‹redacted:"), "\(text)")
        #expect(!text.contains("abcdefgh12345678") && !text.contains("cookievalue1234"))
        let request = try #require(api.requests.last)
        #expect(request.target == "/api/v1/namespaces/shop/services/web%3A80/proxy/metrics?a%20b=c%26d")
        #expect(request.method == .get && request.body == nil && request.answerLimit == HTTPGetTool.maximumBytes)
        #expect(api.sent.last?.identity == worker)
    }

    @Test func `ports are chosen by name, TLS by scheme, and pods by kind`() async throws {
        let api = api()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop},
                 spec: {containers: [{name: app, ports: [{name: http, containerPort: 8080}]}]}}
                """))
        for (arguments, path) in [
            (["name": "web", "port": "admin", "scheme": "https"], "services/https%3Aweb%3A8443/proxy/healthz"),
            (["name": "web-1", "resource_type": "pod"], "pods/web-1%3A8080/proxy/healthz"),
            (["name": "web-1", "resource_type": "pod", "port": "9090"], "pods/web-1%3A9090/proxy/healthz"),
        ] as [(JSONValue, String)] {
            _ = try await output(api, "k8s_http_get", arguments)
            #expect(api.requests.last?.path == "/api/v1/namespaces/shop/\(path)")
        }
    }

    @Test func `a GET that isn't known to be a read isn't sent`() async throws {
        for path in ["/", "/admin/delete", "/healthzz", "/metrics/reset", "/api"] {
            let api = api(annotation: "/apis")
            let text = await failure(api, "k8s_http_get", ["name": "web", "path": .string(path)])
            #expect(text.contains("may change something") && text.contains("skyflo.ai/http-get"), "\(text)")
            #expect(!api.requests.contains { $0.path.contains("/proxy") })
        }
    }

    @Test(arguments: [("/", "/any/thing"), ("/api/read, /stats", "/stats/today"), ("/api/read", "/api/read")])
    func `paths that the object's owner names are reads`(_ annotation: String, _ path: String) async throws {
        let api = api(annotation: annotation)
        _ = try await output(api, "k8s_http_get", ["name": "web", "path": .string(path)])
        #expect(api.requests.last?.path == "/api/v1/namespaces/shop/services/web%3A80/proxy\(path)")
    }

    @Test(
        arguments: [
            (["name": "web", "path": "healthz"], "must begin with \"/\""),
            (["name": "web", "path": "/healthz?x=y"], "parameters go into query"),
            (["name": "web", "path": "/healthz/../admin"], "must not have"),
            (["name": "web", "path": "/healthz/%2e%2e/admin"], "must not have"),
            (["name": "web", "path": "//healthz"], "must not have"),
            (["name": "web", "path": "/healthz\\admin"], "must not have"),
            (["name": "web", "path": "/healthz;x"], "must not have"),
            (["name": "web", "port": "81"], "has no port 81; its ports: http (80), admin (8443)"),
            (["name": "web", "port": "metrics"], "has no port \"metrics\""),
            (["name": "web", "resource_type": "node"], "is not one of service, pod"),
            (["name": "gone"], "not found"), (["name": "web:80"], "is not a valid name of a Service"),
            (["name": "web", "query": ["a": 1]], "query: a: must be a string"),
        ] as [(JSONValue, String)])
    func `what isn't a plain request is refused`(_ arguments: JSONValue, _ expected: String) async {
        let api = api(annotation: "/")
        let text = await failure(api, "k8s_http_get", arguments)
        #expect(text.contains(expected), "\(text)")
        #expect(!api.requests.contains { $0.path.contains("/proxy") })
    }

    @Test func `a running cluster answers, cut and with its refusals`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.create(service(annotation: "/"))
            let early = try await shop.answer("k8s_http_get", ["name": "web"])
            #expect(early.contains("HTTP 503") && early.contains("no endpoints available for service"), "\(early)")
            try await shop.createWorkload("Deployment", name: "web")
            try await shop.rollout(.deployments, name: "web")
            let health = try await shop.answer("k8s_http_get", ["name": "web"])
            #expect(health.hasPrefix("HTTP 200\n") && health.hasSuffix("\n\nok\n"), "\(health)")
            #expect(health.lowercased().contains("x-simulated: web"), "\(health)")
            let echo = try await shop.answer(
                "k8s_http_get", ["name": "web", "path": "/a/ü+b/", "query": ["q": "1 2"]])
            #expect(echo.hasSuffix("GET /a/ü+b/?q=1 2 of web\n"), "\(echo)")
            let moved = try await shop.answer("k8s_http_get", ["name": "web", "path": "/redirect"])
            #expect(moved.hasPrefix("HTTP 302\n") && moved.lowercased().contains("location: /healthz"), "\(moved)")
            #expect(moved.contains("(The redirect was not followed.)"))
            let large = try await shop.answer("k8s_http_get", ["name": "web", "path": "/large"])
            #expect(large.utf8.count <= 16_384, "\(large.utf8.count)")
            let teapot = try await shop.answer("k8s_http_get", ["name": "web", "path": "/status/418"])
            #expect(teapot.hasPrefix("HTTP 418\n") && teapot.hasSuffix("status 418\n"), "\(teapot)")
        }
    }

    @Test func `the permission that is missing is the proxy's`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.create(service())
            for text in [
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: helper, namespace: shop}}",
                """
                {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: helper, namespace: shop},
                 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view},
                 subjects: [{kind: ServiceAccount, name: helper, namespace: shop}]}
                """,
            ] { try await shop.create(yaml(text)) }
            let text = try await shop.answer("k8s_http_get", ["name": "web"], as: worker)
            #expect(text.contains("may not get services/proxy in namespace shop"), "\(text)")
        }
    }
}
