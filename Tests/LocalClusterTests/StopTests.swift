import LocalCluster
import NIOCore
import NIOPosix
import Testing

/// A server that is cancelled while connections come in must not leave one of them unfinished: NIO ends the process then.
struct StopTests {
    @Test(.timeLimit(.minutes(5))) func `cancelled while clients connect, it stops in order`() async throws {
        for _ in 0..<15 {
            let cluster = LocalCluster(.init(simulatesWorkloads: false))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                let endpoint = try await cluster.endpoint()
                let port = try #require(Int(endpoint.url.split(separator: ":").last ?? ""))
                let clients = Self.connect(to: port, count: 64)
                group.cancelAll()
                try await group.waitForAll()
                for client in clients { try? await client.get().close() }
            }
        }
    }

    private static func connect(to port: Int, count: Int) -> [EventLoopFuture<any Channel>] {
        (0..<count).map { _ in
            ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port)
        }
    }
}
