import HTTPTransport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Telemetry
import Testing
import Tracing

@Suite struct OTLPExporterTests {
    private struct Received: Sendable {
        var headers: HTTPFields
        var bytes: Int
    }

    /// A collector that answers with these statuses, the last again and again.
    private static func run(
        _ statuses: HTTPResponse.Status..., environment: [String: String] = [:],
        _ body: @escaping @Sendable (OTLPExporter, @escaping @Sendable () -> [Received]) async throws -> Void
    ) async throws {
        let received = Mutex<[Received]>([])
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.post("/v1/traces") { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 20).readableBytes
            let number = received.withLock { received in
                received.append(Received(headers: request.headers, bytes: bytes))
                return received.count
            }
            return Response(status: statuses[min(number, statuses.count) - 1], headers: [.retryAfter: "0"])
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                let all = environment.merging(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)"]) { $1 }
                let configuration = try #require(try OTLPConfiguration(all, resource: [:]))
                let exporter = try OTLPExporter(
                    configuration, scope: (name: "test", version: "1"), proxies: ProxyEnvironment(), logger: logger)
                do {
                    try await body(exporter, { received.withLock(\.self) })
                } catch {
                    await exporter.shutDown()
                    throw error
                }
                await exporter.shutDown()
                break
            }
            group.cancelAll()
        }
    }

    private static func record(_ count: Int, _ exporter: OTLPExporter) {
        let tracer = OTLPTracer(queue: exporter.queue)
        for number in 0..<count { tracer.withAnySpan("\(number)", context: .topLevel, ofKind: .internal) { _ in } }
    }

    @Test func `spans are sent in batches, with the headers of the environment`() async throws {
        let environment = [
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x",
        ]
        try await Self.run(.ok, environment: environment) { exporter, received in
            Self.record(5, exporter)
            try await exporter.exportAll(within: .seconds(10))
            #expect(received().count == 3 && received().allSatisfy { $0.bytes > 0 })
            #expect(received().allSatisfy { $0.headers[.contentType] == "application/x-protobuf" })
            #expect(received().allSatisfy { $0.headers[.authorization] == "Bearer x" })
        }
    }

    @Test func `what the collector can't take now is sent again`() async throws {
        try await Self.run(.serviceUnavailable, .tooManyRequests, .ok) { exporter, received in
            Self.record(1, exporter)
            try await exporter.exportAll(within: .seconds(60))
            #expect(received().count == 3)
        }
    }

    @Test func `what the collector refuses is dropped`() async throws {
        try await Self.run(.badRequest) { exporter, received in
            Self.record(1, exporter)
            try await exporter.exportAll(within: .seconds(60))
            #expect(received().count == 1 && exporter.queue.take().spans.isEmpty)
        }
    }

    @Test func `at the end what is queued is sent`() async throws {
        try await Self.run(.ok) { exporter, received in
            let group = ServiceGroup(services: [exporter], logger: Logger(label: "test"))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                Self.record(3, exporter)
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            #expect(received().count == 1)
        }
    }
}
