import KubeModel
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Asks for a WebSocket, and makes the connection one when the server agrees (RFC 6455, section 4).
///
/// NIO's own upgrade handler takes the HTTP decoder out of the pipeline in a later turn of the event loop. A server that
/// answers, sends all that a short command wrote, and closes, can do so within one turn: the messages would be lost. This
/// one stays in the pipeline and lets all bytes behind the answer's head pass.
final class WebSocketHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Container runtimes send 32 KiB at once; nothing of a command's streams comes near this.
    private static let maximumMessageBytes = 4 << 20
    private static let maximumHeadBytes = 64 << 10

    private let request: HTTPRequestHead
    private let upgrader: NIOWebSocketClientUpgrader
    private let result: EventLoopPromise<ExecSocket>
    private var received = ByteBuffer()
    private var isDone = false

    init(_ request: HTTPRequestHead, result: EventLoopPromise<ExecSocket>) {
        upgrader = NIOWebSocketClientUpgrader { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        var request = request
        request.headers.add(name: "Connection", value: "Upgrade")
        request.headers.add(name: "Upgrade", value: upgrader.supportedProtocol)
        upgrader.addCustom(upgradeRequestHeaders: &request.headers)
        self.request = request
        self.result = result
    }

    /// The connection has been made, and TLS keeps what is written until its own handshake is done.
    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return fail(HTTPParserError.closedConnection, context: context) }
        var bytes = ByteBuffer(string: "\(request.method) \(request.uri) HTTP/1.1\r\n")
        for (name, value) in request.headers { bytes.writeString("\(name): \(value)\r\n") }
        bytes.writeString("\r\n")
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        received.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            guard let (response, length) = try HTTPResponseHead.parse(received) else {
                guard received.readableBytes <= Self.maximumHeadBytes else { throw HTTPParserError.headerOverflow }
                return
            }
            isDone = true
            received.moveReaderIndex(forwardBy: length)
            let channel = context.channel
            result.succeed(
                response.status == .switchingProtocols
                    ? try open(channel, response: response)
                    : .refused(try NIOAsyncChannel(wrappingChannelSynchronously: channel), response))
            if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
            received = ByteBuffer()
        } catch {
            fail(error, context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone { fail(HTTPParserError.closedConnection, context: context) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDone { context.fireErrorCaught(error) } else { fail(error, context: context) }
    }

    /// Is called for connections that never came about, too: a promise must not be left behind.
    func handlerRemoved(context: ChannelHandlerContext) {
        if !isDone { fail(HTTPParserError.closedConnection, context: context) }
    }

    private func fail(_ error: any Error, context: ChannelHandlerContext) {
        isDone = true
        result.fail(error)
        context.close(promise: nil)
    }

    private func open(_ channel: any Channel, response: HTTPResponseHead) throws -> ExecSocket {
        let chosen = response.headers.first(name: "Sec-WebSocket-Protocol").flatMap(RemoteCommandProtocol.init)
        guard upgrader.shouldAllowUpgrade(upgradeResponse: response), let chosen else {
            throw KubeClientError(
                .badResponse, message: "the API server's answer is not a WebSocket for a command's streams")
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            WebSocketFrameEncoder(),
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.maximumMessageBytes)),
            WebSocketProtocolErrorHandler(isServer: false),
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096,
                maxAccumulatedFrameSize: Self.maximumMessageBytes),
        ])
        return .open(try NIOAsyncChannel(wrappingChannelSynchronously: channel), chosen)
    }
}

extension HTTPResponseHead {
    /// The head that a connection begins with, and its length; nil while it is not complete.
    static func parse(_ bytes: ByteBuffer) throws -> (head: HTTPResponseHead, length: Int)? {
        let view = bytes.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var lines = String(decoding: view[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")[...]
        let words = lines.popFirst()?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let code = Int(words[1]), (100..<600).contains(code)
        else {
            throw HTTPParserError.invalidStatus
        }
        var headers = HTTPHeaders()
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { throw HTTPParserError.invalidHeaderToken }
            headers.add(name: String(line[..<colon]), value: String(line[line.index(after: colon)...]).trimmed)
        }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: headers)
        return (head, view.distance(from: view.startIndex, to: end.upperBound))
    }
}
