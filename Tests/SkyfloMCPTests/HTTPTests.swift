import AsyncHTTPClient
import KubeClient
import KubeModel
import LocalCluster
import Logging
import MCP
import NIOCore
import NIOHTTP1
import OperatorTestKit
import SkyfloMCP
import Synchronization
import Testing

@Suite struct HTTPTests {
    private struct Answer {
        var status: Int
        var type: String
        var text: String

        var json: JSONValue? { try? JSONParser.parse(text) }
        /// Of server-sent events.
        var events: [JSONValue] {
            text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.compactMap {
                try? JSONParser.parse(String($0.dropFirst(6)))
            }
        }
    }

    private static let logger = {
        var logger = Logger(label: "mcp")
        logger.logLevel = .critical
        return logger
    }()

    private func withService(
        _ callers: any CallerDirectory, _ body: @escaping @Sendable (_ url: String) async throws -> Void
    ) async throws {
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        let service = MCPHTTPService(
            .init(host: "127.0.0.1", port: 0, rules: EndpointRules(hosts: ["127.0.0.1"]), keepAlive: .milliseconds(50)),
            callers: callers,
            logger: Self.logger
        ) { source.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            defer { group.cancelAll() }
            for await port in ports { return try await body("http://127.0.0.1:\(port)") }
        }
    }

    private static func request(_ url: String, _ body: JSONValue, token: String? = nil) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + "/mcp")
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": body["method"]?.string ?? "",
        ]
        if let name = body["params", "name"]?.string { request.headers.add(name: "Mcp-Name", value: name) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
        return request
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 22)
        return Answer(
            status: Int(response.status.code), type: response.headers.first(name: "content-type") ?? "",
            text: String(buffer: body))
    }

    private static func single(_ features: FixedFeatures = FixedFeatures()) -> SingleCaller {
        SingleCaller(MCPCaller(name: "ann", server: features.server), api: UnreachableAPI())
    }

    @Test func `a call is answered as JSON, and as events only where its progress was asked for`() async throws {
        try await withService(Self.single()) { url in
            let plain = try await send(Self.request(url, Modern.call("count")))
            #expect(plain.status == 200 && plain.type == "application/json")
            #expect(plain.json?["result", "content"]?.array?.first?["text"] == "counted")
            let streamed = try await send(Self.request(url, Modern.call("count", progressToken: 9)))
            #expect(streamed.status == 200 && streamed.type == "text/event-stream")
            #expect(streamed.events.dropLast().map { $0["params", "progress"] } == [1, 2, 3])
            #expect(streamed.events.last?["id"] == 1)
        }
    }

    @Test func `an error keeps its status`() async throws {
        try await withService(Self.single()) { url in
            let unknown = try await send(Self.request(url, Modern.call("nothing")))
            #expect(unknown.status == 400 && unknown.json?["error", "code"] == -32602)
            var request = Self.request(url, Modern.call("echo"))
            request.method = .GET
            #expect(try await send(request).status == 405)
            request = Self.request(url, Modern.call("echo"))
            request.headers.replaceOrAdd(name: "Host", value: "rebound.example")
            #expect(try await send(request).status == 421)
            request = Self.request(url, Modern.call("echo", ["text": .string(String(repeating: "a", count: 1 << 21))]))
            #expect(try await send(request).status == 413)
        }
    }

    @Test func `a client that hangs up cancels its call`() async throws {
        let features = FixedFeatures()
        try await withService(Self.single(features)) { url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await send(Self.request(url, Modern.call("hang"))) }
                try await eventually { features.hanging.began.withLock(\.self) }
                group.cancelAll()
            }
            try await eventually { features.hanging.wasCancelled.withLock(\.self) }
        }
    }

    @Test func `readiness is the API server's`() async throws {
        try await withService(Self.single()) { url in
            let healthy = try await send(HTTPClientRequest(url: url + "/healthz"))
            let ready = try await send(HTTPClientRequest(url: url + "/readyz"))
            #expect(healthy.status == 200 && ready.status == 503)
        }
    }

    @Test func `with tokens each caller has that token's rights, and none without one`() async throws {
        try await LocalCluster.withRunning(.init()) { _, endpoint in
            let configuration = try ClusterConfiguration.kubeconfig(text: endpoint.kubeconfig())
            try await withKubeClient(configuration, logger: Self.logger) { api in
                let token = try await api.requestToken(serviceAccount: "default", namespace: "default").token
                let callers = TokenCallers(configuration, api: api, logger: Self.logger) { api, user in
                    ClusterFeatures.forTests(api, user: user)
                }
                try await withService(callers) { url in
                    #expect(try await send(Self.request(url, Modern.call("k8s_get"))).status == 401)
                    #expect(try await send(Self.request(url, Modern.call("k8s_get"), token: "no-token")).status == 401)
                    let get = Modern.call("k8s_get", ["resource_type": "pods"])
                    let refused = try await send(Self.request(url, get, token: token)).json
                    #expect(refused?["result", "isError"] == true)
                    let text = refused?["result", "content"]?.array?.first?["text"]?.string ?? ""
                    #expect(text.contains("system:serviceaccount:default:default may not list pods"), "\(text)")
                    #expect(try await send(HTTPClientRequest(url: url + "/readyz")).status == 200)
                }
                await callers.shutdown()
            }
        }
    }
}

/// An API server that can't be reached.
private struct UnreachableAPI: KubeAPI {
    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        throw KubeClientError(.unreachable, message: "nobody there")
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result { throw KubeClientError(.unreachable, message: "nobody there") }
}
