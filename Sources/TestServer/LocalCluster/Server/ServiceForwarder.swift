import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import KubeModel
import NIOCore
import NIOHTTP1
import NIOSSL

/// A request through the proxy to a service that has a real application behind it.
struct ForwardedRequest: Sendable {
    /// Where services say what is behind them: `https://127.0.0.1:PORT`. Only loopback is gone to.
    static let annotation = "local-cluster/forward-to"

    /// With path and query.
    var url: String

    /// - Parameter target: the path behind `/proxy`, and the query.
    init?(_ service: KubeObject, target: String) {
        guard let base = service.annotations[Self.annotation],
            ["https://127.0.0.1:", "http://127.0.0.1:"].contains(where: { prefix in
                base.hasPrefix(prefix) && base.dropFirst(prefix.count).allSatisfy { $0.isASCII && $0.isNumber }
            })
        else { return nil }
        url = base + target
    }
}

/// Sends requests on as an API server's proxy does: without `Authorization` and impersonation, to a server whose certificate
/// it doesn't look at.
struct ServiceForwarder: Sendable {
    /// Those of one connection, and those by which the API server knows who asks.
    private static let dropped: Set<String> = [
        "authorization", "host", "connection", "content-length", "transfer-encoding", "upgrade", "keep-alive",
        "proxy-authorization", "proxy-authenticate", "te", "trailer", "accept-encoding",
    ]

    /// - Parameter name: in lower case.
    static func isDropped(_ name: String) -> Bool { dropped.contains(name) || name.hasPrefix("impersonate-") }

    private let client: HTTPClient

    init() {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // A stream holds its connection; an API server's proxy has no limit to a service.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async { try? await client.shutdown() }

    func send(_ forwarded: ForwardedRequest, _ request: Request) async -> Response {
        var message = HTTPClientRequest(url: forwarded.url)
        message.method = .GET
        for field in request.headers where !Self.isDropped(field.name.canonicalName) {
            message.headers.add(name: field.name.canonicalName, value: field.value)
        }
        do {
            let answer = try await client.execute(message, timeout: .hours(24))
            var fields = HTTPFields()
            for header in answer.headers where !Self.isDropped(header.name.lowercased()) {
                guard let name = HTTPField.Name(header.name) else { continue }
                fields.append(HTTPField(name: name, value: header.value))
            }
            // Whoever watches the inbound side uses it up: the connection ends with the answer. Without that, one that is
            // idle would never learn that its client has left.
            fields[.connection] = "close"
            return Response(
                status: .init(code: Int(answer.status.code)), headers: fields,
                body: ResponseBody { writer in
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        for try await chunk in answer.body { try await writer.write(chunk) }
                    }
                    try await writer.finish(nil)
                })
        } catch {
            let status = APIStatus(
                code: 503, reason: .serviceUnavailable, message: "error trying to reach service: \(type(of: error))")
            var fields = HTTPFields()
            fields[.contentType] = "application/json"
            return Response(
                status: .serviceUnavailable, headers: fields,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(status.wireJSON))))
        }
    }
}
