import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import Synchronization

/// A connection that speaks HTTP/1.1, or becomes a WebSocket (RFC 6455) where its first request asks for one and may have it.
struct LiveChannel: HTTPChannelHandler {
    let responder: Responder
    let front: LiveFront

    enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, LiveSocket)
    }

    /// Which of the two it is, is known after the first request.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    /// A connection that says nothing isn't kept.
    private static let idleSeconds: Int64 = 30

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let ticket = UpgradeTicket()
            let idle = IdleStateHandler(readTimeout: .seconds(Self.idleSeconds))
            try pipeline.addHandler(idle, name: Name.idle)
            try pipeline.addHandler(CloseWhenStopping(), name: Name.stopping)
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: .init(upgraders: [Self.upgrader(ticket)]) {
                    Self.continueWithHTTP($0, logger: logger)
                })
            // NIOAsyncChannel takes one request after the other by itself, and errors are answered by the responder.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            let connection = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let upgrade = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Connection>.self)
            let address = channel.remoteAddress?.ipAddress ?? ""
            try pipeline.addHandler(
                UpgradeGate(ticket) { [front] head in await LiveSocket(head, from: address, front: front) },
                position: .before(upgrade))
            return Value(channel: channel, connection: connection)
        }
    }

    private enum Name {
        static let idle = "idle"
        static let stopping = "stopping"
    }

    private static func continueWithHTTP(_ channel: any Channel, logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            // From here on that one knows when the connection is idle, and ends it when the server stops.
            try pipeline.addHandler(
                HTTPConnectionStateHandler(idleTimeout: .seconds(Self.idleSeconds), logger: logger))
            pipeline.removeHandler(name: Name.idle, promise: nil)
            pipeline.removeHandler(name: Name.stopping, promise: nil)
            return .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    private static func upgrader(_ ticket: UpgradeTicket) -> NIOTypedWebSocketServerUpgrader<Connection> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: LiveSocket.frameLimit,
            shouldUpgrade: { channel, _ in
                let headers = ticket.socket.withLock(\.self).map { socket in
                    HTTPHeaders(socket.subprotocol.map { [("Sec-WebSocket-Protocol", $0)] } ?? [])
                }
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    let socket = ticket.socket.withLock { socket in
                        defer { socket = nil }
                        return socket
                    }
                    guard let socket else { throw ChannelError.inappropriateOperationForState }
                    let pipeline = channel.pipeline.syncOperations
                    pipeline.removeHandler(name: Name.idle, promise: nil)
                    try pipeline.addHandler(
                        NIOWebSocketFrameAggregator(
                            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 64,
                            maxAccumulatedFrameSize: LiveSocket.frameLimit))
                    return .socket(try NIOAsyncChannel(wrappingChannelSynchronously: channel), socket)
                }
            })
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            do {
                switch try await value.connection.get() {
                case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
                case .socket(let channel, let socket): try await socket.run(channel)
                }
            } catch {
                // The client left, before it asked or in the midst of a stream.
                logger.trace("a connection ended: \(error)")
            }
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}

/// What a request for a WebSocket got.
final class UpgradeTicket: Sendable {
    /// nil for a refusal.
    let socket = Mutex<LiveSocket?>(nil)
}

/// Holds the first request of a connection back while it is found out whether it may have the WebSocket that it asks for. One
/// that may not goes on as HTTP, and gets its answer there.
private final class UpgradeGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let ticket: UpgradeTicket
    private let admit: @Sendable (HTTPRequestHead) async -> LiveSocket?
    private var context: ChannelHandlerContext?
    private var held: [HTTPServerRequestPart] = []
    private var isAsking = false

    init(_ ticket: UpgradeTicket, admit: @escaping @Sendable (HTTPRequestHead) async -> LiveSocket?) {
        self.ticket = ticket
        self.admit = admit
    }

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
        let admit = admit
        context.eventLoop.makeFutureWithTask { await admit(head) }.assumeIsolated().whenComplete { result in
            self.decide(head, socket: try? result.get())
        }
    }

    private func decide(_ head: HTTPRequestHead, socket: LiveSocket??) {
        guard let context else { return }
        var head = head
        if let socket = socket ?? nil {
            ticket.socket.withLock { $0 = socket }
        } else {
            // NIO's own handler loses the head of a request whose upgrade it refuses.
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

/// Ends a connection that has asked for nothing yet, for too long or when the server stops, and a WebSocket when it stops.
private final class CloseWhenStopping: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if event is ChannelShouldQuiesceEvent || event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        }
    }
}
