import ControllerRuntime
import NIOCore
import NIOPosix
import Testing

/// A server that is cancelled while connections come in must not leave one of them unfinished: NIO ends the process then.
@Suite(.timeLimit(.minutes(1))) struct HealthServerStopTests {
    @Test func `cancelled while probes connect, it stops in order`() async throws {
        for _ in 0..<15 {
            let server = HealthServer(host: "127.0.0.1", port: 0, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let port = try await server.boundPort()
                let clients = (0..<64).map { _ in
                    ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                        host: "127.0.0.1", port: port)
                }
                group.cancelAll()
                try await group.waitForAll()
                for client in clients { try? await client.get().close() }
            }
        }
    }
}
