import AsyncHTTPClient
import KubeModel
import NIOHTTP1
import Testing

@testable import KubeClient

@Suite struct RequestBuilderTests {
    private func builder(_ server: String, tlsServerName: String? = nil, as identity: Impersonation? = nil) throws
        -> RequestBuilder
    {
        let configuration = ClusterConfiguration(server: server, tlsServerName: tlsServerName)
        return RequestBuilder(endpoint: try Endpoint(configuration), userAgent: "agent", impersonation: identity)
    }

    @Test func `a request has its URL, headers and body`() throws {
        let request = KubeRequest(
            .patch, path: "/api/v1/namespaces/shop/pods/a%2Fb", query: [.init("labelSelector", value: "a in (b, c)")],
            contentType: "application/merge-patch+json", body: "{}")
        let built = try builder("https://h:6443/").build(request, as: nil, authorization: "Bearer t")
        #expect(
            built.url == "https://h:6443/api/v1/namespaces/shop/pods/a%2Fb?labelSelector=a%20in%20%28b%2C%20c%29")
        #expect(built.method == .PATCH)
        #expect(built.headers["Accept"] == ["application/json"])
        #expect(built.headers["Content-Type"] == ["application/merge-patch+json"])
        #expect(built.headers["Authorization"] == ["Bearer t"])
        #expect(built.headers["User-Agent"] == ["agent"])
        #expect(built.headers["Impersonate-User"] == [])
        #expect(built.body != nil)
    }

    @Test func `the identity of the request comes before that of the configuration`() throws {
        let own = Impersonation(user: "jane", groups: ["a"])
        let builder = try builder("https://h", as: own)
        let request = KubeRequest(.get, path: "/api")
        let given = try builder.build(request, as: .init(user: "joe", groups: ["b", "c"]), authorization: nil)
        #expect(given.headers["Impersonate-User"] == ["joe"])
        #expect(given.headers["Impersonate-Group"] == ["b", "c"])
        #expect(given.headers["Authorization"] == [])
        let standard = try builder.build(request, as: nil, authorization: nil)
        #expect(standard.headers["Impersonate-User"] == ["jane"])
    }

    @Test(arguments: ["@evil.example/", "", "api", "/api?x=1", "/api#x", "/a b", "/a\r\nX: y", "/api/../x", "/a/./b"])
    func `a path that could mean another place is refused`(path: String) throws {
        let error = #expect(throws: KubeClientError.self) {
            try builder("https://h").build(KubeRequest(.get, path: path), as: nil, authorization: nil)
        }
        #expect(error?.code == .unsupported)
    }

    @Test(arguments: [
        ("https://h", "https://h"), ("https://h:1/", "https://h:1"),
        ("HTTPS://h/k8s/clusters/c-1/", "https://h/k8s/clusters/c-1"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"), ("https://[fd00::1]:6443", "https://[fd00::1]:6443"),
        ("h:8080", "http://h:8080"),
    ])
    func `a server's address is normalised`(server: String, base: String) throws {
        let endpoint = try Endpoint(ClusterConfiguration(server: server))
        #expect(endpoint.base == base)
        #expect(endpoint.hostHeader == nil)
    }

    @Test func `a server without a scheme is https where TLS is configured`() throws {
        let endpoint = try Endpoint(ClusterConfiguration(server: "h:6443", certificateAuthority: .file("ca")))
        #expect(endpoint.base == "https://h:6443")
    }

    @Test(arguments: ["", "ftp://h", "https://", "https://u:p@h", "https://h?x=1", "https://h x"])
    func `an address that is none is refused`(server: String) {
        let error = #expect(throws: KubeClientError.self) { try Endpoint(ClusterConfiguration(server: server)) }
        #expect(error?.code == .configuration)
    }

    @Test func `another name for TLS leaves the Host header as it was`() throws {
        let builder = try builder("https://10.0.0.1:6443", tlsServerName: "kubernetes")
        let built = try builder.build(KubeRequest(.get, path: "/api"), as: nil, authorization: nil)
        #expect(built.url == "https://kubernetes:6443/api")
        #expect(built.headers["Host"] == ["10.0.0.1:6443"])
        #expect(builder.endpoint.dnsOverride == ["kubernetes": "10.0.0.1"])
    }

    @Test func `the user agent says product, version and platform`() {
        #expect(
            KubeClient.Options.userAgent(version: "1.2").wholeMatch(of: /skyflo\/1\.2 \(linux\/(amd64|arm64)\)/) != nil)
    }
}
