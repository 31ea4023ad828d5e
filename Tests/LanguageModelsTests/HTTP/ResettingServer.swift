import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Answers one request piece by piece, and resets the connection behind the last one.
final class ResettingServer: Sendable {
    private let pieces: [String]
    private let connection = Mutex<(any Channel)?>(nil)

    private init(_ pieces: [String]) { self.pieces = pieces }

    static func with(_ pieces: [String], _ body: (ResettingServer, Int) async throws -> Void) async throws {
        let answering = ResettingServer(pieces)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // With nothing to wait for, a close is a reset.
                    _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                    try channel.pipeline.syncOperations.addHandler(Opening(answering))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(answering, server.localAddress?.port ?? 0)) } catch {
            result = .failure(error)
        }
        try? await server.close()
        try result.get()
    }

    /// Sends the other pieces and resets. Each has been read when the next is sent.
    func finish() throws {
        guard let channel = connection.withLock({ $0 }) else { return }
        for piece in pieces.dropFirst() {
            try channel.writeAndFlush(ByteBuffer(string: piece)).wait()
            try Self.settle()
        }
        try channel.close().wait()
        try Self.settle()
    }

    /// Event loops take what their sockets have before their tasks.
    private static func settle() throws {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try loop.submit {}.wait() }
    }

    private final class Opening: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: ResettingServer

        init(_ server: ResettingServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // The whole request: its body is one JSON object.
            guard unwrapInboundIn(data).readableBytesView.last == UInt8(ascii: "}") else { return }
            server.connection.withLock { $0 = context.channel }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: server.pieces.first ?? "")), promise: nil)
        }
    }
}
