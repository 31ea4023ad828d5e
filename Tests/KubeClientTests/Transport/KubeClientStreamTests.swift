import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Logging
import NIOCore
import Testing

/// Watches against a real server over TLS.
@Suite struct KubeClientStreamTests {
    private static func line(_ name: String) -> String {
        #"{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"\#(name)"}}}"# + "\n"
    }

    private func withClient<Result: Sendable>(
        server: @escaping @Sendable (Request) async throws -> Response,
        _ body: @escaping @Sendable (KubeClient) async throws -> Result
    ) async throws -> Result {
        let authority = try TestAuthority()
        let tls = try TestAuthority.server(authority.identity("server", names: [TestAuthority.loopback]))
        return try await withServer(tls: tls, server) { port in
            let configuration = ClusterConfiguration(
                server: "https://127.0.0.1:\(port)", certificateAuthority: .text(authority.pem))
            return try await withKubeClient(configuration, logger: Logger(label: "test"), body: body)
        }
    }

    @Test func `a watch over broken chunks gives whole events`() async throws {
        let text = Self.line("a") + Self.line("b") + Self.line("c")
        let chunks = stride(from: 0, to: text.count, by: 11).map { String(text.dropFirst($0).prefix(11)) }
        try await withClient {
            .chunks(chunks, to: $0, ends: true)
        } _: { client in
            let names = try await client.watch(.pods) { events in
                var names: [String] = []
                while case .added(let pod)? = try await events.next() { names.append(pod.name) }
                return names
            }
            #expect(names == ["a", "b", "c"])
        }
    }

    @Test func `a refused watch throws the server's status`() async throws {
        let count = Counter()
        try await withClient { _ in
            count.increment()
            return .failure(410, .expired, "too old resource version")
        } _: { client in
            let status = await #expect(throws: APIStatus.self) { try await client.watch(.pods) { _ in } }
            #expect(status?.isExpired == true)
            #expect(status?.message == "too old resource version")
        }
        #expect(count.value == 1)
    }

    @Test func `a cancelled watch ends at once, and so does one whose consumer has enough`() async throws {
        try await withClient {
            .chunks([Self.line("a")], to: $0, ends: false)
        } _: { client in
            let first = try await client.watch(.pods) { events in try await events.next() }
            guard case .added(let pod)? = first else { throw CancellationError() }
            #expect(pod.name == "a")
            let seen = Counter()
            let result = try await cancelling(when: "the first event comes", { seen.value == 1 }) {
                try await client.watch(.pods) { events in while try await events.next() != nil { seen.increment() } }
            }
            #expect(result?.error is CancellationError)
        }
    }

    @Test func `a stream that breaks off is told from one that ends`() async throws {
        try await withClient { _ in
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: Self.line("a")))
                    throw CancellationError()
                })
        } _: { client in
            let error = await #expect(throws: KubeClientError.self) {
                try await client.watch(.pods) { events in while try await events.next() != nil { continue } }
            }
            #expect(error?.code == .unreachable)
        }
    }

    @Test func `many watches don't starve a get`() async throws {
        let open = Counter()
        try await withClient { request in
            if request.uri.string.contains("watch") { return .chunks([Self.line("a")], to: request, ends: false) }
            return .json(["kind": "Pod", "metadata": ["name": "web"]])
        } _: { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<120 {
                    group.addTask {
                        try await client.watch(.pods) { events in
                            while try await events.next() != nil { open.increment() }
                        }
                    }
                }
                try await eventually("all watches are open") { open.value == 120 }
                #expect(try await client.get(.pods, name: "web").name == "web")
                group.cancelAll()
            }
        }
    }
}
