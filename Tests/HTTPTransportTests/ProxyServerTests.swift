import AsyncHTTPClient
import HTTPTransport
import Testing

@Suite struct ProxyServerTests {
    @Test func `proxies of http and SOCKS are known`() throws {
        func proxy(_ url: String) throws -> ProxyServer { try ProxyServer(url: url, source: "proxy-url") }
        #expect(try proxy("http://p:3128").configuration == .server(host: "p", port: 3128))
        #expect(try proxy("HTTP://p/").configuration == .server(host: "p", port: 80))
        #expect(try proxy("http://[::1]:8").configuration == .server(host: "::1", port: 8))
        #expect(try proxy("socks5://p").configuration == .socksServer(host: "p", port: 1080))
        #expect(try proxy(" http://p:1\n").configuration == .server(host: "p", port: 1))
        #expect(throws: ProxyServer.Failure.self) { try proxy("nonsense") }
        #expect(throws: ProxyServer.Failure.self) { try proxy("http://") }
        #expect(throws: ProxyServer.Failure.self) { try proxy("http://p:seven") }
        #expect(throws: ProxyServer.Failure.self) { try proxy("http://a b") }
    }

    @Test(arguments: [
        ("http://u:w@p:1", "u", "w"), ("http://u@p:1", "u", ""), ("http://u:p%40ss%2F@p:1", "u", "p@ss/"),
        ("http://u:p@ss@p:1", "u", "p@ss"), ("http://u:a:b@p:1", "u", "a:b"), ("http://u:50%@p:1", "u", "50%"),
    ])
    func `a user and a password are sent to the proxy`(url: String, user: String, password: String) throws {
        let proxy = try ProxyServer(url: url, source: "HTTPS_PROXY")
        #expect(proxy.configuration.authorization == .basic(username: user, password: password))
        #expect(proxy.host == "p")
    }

    @Test(arguments: [
        "https://user:canary-4711@p", "socks5://user:canary-4711@p", "user:canary-4711@p", "ftp://canary-4711",
    ])
    func `a proxy that can't be used is refused by its variable's name, without its password`(url: String) throws {
        let failure = #expect(throws: ProxyServer.Failure.self) { try ProxyServer(url: url, source: "HTTPS_PROXY") }
        let text = failure.map { "\($0.description) \($0)" } ?? ""
        #expect(text.contains("HTTPS_PROXY") && !text.contains("canary"), "\(text)")
    }

    @Test func `a proxy is shown without its password`() throws {
        let proxy = try ProxyServer(url: "http://user:canary@p:3128", source: "HTTPS_PROXY")
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect("\(proxy)" == "the proxy p:3128 of HTTPS_PROXY")
        #expect(!(dumped + String(reflecting: proxy)).contains("canary"))
    }
}
