import AsyncHTTPClient
import HTTPTransport
import Testing

/// The rules of Go's httpproxy, which kubectl has.
@Suite struct ProxyEnvironmentTests {
    private func host(
        _ variables: [String: String], isSecure: Bool = true, _ host: String = "cluster.internal", port: Int = 6443
    ) throws -> String? {
        try ProxyEnvironment(variables).proxy(isSecure: isSecure, host: host, port: port)?.host
    }

    @Test func `https and http have a variable each, and upper case wins`() throws {
        #expect(try host(["HTTPS_PROXY": "http://a"]) == "a")
        #expect(try host(["https_proxy": "http://a"]) == "a")
        #expect(try host(["HTTPS_PROXY": "http://a", "https_proxy": "http://b"]) == "a")
        #expect(try host(["HTTPS_PROXY": "", "https_proxy": "http://b"]) == "b")
        #expect(try host(["HTTP_PROXY": "http://a"]) == nil)
        #expect(try host(["HTTP_PROXY": "http://a"], isSecure: false) == "a")
        #expect(try host(["HTTPS_PROXY": "http://a"], isSecure: false) == nil)
        #expect(try host(["ALL_PROXY": "http://a", "all_proxy": "http://a"]) == nil)
        #expect(try host([:]) == nil)
    }

    @Test func `a proxy without a scheme is one of http`() throws {
        let proxy = try ProxyEnvironment(["HTTPS_PROXY": "proxy.corp:3128"])
            .proxy(isSecure: true, host: "c", port: 1)
        #expect(proxy?.configuration == .server(host: "proxy.corp", port: 3128))
        let other = try ProxyEnvironment(["HTTPS_PROXY": "u:p@10.0.0.1\n"]).proxy(isSecure: true, host: "c", port: 1)
        #expect(other?.host == "10.0.0.1" && other?.port == 80)
        #expect(other?.authorization == .basic(username: "u", password: "p"))
    }

    @Test(arguments: ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    func `this machine is never reached through a proxy`(name: String) throws {
        #expect(try host(["HTTPS_PROXY": "http://a"], name) == nil)
    }

    @Test(arguments: [
        ("*", "anything.at.all"), ("a.test,*", "b.test"), ("corp.test", "corp.test"), ("corp.test", "api.corp.test"),
        ("CORP.test", "api.corp.TEST"), (".corp.test", "api.corp.test"), ("*.corp.test", "a.b.corp.test"),
        (" x , corp.test ", "corp.test"), ("corp.test:6443", "corp.test"), (".corp.test:6443", "api.corp.test"),
        ("10.0.0.1", "10.0.0.1"), ("10.0.0.1:6443", "10.0.0.1"), ("10.96.0.0/12", "10.96.0.1"),
        ("0.0.0.0/0", "8.8.8.8"),
        ("10.0.0.1/32", "10.0.0.1"), ("fd00::/8", "fd00:10:96::1"), ("fd00::1", "fd00:0::1"), ("[fd00::1]", "fd00::1"),
        ("[fd00::1]:6443", "fd00::1"), ("10.0.0.0/9", "10.127.255.255"), ("::/0", "fd00::1"),
    ])
    func `NO_PROXY excepts what it lists`(list: String, name: String) throws {
        #expect(try host(["HTTPS_PROXY": "http://a", "NO_PROXY": list], name) == nil)
        #expect(try host(["HTTPS_PROXY": "http://a", "no_proxy": list], name) == nil)
    }

    @Test(arguments: [
        ("", "corp.test"), (",", "corp.test"), ("corp.test", "notcorp.test"), (".corp.test", "corp.test"),
        ("*.corp.test", "corp.test"), ("corp.test:443", "corp.test"), ("10.0.0.1:443", "10.0.0.1"),
        ("10.96.0.0/12", "10.112.0.1"), ("10.96.0.0/12", "cluster.internal"), ("10.0.0.0/33", "10.0.0.1"),
        ("fd00::/8", "10.0.0.1"), ("10.0.0.0/9", "10.128.0.0"), ("corp.*", "corp.test"), ("api.corp.test", "corp.test"),
        (".0.1", "10.0.0.1"), ("0.1", "10.0.0.1"), ("*.1", "10.0.0.1"),
    ])
    func `NO_PROXY excepts nothing else`(list: String, name: String) throws {
        #expect(try host(["HTTPS_PROXY": "http://a", "NO_PROXY": list], name) == "a")
    }

    @Test func `a CGI program's HTTP_PROXY is refused, as anybody sets it`() throws {
        let variables = ["HTTP_PROXY": "http://a", "HTTPS_PROXY": "http://b", "REQUEST_METHOD": "GET"]
        #expect(throws: ProxyServer.Failure.self) { try host(variables, isSecure: false) }
        #expect(try host(variables) == "b")
    }

    @Test func `a variable that can't be used is an error only where it counts`() throws {
        let variables = ["HTTPS_PROXY": "https://user:canary@p", "NO_PROXY": "corp.test"]
        let failure = #expect(throws: ProxyServer.Failure.self) { try host(variables) }
        #expect(failure?.description == "HTTPS_PROXY: only http and socks5 proxies are supported, not https")
        #expect(try host(variables, "corp.test") == nil)
        var dumped = ""
        dump(ProxyEnvironment(variables), to: &dumped)
        #expect(!dumped.contains("canary"))
    }
}
