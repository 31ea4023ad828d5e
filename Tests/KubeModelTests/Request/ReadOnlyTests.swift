import KubeModel
import Testing

/// Which requests change nothing, judged from their paths. A wrong `true` lets a tool write.
@Suite struct ReadOnlyTests {
    @Test func `a slash that is encoded is no part of a name, whatever combines with it`() {
        for name in ["a%2Fexec", "a%2F%CC%81exec", "%25%CC%81", "a%5C%CC%81"] {
            #expect(ResourcePath("/api/v1/namespaces/shop/pods/\(name)") == nil, "\(name)")
        }
    }

    private static let connects = ["exec", "attach", "portforward", "proxy"]
    private static let methods: [KubeRequest.Method] = [.get, .post, .put, .patch, .delete]
    private static let objects = [
        "/api/v1/namespaces/a/pods/b", "/api/v1/namespaces/a/services/b", "/api/v1/nodes/n",
        "/apis/example.com/v1/namespaces/a/things/b", "/apis/example.com/v1/things/b",
    ]

    @Test(arguments: connects, objects)
    func `nothing that opens a connection only reads`(connect: String, object: String) {
        let first = String(connect.utf8.first ?? 0, radix: 16)
        let spellings = [connect, "%\(first)\(connect.dropFirst())", connect + "/x", connect + "/x/y", connect + "/"]
        for method in Self.methods {
            for spelling in spellings {
                let request = KubeRequest(method, path: "\(object)/\(spelling)")
                #expect(!request.isReadOnly, "\(method) \(request.path)")
                #expect(!request.asDryRun.isReadOnly, "dry run of \(method) \(request.path)")
            }
        }
    }

    @Test(arguments: connects)
    func `an object, a namespace or a subresource's owner of such a name can be read`(name: String) {
        for path in [
            "/api/v1/namespaces/\(name)", "/api/v1/namespaces/\(name)/pods", "/api/v1/namespaces/a/pods/\(name)",
            "/api/v1/namespaces/\(name)/pods/\(name)/log", "/api/v1/namespaces/\(name)/status", "/api/v1/nodes/\(name)",
            "/apis/apps/v1/namespaces/a/deployments/\(name)/scale", "/apis/example.com/v1/things/\(name)",
        ] {
            #expect(KubeRequest(.get, path: path).isReadOnly, "\(path)")
            #expect(!KubeRequest(.put, path: path).isReadOnly, "\(path)")
            #expect(KubeRequest(.put, path: path).asDryRun.isReadOnly, "\(path)")
        }
    }

    /// The server splits the decoded path: an encoded slash moves everything behind it.
    @Test(arguments: [
        "/api/v1/namespaces/a/pods/b%2Fexec", "/api/v1/namespaces/a/pods%2Fb%2fexec", "/api/v1/nodes/n%2Fproxy%2Frun",
        "/api/v1/namespaces/a/pods/b%252Fexec", "/api/v1/namespaces/a/pods/b%zz", "/api/v1/namespaces/a/pods/b/%65xec",
        "/api/v1/namespaces/a//pods/b/exec", "//api/v1/pods", "/api/v1/pods/", "/api/v1/pods/../secrets",
        "/api/v1/pods/./b", "/api/v1/pods/%2E%2E/b", "/api/v1/pods?x", "/api/v1/pods#x", "/api/v1/pods;x",
        "/api/v1/pods\\b", "/api/v1/pods b", "/api/v1/pöds", "api/v1/pods", "", "/", "/metrics", "/logs/x",
        "/debug/pprof",
        "/api/v1/proxy/namespaces/a/pods/b", "/api/v1/proxy/nodes/n", "/api/v1/watch/pods", "/api/v1/redirect/nodes/n",
        "/api/v1/namespaces/a/pods/b/log/more", "/apis/a/b/c/d/e/f/g/h", "/openapi/v2/x", "/version/x",
    ])
    func `what can't be read for sure is a write`(path: String) {
        for method in Self.methods {
            #expect(!KubeRequest(method, path: path).isReadOnly, "\(method)")
            #expect(!KubeRequest(method, path: path).asDryRun.isReadOnly, "dry run of \(method)")
        }
    }

    @Test(arguments: [
        "/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1", "/version", "/readyz", "/openapi/v3",
        "/openapi/v3/apis/apps/v1",
    ])
    func `what the server says of itself can only be read`(path: String) {
        #expect(KubeRequest(.get, path: path).isReadOnly)
        for method in Self.methods.dropFirst() { #expect(!KubeRequest(method, path: path).asDryRun.isReadOnly) }
    }

    @Test func `a review is one only in its own group`() {
        let real = [
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "/apis/authorization.k8s.io/v1/namespaces/a/localsubjectaccessreviews",
        ]
        for path in real { #expect(KubeRequest(.post, path: path).isReadOnly, "\(path)") }
        let others = [
            "/apis/example.com/v1/selfsubjectaccessreviews", "/api/v1/namespaces/a/selfsubjectaccessreviews",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x", "/apis/authentication.k8s.io/v1/tokenreviews",
        ]
        for path in others { #expect(!KubeRequest(.post, path: path).isReadOnly, "\(path)") }
        for path in real { #expect(!KubeRequest(.put, path: path).isReadOnly, "\(path)") }
    }

    @Test func `a token is issued also by a dry run, and an object may be called token`() {
        let issue = KubeRequest(.post, path: "/api/v1/namespaces/a/serviceaccounts/b/token")
        #expect(!issue.asDryRun.isReadOnly)
        #expect(KubeRequest(.patch, path: "/api/v1/namespaces/a/configmaps/token").asDryRun.isReadOnly)
    }

    @Test func `the place in a path is read as the server reads it`() {
        let scale = ResourcePath("/apis/apps/v1/namespaces/a/deployments/b/scale")
        #expect(scale?.namespace == "a" && scale?.resource == "deployments" && scale?.name == "b")
        #expect(scale?.subresource == "scale" && scale?.groupVersion == GroupVersion(group: "apps", version: "v1"))
        let finalize = ResourcePath("/api/v1/namespaces/a/finalize")
        #expect(finalize?.resource == "namespaces" && finalize?.name == "a" && finalize?.subresource == "finalize")
        #expect(ResourcePath("/api/v1/namespaces/a/pods")?.name == nil)
    }
}
