import HTTPTypes
import Hummingbird
import InMemoryTracing
import KubeModel
import Logging
import Testing
import Tracing

@testable import KubeClient

/// What a client lets others see, and how it holds back.
@Suite struct KubeClientObservingTests {
    private func withClient(
        _ options: KubeClient.Options, _ handler: @escaping @Sendable (String) -> Void = { _ in },
        _ body: @escaping @Sendable (KubeClient) async throws -> Void
    ) async throws {
        try await withServer { request in
            handler(request.header("in-memory-trace-id").first ?? "")
            return "\(request.head.path ?? "")".hasSuffix("missing")
                ? .failure(404, .notFound)
                : .json(["kind": "Pod"], headers: [("Warning", "299 - \"old\""), ("Warning", "299 - \"older\"")])
        } _: { port in
            let configuration = ClusterConfiguration(server: "http://127.0.0.1:\(port)")
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await withKubeClient(configuration, logger: logger, options: options) { try await body($0) }
        }
    }

    @Test func `warnings are handed out with their request`() async throws {
        let seen = Recorder<String>()
        let options = KubeClient.Options(onWarning: { text, request in seen.append("\(text) \(request.path)") })
        try await withClient(options) { client in
            _ = try await client.get(.pods, namespace: "a", name: "b")
        }
        #expect(seen.all == ["old /api/v1/namespaces/a/pods/b", "older /api/v1/namespaces/a/pods/b"])
    }

    @Test func `requests beyond the rate wait`() async throws {
        let seen = Counter()
        let options = KubeClient.Options(rateLimit: .init(perSecond: 0.001, burst: 2))
        try await withClient(options, { _ in seen.increment() }) { client in
            for _ in 0..<2 { _ = try await client.get(.pods, namespace: "a", name: "b") }
            let asked = Counter()
            let result = try await cancelling(when: "the third is asked", { asked.value == 1 }) {
                asked.increment()
                return try await client.get(.pods, namespace: "a", name: "b")
            }
            #expect(result?.error is CancellationError)
        }
        #expect(seen.value == 2)
    }

    @Test func `each request is a span that the server hears of`() async throws {
        let traces = Recorder<String>()
        let tracer = InMemoryTracer(idGenerator: .incrementing)
        try await withClient(KubeClient.Options(tracer: tracer), { traces.append($0) }) { client in
            _ = try await client.get(.pods, namespace: "a", name: "b", subresource: "status")
            _ = try await client.find(.pods, namespace: "a", name: "missing")
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["GET pods/status", "GET pods"])
        #expect(spans.map(\.spanContext.traceID) == traces.all)
        let status = spans.map { $0.attributes.get("http.response.status_code") }
        #expect(status == [.int64(200), .int64(404)])
        #expect(spans.map { $0.attributes.get("error.type") } == [nil, .string("404")])
        #expect(spans.first?.attributes.get("server.address") == .string("127.0.0.1"))
    }
}
