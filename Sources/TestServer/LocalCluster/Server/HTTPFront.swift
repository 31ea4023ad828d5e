import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

/// A request with the connection that it came on.
struct ConnectedRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Whom the client certificate names, nil for none.
    func certified() async -> UserInfo? {
        (try? await channel.nioSSL_peerCertificate().get())?.flatMap(UserInfo.init)
    }
}

/// The edge: turns HTTP messages into ``APIRequest``s and answers into HTTP.
struct HTTPFront: HTTPResponder {
    typealias Context = ConnectedRequestContext

    let server: APIServer
    let forwarder: ServiceForwarder

    func respond(to request: Request, context: ConnectedRequestContext) async throws -> Response {
        let headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        let target = request.head.path ?? "/"
        var api = APIRequest(method: request.method.rawValue, target: target, headers: headers)
        if api.header("authorization") == nil { api.certified = await context.certified() }
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
                status: .ok, headers: streamFields(response), body: Self.body(of: watch, request))
        case .log(let log):
            return Response(
                status: .ok, headers: streamFields(response), body: Self.body(of: log, request))
        case .forward(let forwarded): return await forwarder.send(forwarded, request)
        }
    }

    private func collect(_ request: Request) async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await part in request.body where all.readableBytes <= APIServer.bodyLimit {
            all.writeImmutableBuffer(part)
        }
        return all
    }

    /// Whoever watches the inbound side uses it up: the connection ends with the stream, and the client has to know, or it
    /// would send its next request into a connection that closes.
    private func streamFields(_ response: APIResponse) -> HTTPFields {
        var fields = fields(response)
        fields[.connection] = "close"
        return fields
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
