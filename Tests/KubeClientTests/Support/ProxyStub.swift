import NIOCore
import NIOPosix

/// A proxy that takes CONNECT, connects to one place on loopback whatever is asked for, and remembers what it was asked.
final class ProxyStub: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let seen: Recorder<String>
    private let target: Int
    private let answer: String
    private var head = ByteBuffer()
    private var server: (any Channel)?
    private var isOpen = false

    private init(_ seen: Recorder<String>, target: Int, answer: String) {
        self.seen = seen
        self.target = target
        self.answer = answer
    }

    /// - Parameters:
    ///   - target: the port that all connections go to.
    ///   - answer: to CONNECT; anything but a 200 ends it.
    ///   - body: gets the proxy's port, and the heads that it received.
    static func withRunning<Result>(
        target: Int, answer: String = "200 OK", _ body: (Int, Recorder<String>) async throws -> Result
    ) async throws -> Result {
        let seen = Recorder<String>()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyStub(seen, target: target, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(server.localAddress?.port ?? 0, seen)) } catch {
            result = .failure(error)
        }
        try? await server.close()
        return try result.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if isOpen {
            server?.writeAndFlush(bytes, promise: nil)
            return
        }
        head.writeImmutableBuffer(bytes)
        let text = String(buffer: head)
        guard text.hasSuffix("\r\n\r\n") else { return }
        seen.append(text)
        isOpen = true
        guard answer.hasPrefix("200") else { return finish(context) }
        connect(context)
    }

    private func finish(_ context: ChannelHandlerContext) {
        let text = "HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func connect(_ context: ChannelHandlerContext) {
        let client = context.channel
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Back(client))
                }
            }
            .connect(host: "127.0.0.1", port: target)
            .whenSuccess { channel in
                let (proxy, context) = bound.value
                proxy.server = channel
                let text = "HTTP/1.1 \(proxy.answer)\r\n\r\n"
                context.writeAndFlush(proxy.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) { server?.close(promise: nil) }

    private final class Back: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let client: any Channel

        init(_ client: any Channel) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
    }
}
