import HTTPTypes
import Hummingbird
import HummingbirdCore
import KubeModel
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOWebSocket
import Synchronization

/// A connection that speaks HTTP/1.1, or, where its first request is one for `pods/exec` that may be carried out, or for a
/// WebSocket of the application behind a service, becomes a WebSocket.
struct UpgradableChannel: HTTPChannelHandler {
    let server: APIServer
    let responder: Responder

    enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case exec(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, ExecSession)
        case tunnel(NIOAsyncChannel<ByteBuffer, ByteBuffer>, ServiceTunnel)
    }

    /// Which of them it is, is known after the first request.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    private static let maximumFrame = 1 << 20

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(CloseOnQuiesce(), name: CloseOnQuiesce.name)
            let ticket = TunnelTicket()
            // Who leaves before the application has answered leaves nobody to take its WebSocket.
            channel.closeFuture.whenComplete { _ in ticket.tunnel.withLock(\.self)?.close() }
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: .init(upgraders: [Upgrader(exec: execUpgrader, ticket: ticket)]) {
                    Self.continueWithHTTP($0, logger: logger)
                })
            // NIOAsyncChannel takes one request after the other by itself, and errors are answered by the responder.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            let connection = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: configuration)
            let upgrade = try channel.pipeline.syncOperations.handler(
                type: NIOTypedHTTPServerUpgradeHandler<Connection>.self)
            try channel.pipeline.syncOperations.addHandler(
                UpgradeFilter { [self] head, certified in
                    if session(head, certified: certified) != nil { return true }
                    guard let tunnel = await tunnel(head, certified: certified) else { return false }
                    ticket.tunnel.withLock { $0 = tunnel }
                    if !channel.isActive { tunnel.close() }
                    return true
                }, position: .before(upgrade))
            return Value(channel: channel, connection: connection)
        }
    }

    private static func continueWithHTTP(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
            // From here on that one knows when the connection is idle.
            pipeline.removeHandler(name: CloseOnQuiesce.name, promise: nil)
            return .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    // MARK: WebSocket

    private var execUpgrader: NIOTypedWebSocketServerUpgrader<Connection> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: Self.maximumFrame,
            shouldUpgrade: { channel, head in
                let headers = session(head, certified: channel.certified).map {
                    HTTPHeaders([("Sec-WebSocket-Protocol", $0.version.rawValue)])
                }
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    guard let session = session(head, certified: channel.certified) else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024,
                            maxAccumulatedFrameSize: Self.maximumFrame))
                    return .exec(try NIOAsyncChannel(wrappingChannelSynchronously: channel), session)
                }
            })
    }

    private func session(_ head: HTTPRequestHead, certified: UserInfo?) -> ExecSession? {
        let offered = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        guard let version = RemoteCommandProtocol.choose(offered) else { return nil }
        return (try? server.execRequest(APIRequest(head, certified: certified))).map {
            ExecSession(request: $0, version: version)
        }
    }

    /// To the application of a service. Its proxy is asked for as for any other request, so that rights count.
    private func tunnel(_ head: HTTPRequestHead, certified: UserInfo?) async -> ServiceTunnel? {
        guard head.method == .GET, head.uri.contains("/proxy"),
            head.headers[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" })
        else { return nil }
        let request = APIRequest(head, certified: certified)
        guard case .forward(let forwarded) = server.respond(to: request).body,
            let tunnel = try? await ServiceTunnel.open(to: forwarded, head)
        else { return nil }
        server.audit?(AuditEvent(request, target: head.uri, status: 101))
        return tunnel
    }

    /// A wish that the gate let through: for a tunnel where there is one, else for exec.
    private struct Upgrader: NIOTypedHTTPServerProtocolUpgrader {
        let supportedProtocol = "websocket"
        let requiredUpgradeHeaders: [String] = []
        let exec: NIOTypedWebSocketServerUpgrader<Connection>
        let ticket: TunnelTicket

        func buildUpgradeResponse(
            channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
        ) -> EventLoopFuture<HTTPHeaders> {
            guard let tunnel = ticket.tunnel.withLock(\.self) else {
                return exec.buildUpgradeResponse(
                    channel: channel, upgradeRequest: upgradeRequest, initialResponseHeaders: initialResponseHeaders)
            }
            var headers = initialResponseHeaders
            headers.add(contentsOf: tunnel.headers)
            return channel.eventLoop.makeSucceededFuture(headers)
        }

        func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Connection> {
            guard let tunnel = ticket.tunnel.withLock(\.self) else {
                return exec.upgrade(channel: channel, upgradeRequest: upgradeRequest)
            }
            return channel.eventLoop.makeCompletedFuture {
                .tunnel(try NIOAsyncChannel(wrappingChannelSynchronously: channel), tunnel)
            }
        }
    }

    // MARK: Life

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            do {
                switch try await value.connection.get() {
                case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
                case .exec(let channel, let session): try await session.run(channel)
                case .tunnel(let channel, let tunnel): try await tunnel.run(channel)
                }
            } catch {
                // The client left, before it asked or in the midst of a command.
                logger.trace("a connection ended: \(error)")
            }
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}

/// What a request for a WebSocket got.
private final class TunnelTicket: Sendable {
    /// nil for none, and for exec.
    let tunnel = Mutex<ServiceTunnel?>(nil)
}

extension Channel {
    /// Whom the client certificate names; nil for none. On the channel's event loop.
    fileprivate var certified: UserInfo? {
        (try? pipeline.syncOperations.nioSSL_peerCertificate())?.flatMap(UserInfo.init)
    }
}

extension APIRequest {
    fileprivate init(_ head: HTTPRequestHead, certified: UserInfo?) {
        self.init(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name.lowercased(), $0.value) })
        self.certified = certified
    }
}

/// Holds the first request of a connection back while it is found out whether it may have the WebSocket that it asks for. The wish
/// is taken off one that may not, so that it goes on as HTTP and gets its Status. NIO's own handler loses the head of a request
/// whose upgrade it refuses.
private final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let admit: @Sendable (HTTPRequestHead, UserInfo?) async -> Bool
    private var context: ChannelHandlerContext?
    private var held: [HTTPServerRequestPart] = []
    private var isAsking = false

    init(admit: @escaping @Sendable (HTTPRequestHead, UserInfo?) async -> Bool) { self.admit = admit }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isAsking else { return held.append(part) }
        guard case .head(let head) = part, head.headers.contains(name: "upgrade") else {
            return passOn([part], in: context)
        }
        isAsking = true
        // Nothing more is taken meanwhile from a client that sends on.
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let (admit, certified) = (admit, context.channel.certified)
        context.eventLoop.makeFutureWithTask { await admit(head, certified) }.assumeIsolated().whenComplete { result in
            self.decide(head, isAdmitted: (try? result.get()) ?? false)
        }
    }

    private func decide(_ head: HTTPRequestHead, isAdmitted: Bool) {
        guard let context else { return }
        var head = head
        if !isAdmitted {
            head.headers.remove(name: "upgrade")
            // The parser reads nothing after a request for an upgrade.
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        _ = try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        passOn([.head(head)] + held, in: context)
        held = []
    }

    private func passOn(_ parts: [HTTPServerRequestPart], in context: ChannelHandlerContext) {
        for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
        if isAsking { context.fireChannelReadComplete() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

/// Ends a connection that has asked for nothing yet, or that carries a command, when the server stops.
private final class CloseOnQuiesce: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    static let name = "close-on-quiesce"

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
    }
}
