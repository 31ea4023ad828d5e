import AsyncHTTPClient
import ControllerRuntime
import FoundationEssentials
import KubeModel
import NIOCore
import NIOHTTP1
import NIOSSL
import OperatorTestKit
import Testing

@testable import LiveServer

/// What is served at the same port as events.
@Suite struct ServedRoutesTests {
    /// Says what it was asked for.
    private struct Echo: EndpointRoute {
        func answer(_ request: EndpointRequest) async -> EndpointResponse? {
            guard request.path.first == "echo" else { return nil }
            guard let body = try? await request.body(8) else { return EndpointResponse(status: 413, body: []) }
            let said: JSONValue = [
                "method": .string(request.method), "path": .array(request.path.map { .string($0) }),
                "query": request.query["q"].map { .string($0) } ?? .null,
                "header": request.header("X-Some").map { .string($0) } ?? .null,
                "body": .string(String(decoding: body, as: UTF8.self)),
            ]
            return EndpointResponse(said)
        }
    }

    private static func send(
        _ method: HTTPMethod, _ path: String, body: String = "", to worker: LiveWorker,
        trusting certificate: ServingCertificate, within limit: TimeAmount = .seconds(30)
    ) async throws -> (status: UInt, body: JSONValue) {
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(worker.port)\(path)")
        request.method = method
        request.headers = ["x-some": "thing", "connection": "close"]
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8)))
        tls.certificateVerification = .noHostnameVerification
        request.tlsConfiguration = tls
        let response = try await HTTPClient.shared.execute(request, timeout: limit)
        let bytes = try await response.body.collect(upTo: 1 << 16)
        return (response.status.code, (try? JSONParser.parse(bytes.readableBytesView)) ?? .null)
    }

    @Test func `routes and events share a port and a certificate, and the rest isn't found`() async throws {
        try await LiveSetting.run { setting in
            try await setting.withWorker(routes: [Echo()]) { worker in
                let (certificate, escaped) = (setting.certificate, "/echo/a%2Fb?q=1%202")
                let echo = try await Self.send(.POST, escaped, body: "hello", to: worker, trusting: certificate)
                #expect(echo.status == 200 && echo.body["path"] == ["echo", "a/b"] && echo.body["query"] == "1 2")
                #expect(echo.body["method"] == "POST" && echo.body["body"] == "hello" && echo.body["header"] == "thing")
                let large = try await Self.send(
                    .POST, "/echo", body: "too large a body", to: worker, trusting: certificate)
                #expect(large.status == 413)
                let events = try await Self.send(.GET, LiveSetting.path, to: worker, trusting: certificate)
                #expect(events.status == 401, "no token was shown")
                let other = try await Self.send(.GET, "/other", to: worker, trusting: certificate)
                #expect(other.status == 404 && other.body["reason"] == "NotFound")
            }
        }
    }

    @Test func `one address can't ask for more than its share`() async throws {
        var limits = LiveServerLimits()
        (limits.burst, limits.perSecond) = (5, 0.001)
        try await LiveSetting.run { [limits] setting in
            try await setting.withWorker(limits: limits, routes: [Echo()]) { worker in
                var statuses: [UInt] = []
                // Each takes one for its connection, and one for itself.
                for _ in 0..<3 {
                    statuses.append(
                        try await Self.send(.GET, "/echo", to: worker, trusting: setting.certificate).status)
                }
                #expect(statuses == [200, 200, 429])
            }
        }
    }

    @Test func `a certificate that changes is shown without a restart, and one that can't be used isn't`() async throws
    {
        let folder = URL.temporaryDirectory.appending(path: "serving-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (chain, key) = (folder.appending(path: "tls.crt"), folder.appending(path: "tls.key"))
        func write(_ certificate: String, _ secret: String) throws {
            try Data(certificate.utf8).write(to: chain)
            try Data(secret.utf8).write(to: key)
        }
        let renewed = try ServingCertificate.selfMade(names: ["localhost"])
        try await LiveSetting.run { setting in
            let first = setting.certificate
            try write(first.certificatePEM, first.keyPEM)
            var files = CertificateFiles(chain: chain.path(), key: key.path())
            #expect(try files.read() == first)
            files.interval = .milliseconds(20)
            try await setting.withWorker(routes: [Echo()], files: files) { worker in
                try write("no certificate", first.keyPEM)
                #expect(try await Self.send(.GET, "/echo", to: worker, trusting: first).status == 200)
                try write(renewed.certificatePEM, renewed.keyPEM)
                try await eventually("the new one is shown") {
                    // The client tries again and again to agree with a server that it doesn't trust.
                    let answer = try? await Self.send(
                        .GET, "/echo", to: worker, trusting: renewed, within: .milliseconds(500))
                    return answer?.status == 200
                }
            }
        }
    }
}
