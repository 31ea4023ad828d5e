import Crypto
import Foundation
import NIOCore
import NIOPosix

/// Agrees to a WebSocket of the protocol that Kubernetes had before 1.30, and then only listens.
final class OldExecServer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let received: Recorder<[UInt8]>
    private var head = ""

    private init(_ received: Recorder<[UInt8]>) { self.received = received }

    /// - Parameter body: gets the port, and what comes behind the handshake.
    static func withRunning(_ body: (Int, Recorder<[UInt8]>) async throws -> Void) async throws {
        let received = Recorder<[UInt8]>()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OldExecServer(received))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(server.localAddress?.port ?? 0, received)) } catch {
            result = .failure(error)
        }
        try? await server.close()
        try result.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        guard !head.hasSuffix("\r\n\r\n") else { return received.append(bytes) }
        head += String(decoding: bytes, as: UTF8.self)
        guard head.hasSuffix("\r\n\r\n") else { return }
        let name = "sec-websocket-key:"
        let line = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name) } ?? name
        let key = line.dropFirst(name.count).trimmingCharacters(in: .whitespaces)
        // RFC 6455, section 4.2.2.
        let hash = Insecure.SHA1.hash(data: Data("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        let answer = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(Data(hash).base64EncodedString())",
            "Sec-WebSocket-Protocol: v4.channel.k8s.io", "", "",
        ]
        let text = answer.joined(separator: "\r\n")
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
