import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle

/// The edge: turns HTTP messages into ``APIRequest``s and answers into HTTP.
struct HTTPFront: HTTPResponder {
    typealias Context = BasicRequestContext

    let server: APIServer

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        let target = request.head.path ?? "/"
        var api = APIRequest(method: request.method.rawValue, target: target, headers: headers)
        let isWatch = api.method == "GET"
        if !isWatch {
            // One byte more than is allowed, so that the server itself says what is wrong.
            var body = try await collect(request)
            api.body = body.readBytes(length: body.readableBytes) ?? []
        }
        let response = server.respond(to: api)
        server.audit?(AuditEvent(api, target: target, status: response.status))
        switch response.body {
        case .bytes(let bytes):
            return Response(
                status: .init(code: response.status), headers: fields(response),
                body: request.method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .watch(let watch):
            return Response(
                status: .ok, headers: fields(response), body: Self.body(of: watch, request))
        case .log(let log):
            return Response(
                status: .ok, headers: fields(response), body: Self.body(of: log, request))
        }
    }

    private func collect(_ request: Request) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await part in request.body where all.readableBytes <= APIServer.bodyLimit {
            all.writeImmutableBuffer(part)
        }
        return all
    }

    private func fields(_ response: APIResponse) -> HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = response.contentType
        fields[.cacheControl] = "no-cache, private"
        for header in response.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return fields
    }

    /// Without watching the inbound side an idle stream would never learn that its client has left.
    private static func body(of stream: some StreamedBody, _ request: Request) -> ResponseBody {
        ResponseBody { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await stream.run { try await writer.write(ByteBuffer(bytes: $0)) }
            }
            try await writer.finish(nil)
        }
    }
}
