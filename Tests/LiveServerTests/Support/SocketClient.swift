import KubeModel
import LiveEvents
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import OperatorTestKit
import Synchronization

/// A WebSocket's other end.
final class SocketClient: Sendable {
    /// The server's answer to the wish for a WebSocket.
    struct Refused: Error {
        var status: Int
    }

    private enum Answer: Sendable {
        case open(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        case refused(NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>)
    }

    private struct State: Sendable {
        var messages: [StreamMessage] = []
        /// The code with which the server closed; nil while it hasn't.
        var closedWith: UInt16?
    }

    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    private let state = Mutex(State())

    var messages: [StreamMessage] { state.withLock(\.messages) }
    var closedWith: UInt16? { state.withLock(\.closedWith) }
    var tokens: [String] {
        messages.compactMap { message in
            guard case .event(let event) = message, case .token(let text, _) = event.content else { return nil }
            return text
        }
    }
    /// Of the commands, in order.
    var answers: [StreamNotice] {
        messages.compactMap { message in
            switch message {
            case .notice(.done(let id, let text)): .done(command: id, message: text)
            case .notice(.refused(let id, let code, let text)): .refused(command: id, code: code, message: text)
            default: nil
            }
        }
    }

    private init(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) { self.outbound = outbound }

    /// - Throws: ``Refused``; what `body` throws.
    static func run(
        _ worker: LiveWorker, token: String?, headers: [(String, String)] = [], path: String = LiveSetting.path,
        _ body: @escaping @Sendable (SocketClient) async throws -> Void
    ) async throws {
        try await run(port: worker.port, token: token, headers: headers, path: path, body)
    }

    /// - Parameter port: of a server on this host.
    static func run(
        port: Int, token: String?, headers: [(String, String)] = [], path: String,
        _ body: @escaping @Sendable (SocketClient) async throws -> Void
    ) async throws {
        var fields = HTTPHeaders([("Host", "localhost")] + headers)
        if let token { fields.add(name: "Authorization", value: "Bearer \(token)") }
        switch try await connect(port, path: path, headers: fields) {
        case .open(let channel):
            try await channel.executeThenClose { inbound, outbound in
                let client = SocketClient(outbound)
                try await running([{ try await client.read(inbound) }]) { try await body(client) }
            }
        case .refused(let channel):
            try await channel.executeThenClose { inbound, _ in
                for try await part in inbound {
                    if case .head(let head) = part { throw Refused(status: Int(head.status.code)) }
                }
            }
        }
    }

    private static func connect(_ port: Int, path: String, headers: HTTPHeaders) async throws -> Answer {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var tls = TLSConfiguration.makeClientConfiguration()
                    tls.certificateVerification = .none
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: NIOSSLContext(configuration: tls), serverHostname: nil))
                    let upgrader = NIOTypedWebSocketClientUpgrader<Answer> { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            .open(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                        }
                    }
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
                        upgradeRequestHead: HTTPRequestHead(
                            version: .http1_1, method: .GET, uri: path, headers: headers), upgraders: [upgrader]
                    ) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            .refused(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
                        }
                    }
                    var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
                    // The first events may come together with the answer; unless told so the client loses them.
                    configuration.leftOverBytesStrategy = .forwardBytes
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: configuration)
                }
            }.get()
    }

    private func read(_ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>) async throws {
        for try await frame in inbound {
            var data = frame.unmaskedData
            switch frame.opcode {
            case .text:
                let json = try JSONParser.parse(String(buffer: data))
                if let message = StreamMessage(json: json) { state.withLock { $0.messages.append(message) } }
            case .connectionClose:
                let code = data.readInteger(as: UInt16.self) ?? 0
                state.withLock { $0.closedWith = code }
            default: continue
            }
        }
    }

    func send(_ text: String) async throws { try await send(.text, Array(text.utf8)) }

    func send(_ json: JSONValue) async throws { try await send(JSONWriter.string(json)) }

    func send(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) async throws {
        try await outbound.write(
            WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: bytes)))
    }

    /// Sends a command, and waits for its answer.
    func ask(_ command: JSONValue) async throws -> StreamNotice {
        let before = answers.count
        try await send(command)
        return try await eventuallyFound("the answer to \(command)") { answers.dropFirst(before).first }
    }
}
