import HTTPTransport
import KubeModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// An HTTP/1.1 connection that was asked to become a WebSocket.
enum ExecSocket: Sendable {
    case open(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, RemoteCommandProtocol)
    /// The server answered otherwise: the head of the answer, and a channel that brings its body.
    case refused(NIOAsyncChannel<ByteBuffer, Never>, HTTPResponseHead)

    /// The HTTP status of the answer.
    var status: Int {
        switch self {
        case .open: 101
        case .refused(_, let head): Int(head.status.code)
        }
    }

    struct Writer: Sendable {
        let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>

        func send(_ opcode: WebSocketOpcode, data: ByteBuffer) async throws {
            // Clients must mask (RFC 6455, section 5.3).
            try await outbound.write(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data))
        }
    }

    /// Connects to an API server and asks for a WebSocket. `proxy` is one of HTTP, which is asked for a connection to
    /// the endpoint; `tls` is nil for a connection without; `timeout` is for the connection, and the wait for the
    /// answer ends with the task.
    static func connect(
        to endpoint: Endpoint, through proxy: ProxyServer?, _ head: HTTPRequestHead, tls: NIOSSLContext?,
        timeout: Duration
    ) async throws -> ExecSocket {
        let (channel, tunnel) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.init(timeout))
            .connect(host: proxy?.host ?? endpoint.host, port: proxy?.port ?? endpoint.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    (channel, try ProxyTunnel.open(on: channel, through: proxy, to: endpoint, timeout: timeout))
                }
            }
        return try await withTaskCancellationHandler {
            _ = try? await HTTPClients.keepAlive(channel).get()
            try await tunnel.get()
            return try await channel.eventLoop.submit {
                let pipeline = channel.pipeline.syncOperations
                if let tls { try pipeline.addHandler(try handler(tls, name: endpoint.certificateName)) }
                let result = channel.eventLoop.makePromise(of: ExecSocket.self)
                try pipeline.addHandler(WebSocketHandshake(head, result: result))
                return result.futureResult
            }.get().get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private static func handler(_ context: NIOSSLContext, name: String) throws -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: name)
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            // The certificate is then checked against the address that was connected to.
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
    }
}
