import AsyncHTTPClient
import Foundation
import KubeModel
import LocalCluster
import NIOCore
import NIOHTTP1
import NIOSSL

/// The HTTP side of a replay.
struct Wire: Sendable {
    struct Answer: Sendable {
        var status: Int
        var contentType: String?
        var warnings: [String]
        var body: [UInt8]
    }

    let client: HTTPClient
    let endpoint: LocalCluster.Endpoint
    /// Of the recorded user who is no administrator: it proves who she is.
    let certificate: ClientCertificate
    private let aliceClient: HTTPClient

    static func withClients<R>(
        of endpoint: LocalCluster.Endpoint, _ body: (Wire) async throws -> R
    ) async throws -> R {
        let certificate = try endpoint.clientCertificate(user: "alice", groups: ["dev-team"])
        let wire = Wire(
            client: try client(), endpoint: endpoint, certificate: certificate, aliceClient: try client(certificate))
        let result: Result<R, any Error>
        do { result = .success(try await body(wire)) } catch { result = .failure(error) }
        try await wire.client.shutdown()
        try await wire.aliceClient.shutdown()
        return try result.get()
    }

    private static func client(_ certificate: ClientCertificate? = nil) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        if let certificate {
            let chain = try NIOSSLCertificate(bytes: Array(certificate.certificatePEM.utf8), format: .pem)
            let key = try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem)
            (tls.certificateChain, tls.privateKey) = ([.certificate(chain)], .privateKey(key))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// - Parameters:
    ///   - request: as it was recorded, with placeholders filled in.
    ///   - lines: after so many lines of a watch the rest isn't waited for.
    func send(_ request: JSONValue, user: String?, agent: String = "recorder/1.0", lines: Int? = nil) async throws
        -> Answer
    {
        var message = HTTPClientRequest(url: endpoint.url + (request["path"]?.string ?? "/"))
        message.method = HTTPMethod(rawValue: request["method"]?.string ?? "GET")
        message.headers.add(name: "User-Agent", value: agent)
        for (name, value) in request["headers"]?.object ?? [:] {
            message.headers.add(name: name, value: value.string ?? "")
        }
        if !message.headers.contains(name: "Accept") { message.headers.add(name: "Accept", value: "application/json") }
        if user == nil, !message.headers.contains(name: "Authorization") {
            message.headers.add(name: "Authorization", value: "Bearer \(endpoint.token)")
        }
        if let bytes = request["body_base64"]?.string.flatMap(Base64.decode) {
            message.body = .bytes(ByteBuffer(bytes: bytes))
        } else if let body = request["body"] {
            message.body = .bytes(ByteBuffer(bytes: body.string.map { Array($0.utf8) } ?? JSONWriter.bytes(body)))
        }
        let client = user == "alice" ? aliceClient : client
        let response = try await client.execute(message, timeout: .seconds(15))
        var bytes: [UInt8] = []
        for try await chunk in response.body {
            bytes += chunk.readableBytesView
            if let lines, bytes.count(where: { $0 == UInt8(ascii: "\n") }) >= lines { break }
        }
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type"),
            warnings: response.headers["Warning"], body: bytes)
    }

    /// Waits until nothing a controller writes has changed in the namespace for a while.
    func settle(_ namespace: String) async throws {
        let paths = [
            "/apis/apps/v1/namespaces/\(namespace)/deployments", "/apis/apps/v1/namespaces/\(namespace)/replicasets",
            "/apis/batch/v1/namespaces/\(namespace)/jobs", "/api/v1/namespaces/\(namespace)/pods",
            "/api/v1/namespaces/\(namespace)/endpoints", "/api/v1/namespaces/\(namespace)/events",
        ]
        func state() async throws -> [String] {
            var versions: [String] = []
            for path in paths {
                let answer = try await send(["path": .string(path)], user: nil)
                for item in (try? JSONParser.parse(answer.body))?["items"]?.array ?? [] {
                    versions.append(item["metadata", "resourceVersion"]?.string ?? "")
                    // One that is being deleted counts as a change until it is gone.
                    if item["metadata", "deletionTimestamp"] != nil { versions.append(UUID().uuidString) }
                }
            }
            return versions
        }
        let end = ContinuousClock.now + .seconds(8)
        var last = try await state()
        var since = ContinuousClock.now
        while ContinuousClock.now < end, ContinuousClock.now - since < .milliseconds(600) {
            try await Task.sleep(for: .milliseconds(100))
            let now = try await state()
            if now != last { (last, since) = (now, .now) }
        }
    }
}
