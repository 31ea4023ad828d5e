import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A WebSocket through the proxy to a service that has a real application behind it, as an API server's proxy carries it: the
/// application's own answer to the wish for it, and then the bytes of both sides until one closes.
struct ServiceTunnel: Sendable {
    private enum Answer: Sendable {
        case open(NIOAsyncChannel<ByteBuffer, ByteBuffer>, HTTPHeaders)
        case refused
    }

    private static let connectTimeout = TimeAmount.seconds(5)
    private static let answerTimeout = TimeAmount.seconds(10)

    /// Of the application's answer, without those of the connection.
    let headers: HTTPHeaders
    private let application: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Asks the application.
    ///
    /// - Returns: nil where it doesn't want to: then it is asked without the wish, and its answer is that to the client.
    /// - Throws: where it can't be reached, or doesn't answer in time.
    static func open(to forwarded: ForwardedRequest, _ head: HTTPRequestHead) async throws -> ServiceTunnel? {
        guard let target = Target(forwarded.url) else { return nil }
        var request = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.uri)
        request.headers = HTTPHeaders(
            head.headers.filter { !ServiceForwarder.isDropped($0.name.lowercased()) }.map { ($0.name, $0.value) })
        request.headers.add(name: "Host", value: "127.0.0.1:\(target.port)")
        let connection = try await connect(target, request)
        let channel = connection.channel
        let timer = channel.eventLoop.scheduleTask(in: answerTimeout) { channel.close(promise: nil) }
        defer { timer.cancel() }
        switch try await connection.answer.get() {
        case .open(let application, let headers): return ServiceTunnel(headers: headers, application: application)
        case .refused:
            channel.close(promise: nil)
            return nil
        }
    }

    /// Carries bytes until one side closes, and then closes the other.
    func run(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await application.executeThenClose { fromApplication, toApplication in
            try await client.executeThenClose { fromClient, toClient in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { for try await bytes in fromApplication { try await toClient.write(bytes) } }
                    group.addTask { for try await bytes in fromClient { try await toApplication.write(bytes) } }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    /// Nobody came for it.
    func close() { application.channel.close(promise: nil) }

    // MARK: The application

    private struct Target {
        var port: Int
        var isTLS: Bool
        var uri: String

        /// - Parameter url: `https://127.0.0.1:PORT/…`
        init?(_ url: String) {
            isTLS = url.hasPrefix("https://")
            let rest = url.drop { $0 != ":" }.dropFirst(3).drop { $0 != ":" }.dropFirst()
            guard let port = Int(rest.prefix { $0.isNumber }) else { return nil }
            self.port = port
            uri = String(rest.drop { $0.isNumber })
        }
    }

    private struct Connection: Sendable {
        var channel: any Channel
        var answer: EventLoopFuture<Answer>
    }

    private static func connect(_ target: Target, _ request: HTTPRequestHead) async throws -> Connection {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(connectTimeout)
            .connect(host: "127.0.0.1", port: target.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if target.isTLS {
                        var tls = TLSConfiguration.makeClientConfiguration()
                        tls.certificateVerification = .none
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: NIOSSLContext(configuration: tls), serverHostname: nil))
                    }
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration(
                        upgradeRequestHead: request, upgraders: [Upgrader()]
                    ) { $0.eventLoop.makeSucceededFuture(Answer.refused) }
                    var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
                    // The application's first bytes may come together with its answer.
                    configuration.leftOverBytesStrategy = .forwardBytes
                    return Connection(
                        channel: channel,
                        answer: try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                            configuration: configuration))
                }
            }
    }

    private struct Upgrader: NIOTypedHTTPClientProtocolUpgrader {
        let supportedProtocol = "websocket"
        let requiredUpgradeHeaders: [String] = []

        func addCustom(upgradeRequestHeaders: inout HTTPHeaders) {}
        func shouldAllowUpgrade(upgradeResponse: HTTPResponseHead) -> Bool { true }

        func upgrade(channel: any Channel, upgradeResponse: HTTPResponseHead) -> EventLoopFuture<Answer> {
            channel.eventLoop.makeCompletedFuture {
                let headers = upgradeResponse.headers.filter { !ServiceForwarder.isDropped($0.name.lowercased()) }
                let application = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                // It has to outlive its connection, also where nobody came to use it.
                channel.closeFuture.whenComplete { _ in withExtendedLifetime(application) {} }
                return .open(application, HTTPHeaders(headers.map { ($0.name, $0.value) }))
            }
        }
    }
}
