import HTTPTransport
import Hummingbird
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import Testing

@testable import KubeClient

/// An API server that is reached only through a proxy, as kubectl reaches it.
@Suite struct ProxyTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The configuration of a cluster on loopback as it is seen from far away: under a name that nobody can resolve.
    private func remote(_ endpoint: LocalCluster.Endpoint, _ environment: [String: String]) throws
        -> ClusterConfiguration
    {
        var configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
        configuration.server = "https://cluster.internal:6443"
        configuration.tlsServerName = "localhost"
        configuration.proxies = ProxyEnvironment(environment)
        return configuration
    }

    @Test func `reads, writes, watches, logs and commands go through HTTPS_PROXY`() async throws {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: true)) { _, endpoint in
            try await ProxyStub.withRunning(target: try Endpoint(.kubeconfig(text: endpoint.kubeconfig())).port) {
                port, seen in
                let configuration = try remote(endpoint, ["HTTPS_PROXY": "http://user:p%40ss@127.0.0.1:\(port)"])
                try await withKubeClient(configuration, logger: Self.logger) { client in
                    let spec: JSONValue = ["containers": [["name": "main", "image": "nginx"]]]
                    let pod = KubeObject(.pods, namespace: "default", name: "web", members: ["spec": spec])
                    _ = try await client.create(pod, in: .pods)
                    var options = WatchOptions()
                    options.fieldSelector = "metadata.name=web"
                    try await client.watch(.pods, namespace: "default", options: options) { events in
                        while let event = try await events.next() {
                            switch event {
                            case .added(let pod), .modified(let pod):
                                if pod["status", "phase"] == "Running" { return }
                            default: continue
                            }
                        }
                    }
                    #expect(seen.all.count == 2)
                    let result = try await client.exec(["echo", "hello"], pod: "web", namespace: "default")
                    #expect(String(decoding: result.output, as: UTF8.self) == "hello\n")
                    #expect(seen.all.count == 3)
                }
                let line = "CONNECT cluster.internal:6443 HTTP/1.1\r\n"
                #expect(seen.all.allSatisfy { $0.hasPrefix(line) }, "\(seen.all)")
                // user:p@ss
                #expect(seen.all.allSatisfy { $0.lowercased().contains("proxy-authorization: basic dxnlcjpwqhnz") })
            }
        }
    }

    @Test func `a plain API server is reached through HTTP_PROXY, and not through HTTPS_PROXY`() async throws {
        try await withServer { _ in
            .json(["kind": "Pod"])
        } _: { target in
            try await ProxyStub.withRunning(target: target) { port, seen in
                var configuration = ClusterConfiguration(server: "http://cluster.internal:8080")
                configuration.proxies = ProxyEnvironment([
                    "http_proxy": "127.0.0.1:\(port)", "HTTPS_PROXY": "http://127.0.0.1:1",
                ])
                try await withKubeClient(configuration, logger: Self.logger) { client in
                    _ = try await client.get(.pods, namespace: "a", name: "b")
                }
                #expect(seen.all.count == 1)
            }
        }
    }

    @Test func `proxy-url wins, and NO_PROXY and loopback go without`() async throws {
        try await withServer { _ in
            .json(["kind": "Pod"])
        } _: { target in
            try await ProxyStub.withRunning(target: target) { port, seen in
                var configuration = ClusterConfiguration(server: "http://127.0.0.1:\(target)")
                configuration.proxies = ProxyEnvironment(["HTTP_PROXY": "http://127.0.0.1:1"])
                try await withKubeClient(configuration, logger: Self.logger) { client in
                    _ = try await client.get(.pods, namespace: "a", name: "b")
                }
                #expect(seen.all.isEmpty)
                configuration.server = "http://cluster.internal"
                configuration.proxyURL = "http://127.0.0.1:\(port)"
                try await withKubeClient(configuration, logger: Self.logger) { client in
                    _ = try await client.get(.pods, namespace: "a", name: "b")
                }
                #expect(seen.all.map { $0.prefix(27) } == ["CONNECT cluster.internal:80"])
            }
        }
    }

    @Test(arguments: [
        ("407 Proxy Authentication Required", "the proxy requires a user and a password"),
        ("403 Forbidden", "the proxy refuses to connect"),
    ])
    func `a proxy that refuses is named, without its password`(answer: String, part: String) async throws {
        try await ProxyStub.withRunning(target: 1, answer: answer) { port, _ in
            let configuration = ClusterConfiguration(
                server: "https://cluster.internal",
                proxies: ProxyEnvironment(["HTTPS_PROXY": "http://user:canary@127.0.0.1:\(port)"]))
            let options = KubeClient.Options(retry: .never)
            try await withKubeClient(configuration, logger: Self.logger, options: options) { client in
                for isCommand in [false, true] {
                    let error = await #expect(throws: KubeClientError.self) {
                        if isCommand {
                            _ = try await client.exec(["true"], pod: "a", namespace: "b")
                        } else {
                            _ = try await client.get(.pods, namespace: "a", name: "b")
                        }
                    }
                    let text = error?.description ?? ""
                    #expect(error?.code == .unreachable)
                    let proxy = "through the proxy 127.0.0.1:\(port) of HTTPS_PROXY"
                    #expect(text.contains(part) && text.contains(proxy), "\(text)")
                    #expect(!text.contains("canary"))
                }
            }
        }
    }

    @Test func `a variable that can't be used is refused before anything is sent`() throws {
        let environment = ["HTTPS_PROXY": "https://user:canary@proxy:3128", "KUBERNETES_SERVICE_HOST": "10.96.0.1"]
        let configuration = ClusterConfiguration(
            server: "https://cluster.internal", proxies: ProxyEnvironment(environment))
        let error = #expect(throws: KubeClientError.self) { try KubeClient(configuration, logger: Self.logger) }
        #expect(error?.code == .unsupported)
        #expect(error?.message == "HTTPS_PROXY: only http and socks5 proxies are supported, not https")
    }
}
