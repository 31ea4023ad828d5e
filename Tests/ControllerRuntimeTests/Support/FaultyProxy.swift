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

/// A network between a client and a server that does what networks do, at the level of TCP.
final class FaultyProxy: Sendable {
    /// What becomes of a connection when so many bytes of the server have passed.
    enum Fault: Sendable, CaseIterable {
        case reset
        /// An end in the midst of whatever was being sent.
        case close
        case garbage
        /// Nothing more comes, and nobody says so.
        case stall
    }

    struct Plan: Sendable {
        var fault: Fault
        var bytes: Int
    }

    private struct State {
        var random: SplitMix
        var connections = 0
        var isCalm = false
    }

    private let port: Int
    private let state: Mutex<State>

    private init(port: Int, seed: UInt64) {
        self.port = port
        state = Mutex(State(random: SplitMix(state: seed)))
    }

    var connections: Int { state.withLock(\.connections) }
    /// New connections have no faults from now on.
    func calm() { state.withLock { $0.isCalm = true } }

    /// - Parameter port: of the server, on loopback.
    static func with<Result>(
        port: Int, seed: UInt64, _ body: (FaultyProxy, Int) async throws -> Result
    ) async throws -> Result {
        let proxy = FaultyProxy(port: port, seed: seed)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { proxy.connect($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(proxy, listener.localAddress?.port ?? 0)
            try? await listener.close()
            return result
        } catch {
            try? await listener.close()
            throw error
        }
    }

    private func plan() -> Plan? {
        state.withLock { state in
            state.connections += 1
            guard !state.isCalm else { return nil }
            return Plan(
                fault: Fault.allCases.randomElement(using: &state.random) ?? .reset,
                bytes: Int.random(in: 0..<20_000, using: &state.random))
        }
    }

    /// Both ends on one event loop, so that they can speak to each other.
    private func connect(_ client: any Channel) -> EventLoopFuture<Void> {
        let plan = plan()
        return ClientBootstrap(group: client.eventLoop)
            .channelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    _ = (client as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                    try server.pipeline.syncOperations.addHandler(End(peer: client, plan))
                    try client.pipeline.syncOperations.addHandler(End(peer: server, nil))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .flatMap { _ in client.setOption(.autoRead, value: true) }
    }

    private final class End: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let peer: any Channel
        private let plan: Plan?
        private var passed = 0
        private var isOver = false

        init(peer: any Channel, _ plan: Plan?) {
            self.peer = peer
            self.plan = plan
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            guard !isOver else { return }
            passed += bytes.readableBytes
            guard let plan, passed > plan.bytes else { return peer.writeAndFlush(bytes, promise: nil) }
            isOver = true
            let rest = max(0, bytes.readableBytes - (passed - plan.bytes))
            peer.writeAndFlush(bytes.readSlice(length: rest) ?? ByteBuffer(), promise: nil)
            switch plan.fault {
            case .stall: return
            case .garbage: peer.writeAndFlush(ByteBuffer(repeating: 0xA5, count: 64), promise: nil)
            case .close:
                _ = (peer as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 0, l_linger: 0))
                peer.close(promise: nil)
            case .reset: peer.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
