import AsyncHTTPClient
import ControllerRuntime
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import OperatorTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct HealthServerTests {
    private func get(_ port: Int, _ path: String) async throws -> (status: Int, type: String?, text: String) {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), response.headers.first(name: "content-type"), String(buffer: body))
    }

    @Test func `endpoints answer with what the checks say`() async throws {
        let isReady = Mutex(false)
        let registry = MetricsRegistry()
        Counter(label: "things_total", factory: registry).increment()
        let cache = HealthCheck("cache") {
            if !isReady.withLock(\.self) { throw Failure() }
        }
        let server = HealthServer(
            host: "127.0.0.1", port: 0, readiness: [.ping, cache], metrics: registry, logger: .silent)
        try await running([{ try await server.run() }]) {
            let port = try await server.boundPort()
            #expect(try await get(port, "/healthz") == (200, "text/plain; charset=utf-8", "ok"))
            #expect(try await get(port, "/livez?verbose").text == "[+]ping ok\nlivez check passed\n")
            let failed = try await get(port, "/readyz")
            #expect(failed.status == 500)
            #expect(failed.text == "[+]ping ok\n[-]cache failed: reason withheld\nreadyz check failed\n")
            isReady.withLock { $0 = true }
            #expect(try await get(port, "/readyz").text == "ok")
            #expect(
                try await get(port, "/metrics")
                    == (
                        200, "text/plain; version=0.0.4; charset=utf-8", "# TYPE things_total counter\nthings_total 1\n"
                    ))
            #expect(try await get(port, "/other").status == 404)
        }
    }
}
