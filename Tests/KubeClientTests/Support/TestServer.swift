import HTTPTypes
import Hummingbird
import HummingbirdTLS
import KubeModel
import Logging
import NIOCore
import NIOSSL

/// Runs `body` with the port of a server on loopback, which stays until the tests end: a connection that a server accepts
/// while it is being cancelled traps in NIO, and clients under test are cut off at any moment.
func withServer<Result: Sendable>(
    tls: TLSConfiguration? = nil, _ handler: @escaping @Sendable (Request) async throws -> Response,
    _ body: @escaping @Sendable (Int) async throws -> Result
) async throws -> Result {
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let application = Application(
        responder: CallbackResponder<BasicRequestContext> { request, _ in try await handler(request) },
        server: try tls.map { try .tls(tlsConfiguration: $0) } ?? .http1(),
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "server") { _ in SwiftLogNoOpLogHandler() })
    Task.detached { try await application.run() }
    for await port in ports { return try await body(port) }
    throw CancellationError()
}

extension Response {
    static func json(_ value: JSONValue, status: Int = 200, headers: [(String, String)] = []) -> Response {
        var fields = HTTPFields()
        for (name, value) in [("Content-Type", "application/json")] + headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return Response(
            status: .init(code: status), headers: fields,
            body: .init(byteBuffer: ByteBuffer(string: JSONWriter.string(value))))
    }

    static func failure(
        _ code: Int, _ reason: APIStatus.Reason, _ message: String = "no", headers: [(String, String)] = []
    ) -> Response {
        .json(APIStatus(code: code, reason: reason, message: message).json, status: code, headers: headers)
    }

    /// Sends the chunks one by one, and then ends, or stays open until the client leaves.
    static func chunks(_ chunks: [String], to request: Request, ends: Bool) -> Response {
        Response(
            status: .ok,
            body: .init { writer in
                for chunk in chunks { try await writer.write(ByteBuffer(string: chunk)) }
                if !ends {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await Task.sleep(for: .seconds(600))
                    }
                }
                try await writer.finish(nil)
            })
    }
}

extension Request {
    func header(_ name: String) -> [String] { HTTPField.Name(name).map { headers[values: $0] } ?? [] }
}
