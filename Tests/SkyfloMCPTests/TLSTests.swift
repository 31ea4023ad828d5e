import AsyncHTTPClient
import LiveServer
import Logging
import MCP
import NIOCore
import NIOHTTP1
import NIOSSL
import SkyfloMCP
import Testing

/// The MCP server with a certificate.
@Suite struct TLSTests {
    private struct NoCallers: CallerDirectory {
        func caller(authorization: String?) async throws -> MCPCaller {
            throw MCPCallerRefused(status: 401, message: "nobody is known here")
        }

        func isReady() async -> Bool { true }
    }

    @Test func `with a certificate it speaks TLS, and shows that one`() async throws {
        let certificate = try ServingCertificate.selfMade(names: ["localhost"])
        var settings = MCPHTTPService.Configuration(
            host: "127.0.0.1", port: 0, rules: EndpointRules(hosts: ["localhost"]))
        settings.certificate = certificate
        var logger = Logger(label: "mcp")
        logger.logLevel = .critical
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        let service = MCPHTTPService(settings, callers: NoCallers(), logger: logger) { source.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            defer { group.cancelAll() }
            for await port in ports {
                var request = HTTPClientRequest(url: "https://localhost:\(port)/healthz")
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8)))
                request.tlsConfiguration = tls
                let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
                #expect(answer.status == .ok)
                await #expect(throws: (any Error).self) {
                    try await HTTPClient.shared.execute(
                        HTTPClientRequest(url: "http://localhost:\(port)/healthz"), timeout: .seconds(20))
                }
                return
            }
        }
    }
}
