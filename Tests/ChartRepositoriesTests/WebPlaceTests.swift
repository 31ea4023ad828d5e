import Testing

@testable import ChartRepositories

@Suite struct WebPlaceTests {
    @Test(
        arguments: [
            ("web.tgz", "https://charts.example/stable/web.tgz"),
            ("./a/web.tgz", "https://charts.example/stable/a/web.tgz"),
            ("../web.tgz", "https://charts.example/web.tgz"), ("/web.tgz", "https://charts.example/web.tgz"),
            ("//other.example/web.tgz", "https://other.example/web.tgz"),
            ("http://a.example:8080/w", "http://a.example:8080/w"),
            ("web.tgz?token=1#top", "https://charts.example/stable/web.tgz"), ("../../web.tgz", nil),
            ("mailto:a@b", nil),
            ("a%2Fb%20c.tgz", "https://charts.example/stable/a%2Fb%20c.tgz"),
            ("100%25.tgz", "https://charts.example/stable/100%25.tgz"),
            ("%2e%2e/web.tgz", nil), ("a/.%2E/web.tgz", nil), ("%252e%252e/web.tgz", nil), ("a%2f..%2fb", nil),
            ("..%5Cb", nil), ("%zz/web.tgz", nil), ("/stable/%2e./x", nil),
            ("", nil), ("we b.tgz", nil), ("a\\b", nil), ("https://user:pw@charts.example/w", nil),
        ] as [(String, String?)])
    func `references are resolved against the folder`(_ reference: String, _ expected: String?) throws {
        for base in [
            "https://charts.example/stable", "https://charts.example/stable/", "HTTPS://charts.example:443/stable",
        ] {
            #expect(try #require(WebPlace(base)).resolving(reference)?.text == expected, "\(base)")
        }
    }

    @Test func `a host is allowed by its name, and an address only as it is written`() {
        var repository = ChartRepository(name: "r", url: "https://a.example")
        repository.allowedHosts = ["*.Example.com", "cdn.example.net:8443", "10.0.0.7", "*.0.0.1"]
        for host in ["a.example.com", "b.c.example.com", "cdn.example.net:8443", "10.0.0.7"] {
            #expect(repository.allows(host), "\(host)")
        }
        for host in ["example.com", "cdn.example.net", "127.0.0.1", "127.0.0.1:80", "[::1]", "a.example.org"] {
            #expect(!repository.allows(host), "\(host)")
        }
    }
}
