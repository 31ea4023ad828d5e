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

/// A connection that speaks HTTP/1.1, or, where its first request is one for `pods/exec` that may be carried out, becomes
/// a WebSocket.
struct UpgradableChannel: HTTPChannelHandler {
    let server: APIServer
    let responder: Responder

    enum Connection: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case exec(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, ExecSession)
    }

    /// Which of the two it is, is known after the first request.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let connection: EventLoopFuture<Connection>
    }

    private static let maximumFrame = 1 << 20

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(CloseOnQuiesce(), name: CloseOnQuiesce.name)
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: .init(upgraders: [upgrader]) { Self.continueWithHTTP($0, logger: logger) })
            // NIOAsyncChannel takes one request after the other by itself, and errors are answered by the responder.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            let connection = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: configuration)
            let upgrade = try channel.pipeline.syncOperations.handler(
                type: NIOTypedHTTPServerUpgradeHandler<Connection>.self)
            try channel.pipeline.syncOperations.addHandler(
                UpgradeFilter { session($0, channel: channel) != nil }, position: .before(upgrade))
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

    private var upgrader: NIOTypedWebSocketServerUpgrader<Connection> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: Self.maximumFrame,
            shouldUpgrade: { channel, head in
                let headers = session(head, channel: channel).map {
                    HTTPHeaders([("Sec-WebSocket-Protocol", $0.version.rawValue)])
                }
                return channel.eventLoop.makeSucceededFuture(headers)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    guard let session = session(head, channel: channel) else {
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

    private func session(_ head: HTTPRequestHead, channel: any Channel) -> ExecSession? {
        let offered = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].map(String.init)
        guard let version = RemoteCommandProtocol.choose(offered) else { return nil }
        var request = APIRequest(
            method: head.method.rawValue, target: head.uri,
            headers: head.headers.map { ($0.name.lowercased(), $0.value) })
        request.certified = (try? channel.pipeline.syncOperations.nioSSL_peerCertificate())?.flatMap(UserInfo.init)
        return (try? server.execRequest(request)).map { ExecSession(request: $0, version: version) }
    }

    // MARK: Life

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            do {
                switch try await value.connection.get() {
                case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
                case .exec(let channel, let session): try await session.run(channel)
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

/// Takes the wish for an upgrade off a first request that won't get one, so that it goes on as HTTP and gets its Status.
/// NIO's own handler loses the head of a request whose upgrade it refuses.
private final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let isAllowed: @Sendable (HTTPRequestHead) -> Bool

    init(_ isAllowed: @escaping @Sendable (HTTPRequestHead) -> Bool) { self.isAllowed = isAllowed }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if head.headers.contains(name: "upgrade"), !isAllowed(head) {
            head.headers.remove(name: "upgrade")
            // The parser reads nothing after a request for an upgrade.
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
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
