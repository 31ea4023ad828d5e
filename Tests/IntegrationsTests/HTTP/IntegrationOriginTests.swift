import Testing

@testable import Integrations

@Suite struct IntegrationOriginTests {
    @Test(arguments: [
        ("https://ci.example.com/jenkins/", "https://ci.example.com/jenkins"),
        ("HTTP://CI.example.com:80", "http://ci.example.com"),
        ("http://jenkins.ci.svc:8080", "http://jenkins.ci.svc:8080"),
        ("https://[fd00::1]:8443/a/b//", "https://[fd00::1]:8443/a/b"),
    ])
    func `an address is kept in one form`(_ text: String, _ form: String) throws {
        #expect(try IntegrationOrigin(text).description == form)
    }

    @Test(arguments: [
        ("https://a.example/mcp/", "https://a.example/mcp/", "https://a.example/mcp/x"),
        ("https://a.example/mcp", "https://a.example/mcp", "https://a.example/mcp/x"),
        ("https://a.example/b/mcp//", "https://a.example/b/mcp/", "https://a.example/b/mcp/x"),
        ("https://a.example/", "https://a.example", "https://a.example/x"),
        ("https://a.example", "https://a.example", "https://a.example/x"),
    ])
    func `a slash at the end counts for the address itself, and for nothing below it`(
        _ text: String, _ own: String, _ below: String
    ) throws {
        let origin = try IntegrationOrigin(text)
        #expect(origin.url(of: "") == own)
        #expect(origin.url(of: "/x") == below)
    }

    @Test func `origins are the same where the address is`() throws {
        #expect(try IntegrationOrigin("https://a.example/") == IntegrationOrigin("https://A.example"))
        #expect(try IntegrationOrigin("https://a.example/mcp/") != IntegrationOrigin("https://a.example/mcp"))
    }

    @Test(arguments: [
        "", "ci.example.com", "ftp://ci.example.com", "https://", "https://user:hunter2@ci.example.com/",
        "https://ci.example.com/?token=1", "https://ci.example.com/#x", "https://ci.example.com/a/../b",
        "https://ci.example.com/%2e%2e/b", "https://ci.example.com:0/", "https://ci.example.com:99999",
        "https://ci .example.com", "https://ci.example.com/\n", "https://ci.example.com\\@other/",
        "https://%41.example/",
    ])
    func `what is no plain address is refused without being quoted`(_ text: String) {
        #expect { try IntegrationOrigin(text) } throws: { error in
            let message = (error as? IntegrationError)?.message ?? ""
            return message.hasPrefix("the integration's url ") && !message.contains("hunter2")
                && !message.contains("token=1")
        }
    }

    @Test(arguments: [
        ("/jenkins/job/a/", "/job/a/"), ("https://ci.example.com/jenkins/x?y=1#z", "/x?y=1"),
        ("https://CI.example.com:443/jenkins", ""),
    ])
    func `a redirect within the origin is followed`(_ location: String, _ target: String) throws {
        #expect(try IntegrationOrigin("https://ci.example.com/jenkins").target(ofRedirect: location) == target)
    }

    @Test(arguments: [
        "https://evil.example/jenkins/", "http://ci.example.com/jenkins/", "https://ci.example.com:8443/jenkins/",
        "//evil.example/jenkins/x", "/other", "/jenkinsx/", "/jenkins/../admin", "/jenkins/%2E%2E/admin",
        "/jenkins/a%2f..%2fb", "/jenkins/%5c..", "https://ci.example.com@evil.example/jenkins/", "/jenkins/a\\b",
        "relative", "/jenkins/\r\nx: y", "javascript:alert(1)", "https://ci.example.com.evil.example/jenkins/",
    ])
    func `a redirect to anywhere else is not`(_ location: String) throws {
        #expect(try IntegrationOrigin("https://ci.example.com/jenkins").target(ofRedirect: location) == nil)
    }
}

@Suite struct IntegrationRequestTests {
    @Test func `segments, queries and forms are encoded`() throws {
        let request = try IntegrationRequest(
            .post, segments: ["job", "feature%2Fx y", "ü?#&"], query: [.init("a b", value: "1&2=3")],
            form: [.init("p=1", value: "ü +\n")])
        #expect(request.target == "/job/feature%252Fx%20y/%C3%BC%3F%23%26?a%20b=1%262%3D3")
        #expect(request.body == "p%3D1=%C3%BC%20%2B%0A")
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\b", "a\nb", "a\u{0}", "\u{7F}", String(repeating: "x", count: 256)])
    func `what can't be part of a path is refused`(_ segment: String) {
        #expect(throws: IntegrationError.self) { try IntegrationRequest(.get, segments: ["job", segment]) }
    }

    @Test(
        arguments: [
            ("https://api.github.com", "https://github.com/acme/shop.git", "acme/shop"),
            ("https://api.github.com", "git@github.com:acme/shop.git", "acme/shop"),
            ("https://ghe.example.com/api/v3", "https://ghe.example.com/acme/shop", "acme/shop"),
            ("https://ghe.example.com:8443/api/v3", "ssh://git@GHE.example.com:22/acme/shop/", "acme/shop"),
            ("https://example.com/gitlab", "https://example.com/gitlab/a/b/c", "a/b/c"),
            ("https://api.github.com", "https://api.github.com.evil.example/acme/shop", nil),
            ("https://api.github.com", "https://github.com@evil.example/acme/shop", nil),
            ("https://example.com/gitlab", "https://example.com/other/a/b", nil), ("https://a.b", "https://a.b", nil),
            ("https://a.b", "acme/shop", nil), ("https://a.b", "", nil), ("https://a.b", "://", nil),
            ("https://a.b", ":", nil),
        ] as [(String, String, String?)])
    func `the address of a page leads to a path, or nowhere`(_ own: String, _ url: String, _ path: String?) throws {
        let api = IntegrationOrigin.APIAddress(host: "api.", path: "/api/v3")
        #expect(try IntegrationOrigin(own).path(ofAddress: url, api: api) == path)
    }

    @Test(
        arguments: [
            ("https://logs.example.com/a?b=c#d", "logs.example.com", "/a?b=c"), ("http://h:81?x", "h:81", "/?x"),
            ("https://h:443", "h", "/"), ("//h/a", nil, nil), ("/a", nil, nil), ("https://u@h/a", nil, nil),
            ("ftp://h/a", nil, nil),
            ("https://h/ä", nil, nil),
        ] as [(String, String?, String?)])
    func `a redirect to another host is taken apart`(_ location: String, _ host: String?, _ target: String?) {
        let place = IntegrationOrigin.place(ofRedirect: location)
        #expect(place?.origin.hostAndPort == host)
        #expect(place?.target == target)
    }
}
