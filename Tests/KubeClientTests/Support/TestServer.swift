import HTTPTypes
import Hummingbird
import HummingbirdTLS
import KubeModel
import Logging
import NIOCore
import NIOSSL

/// A server on loopback for as long as `body` runs, which gets its port.
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
    let result = try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask {
            try await application.run()
            return nil
        }
        group.addTask {
            for await port in ports { return try await body(port) }
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
    guard let result else { throw CancellationError() }
    return result
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
