import AsyncHTTPClient
import FoundationEssentials
import KubeModel
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import SkyfloAPI
import Synchronization
import Testing

@testable import Controllers

/// What HTTP adds.
@Suite struct WebhookServerTests {
    private static let path = "/v1/triggers/shop/sky/page"
    private static let body =
        #"{"version":"4","groupKey":"g","status":"firing","alerts":[{"status":"firing","startsAt":"2027-01-15T07:59:00Z"}]}"#

    /// - Parameter body: gets the address of the server.
    private static func run(
        certificate: (chain: String, key: String)? = nil,
        _ body: @escaping @Sendable (String, TriggerScene) async throws -> Void
    ) async throws {
        try await TriggerScene.run(TriggerScene.alerts()) { scene in
            let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
            let handler = WebhookHandler(scene.dependencies, journal: scene.journal) { _ in }
            let server = WebhookServer(
                handler, .init(port: 0, certificate: certificate) { continuation.yield($0) },
                logger: scene.dependencies.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await port in ports {
                    try await body("\(certificate == nil ? "http" : "https")://127.0.0.1:\(port)", scene)
                    break
                }
                group.cancelAll()
            }
        }
    }

    private static func send(
        _ url: String, _ method: String = "POST", body: String = body, type: String = "application/json",
        token: String? = TriggerScene.token
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        request.headers = ["content-type": type]
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(string: body))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        request.tlsConfiguration = tls
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    }

    @Test func `a notification is taken, and the answer names the Conversation`() async throws {
        try await Self.run { url, scene in
            let response = try await Self.send(url + Self.path, type: "application/json; charset=utf-8")
            #expect(response.status.code == 201)
            let answer = try JSONParser.parse(Array(buffer: try await response.body.collect(upTo: 4096)))
            #expect(answer["conversation"]?.string == scene.made.first?.key.description)
        }
    }

    @Test func `what isn't one is refused by its status`() async throws {
        try await Self.run { url, scene in
            #expect(try await Self.send(url + Self.path, token: nil).status.code == 401)
            let refused = try await Self.send(url + "/v1/triggers/shop/sky/other", token: "wrong")
            #expect(refused.status.code == 401 && refused.headers.first(name: "www-authenticate") != nil)
            #expect(try await Self.send(url + Self.path, type: "text/plain").status.code == 415)
            #expect(try await Self.send(url + Self.path, "GET", body: "").status.code == 404)
            #expect(try await Self.send(url + "/v1/triggers/shop/sky").status.code == 404)
            let large = String(repeating: " ", count: (1 << 20) + 1)
            #expect(try await Self.send(url + Self.path, body: large).status.code == 413)
            #expect(scene.made.isEmpty)
        }
    }

    @Test func `with a certificate it speaks TLS`() async throws {
        let folder = URL.temporaryDirectory.appending(path: "webhook-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (chain, key) = (folder.appending(path: "tls.crt"), folder.appending(path: "tls.key"))
        try Data(Self.certificate.utf8).write(to: chain)
        try Data(Self.key.utf8).write(to: key)
        try await Self.run(certificate: (chain.path(), key.path())) { url, _ in
            let response = try await Self.send(url + Self.path)
            #expect(response.status.code == 201)
        }
    }

    /// For this test alone.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBlDCCATugAwIBAgIUGz7kr6giut1w9gFIPZEOt82ifEMwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDIxMjUyN1oYDzIxMjYxMTA2
        MjEyNTI3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQz3ISRGvptjvZmlp+tlCDbyugyFlHax4Lro+M+adMJrgqi1iTT+c/Z
        8nS0PYrGilQSDA/+qiVTJLeD4Grz0SIKo2kwZzAdBgNVHQ4EFgQUAHr9UI3/iixv
        kBV7MqCUd87eEacwHwYDVR0jBBgwFoAUAHr9UI3/iixvkBV7MqCUd87eEacwDwYD
        VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
        RwAwRAIgKJQ8e8tP9DxTmrBOJzGPe18Z2r+8ctceCox1EJq7H70CIC0dhx5NepA0
        svdBDbp42sr/6sgUsJZdtJWLsznXF/Zg
        -----END CERTIFICATE-----
        """
    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCbRqb6ykTQShhH2/
        LfO2aHPLvvA+LxwxhRieXZylou2hRANCAAQz3ISRGvptjvZmlp+tlCDbyugyFlHa
        x4Lro+M+adMJrgqi1iTT+c/Z8nS0PYrGilQSDA/+qiVTJLeD4Grz0SIK
        -----END PRIVATE KEY-----
        """
}
