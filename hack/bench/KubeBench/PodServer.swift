import Concurrency
import NIOCore
import NIOPosix
import Synchronization

/// As much of an API server as the bench needs: lists and watches of pods over plain TCP, and commands that make events.
///
/// | request | answer |
/// |---|---|
/// | `GET /api/v1/pods?limit=N&continue=C` | a page |
/// | `GET /api/v1/pods?watch=true` | the events that commands make |
/// | `POST /bench/burst?count=N` | N events to every watch, as fast as they are taken |
/// | `POST /bench/paced?count=N&rate=R` | N events to every watch, R a second |
/// | `POST /bench/expire` | changes pod 0 and ends every watch with 410 |
/// | `GET /bench/size` | `{"pods": N, "bytes": of a whole list}` |
///
/// A command waits until there is a watch. Events go round the pods: event `i` is of pod `i` modulo N.
struct PodServer: Sendable {
    enum Command: Sendable {
        case events(count: Int, perSecond: Int)
        case expire
    }

    private struct Watchers {
        var all: [Int: AsyncStream<Command>.Continuation] = [:]
        var lastID = 0
    }

    private final class Shared: Sendable {
        let watchers = Mutex(Watchers())
    }

    private let pods: PodCollection
    private let shared = Shared()

    init(pods: PodCollection) { self.pods = pods }

    /// Serves until the task is cancelled.
    @concurrent
    func run(port: Int) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        // A client that goes away while it is written to is no fault of the server.
        try? await connection.executeThenClose { inbound, outbound in
            var received = ""
            for try await chunk in inbound {
                received += String(buffer: chunk)
                // No request of the bench has a body.
                while let end = received.endOfHead {
                    let target = received.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                    received = String(received[end...])
                    try await answer(Target(target), outbound)
                }
            }
        }
    }

    private func answer(_ target: Target, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        switch target.path {
        case "/api/v1/pods" where target["sendInitialEvents"] == "true":
            try await outbound.writeAnswer(status: "422 Unprocessable Entity", Self.refusal)
        case "/api/v1/pods" where target["watch"] != nil: try await watch(outbound)
        case "/api/v1/pods":
            let page = pods.page(from: target.number("continue") ?? 0, limit: target.number("limit") ?? pods.count)
            try await outbound.writeAnswer(page)
        case "/bench/burst":
            try await send(.events(count: target.number("count") ?? 0, perSecond: 0))
            try await outbound.writeAnswer(ByteBuffer(string: "{}"))
        case "/bench/paced":
            try await send(.events(count: target.number("count") ?? 0, perSecond: target.number("rate") ?? 100))
            try await outbound.writeAnswer(ByteBuffer(string: "{}"))
        case "/bench/expire":
            pods.changeSilently(0)
            try await send(.expire)
            try await outbound.writeAnswer(ByteBuffer(string: "{}"))
        case "/bench/size":
            let bytes = stride(from: 0, to: pods.count, by: 500).reduce(0) {
                $0 + pods.page(from: $1, limit: 500).readableBytes
            }
            try await outbound.writeAnswer(ByteBuffer(string: "{\"pods\":\(pods.count),\"bytes\":\(bytes)}"))
        default: try await outbound.writeAnswer(status: "404 Not Found", ByteBuffer(string: "{}"))
        }
    }

    private static let refusal = ByteBuffer(
        string: """
            {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","code":422,\
            "message":"sendInitialEvents is forbidden"}
            """)

    // MARK: Watches

    /// Waits for a watch where there is none yet: a client that has listed is about to open it.
    private func send(_ command: Command) async throws {
        while shared.watchers.withLock(\.all.isEmpty) { try await Concurrency.sleep(for: .milliseconds(1)) }
        for watcher in shared.watchers.withLock({ Array($0.all.values) }) { watcher.yield(command) }
    }

    private func watch(_ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        let (commands, continuation) = AsyncStream.makeStream(of: Command.self)
        let id = shared.watchers.withLock { watchers in
            watchers.lastID += 1
            watchers.all[watchers.lastID] = continuation
            return watchers.lastID
        }
        defer { shared.watchers.withLock { _ = $0.all.removeValue(forKey: id) } }
        try await outbound.write(
            ByteBuffer(
                string: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"))
        for await command in commands {
            switch command {
            case .events(let count, 0): try await burst(count, outbound)
            case .events(let count, let rate): try await paced(count, rate, outbound)
            case .expire: return try await outbound.writeLastChunk(Self.expired)
            }
        }
    }

    private static let expired = ByteBuffer(
        string: """
            {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
            "message":"too old resource version","reason":"Expired","code":410}}

            """)

    private func burst(_ count: Int, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws {
        var chunks = ByteBuffer()
        for number in 0..<count {
            var event = ByteBuffer()
            pods.change(number % pods.count, into: &event)
            // A chunk for each event, as API servers send them, but many with one system call.
            chunks.writeString("\(String(event.readableBytes, radix: 16))\r\n")
            chunks.writeBuffer(&event)
            chunks.writeString("\r\n")
            guard chunks.readableBytes > 256 << 10 || number == count - 1 else { continue }
            try await outbound.write(chunks)
            chunks = ByteBuffer()
        }
    }

    private func paced(
        _ count: Int, _ perSecond: Int, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        let start = ContinuousClock.now
        for number in 0..<count {
            try await Concurrency.sleep(until: start + .nanoseconds(1_000_000_000 / perSecond * number))
            var event = ByteBuffer()
            pods.change(number % pods.count, into: &event)
            try await outbound.writeChunk(event)
        }
    }
}

/// Path and query of a request line.
private struct Target {
    let path: String
    private let query: [String: String]

    init(_ text: String) {
        let parts = text.split(separator: "?", maxSplits: 1)
        path = parts.first.map(String.init) ?? ""
        var query: [String: String] = [:]
        for item in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let pair = item.split(separator: "=", maxSplits: 1)
            query[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
        }
        self.query = query
    }

    subscript(name: String) -> String? { query[name] }

    func number(_ name: String) -> Int? { query[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
}

extension String {
    /// Where the text behind the first blank line begins.
    fileprivate var endOfHead: String.Index? {
        let bytes = Array(utf8)
        guard bytes.count >= 4 else { return nil }
        for at in 0...(bytes.count - 4) where bytes[at] == 13 && bytes[at + 1] == 10 && bytes[at + 2] == 13 {
            return utf8.index(startIndex, offsetBy: at + 4)
        }
        return nil
    }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
    fileprivate func writeAnswer(status: String = "200 OK", _ body: ByteBuffer) async throws {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.readableBytes)\r\n\r\n"
        try await write(contentsOf: [ByteBuffer(string: head), body])
    }

    fileprivate func writeChunk(_ body: ByteBuffer) async throws {
        let size = String(body.readableBytes, radix: 16)
        try await write(contentsOf: [ByteBuffer(string: "\(size)\r\n"), body, ByteBuffer(string: "\r\n")])
    }

    fileprivate func writeLastChunk(_ body: ByteBuffer) async throws {
        try await writeChunk(body)
        try await write(ByteBuffer(string: "0\r\n\r\n"))
    }
}
