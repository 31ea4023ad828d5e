import KubeModel
import Testing

@testable import KubeClient

/// A GET through the API server's proxy: the one request to an application that is sent without an approval.
@Suite struct ProxyGetTests {
    private func object(_ kind: String = "Service", name: String = "web", annotation: String? = nil) -> KubeObject {
        var object = KubeObject([
            "apiVersion": "v1", "kind": .string(kind), "metadata": ["name": .string(name), "namespace": "shop"],
        ])
        if let annotation { object.annotations = [ProxyGet.annotation: annotation] }
        return object
    }

    private func get(_ segments: [String], to object: KubeObject, port: String = "80") -> ProxyGet? {
        ProxyGet(to: object, port: port, segments: segments, answerLimit: 10)
    }

    @Test(arguments: ["a%2Fb", ".", "x?y=z", "x#y", "a\\b", "exec", "ü"])
    func `nothing that it holds leaves its place in the path`(_ text: String) throws {
        let all = object(annotation: "/")
        let path = try #require(get(["a", text, "b"], to: all)).request.path
        #expect(path.hasPrefix("/api/v1/namespaces/shop/services/web%3A80/proxy/a/"))
        #expect(path.split(separator: "/", omittingEmptySubsequences: false).count == 11)
        for other in [get(["a"], to: object(name: text, annotation: "/")), get(["a"], to: all, port: text)] {
            let parts = try #require(other).request.path.split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.count == 9 && parts[5] == "services" && parts[7] == "proxy")
        }
    }

    @Test func `it is a GET without a body, of a service or a pod and of nothing else`() throws {
        for (kind, plural) in [("Service", "services"), ("Pod", "pods")] {
            let get = ProxyGet(
                to: object(kind), isTLS: true, port: "8443", segments: ["healthz"], query: [.init("a", value: "b&c")],
                answerLimit: 99)
            let request = try #require(get).request
            #expect(request.method == .get && request.body == nil && request.contentType == nil)
            #expect(request.answerLimit == 99)
            #expect(request.target == "/api/v1/namespaces/shop/\(plural)/https%3Aweb%3A8443/proxy/healthz?a=b%26c")
            // What is sent by any other way than as such a value is refused.
            #expect(!request.isReadOnly)
        }
        for kind in ["Node", "Deployment", "Secret"] { #expect(get(["healthz"], to: object(kind)) == nil) }
        var other = object()
        other["apiVersion"] = "example.dev/v1"
        #expect(get(["healthz"], to: other) == nil)
        var nowhere = object()
        nowhere["metadata", "namespace"] = nil
        #expect(get(["healthz"], to: nowhere) == nil)
    }

    @Test(
        arguments: [
            ([], nil, false), (["healthz"], nil, true), (["readyz", "etcd"], nil, true), (["metrics"], nil, true),
            (["metrics", "reset"], nil, false), (["healthz", ".."], nil, false), (["healthz", "../admin"], nil, false),
            (["healthz/../admin"], nil, false), (["Healthz"], nil, false), (["admin"], "", false),
            (["admin"], "admin", false),
            (["admin"], "/admin", true), (["admin", "x"], "/stats, /admin", true), (["administrator"], "/admin", false),
            (["admin"], "/admin/x", false), ([], "/", true), (["a", "..", "b"], "/", false), (["a/b"], "/", false),
        ] as [([String], String?, Bool)])
    func `only what is known to change nothing can be made`(
        _ segments: [String], _ annotation: String?, _ expected: Bool
    ) {
        #expect((get(segments, to: object(annotation: annotation)) != nil) == expected)
    }
}
